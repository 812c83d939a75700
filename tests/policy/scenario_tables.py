"""Sections S01 to S08 of the scenarios: whom she told what, and who then sees what.

Copied cell by cell. A line of a consent is `service | compartments | ticked on its own`.
"""

S01_V1 = """
O1/SVA | ID CT HO CH SF IN RI PL AP JU PM RA MD | –
O1/PSY | ID CT CH PS IN RI PL RA MD | PS IN
O11/CPAS | ID CT HO CH SF RI PL RA MD | –
O7/MED | ID HE IN RI PL RA MD | HE IN
"""

S01_V2 = """
O8/SAPV | ID CT RI PL RA MD | ID CT RI PL RA MD
"""

S01_ON_20_MARCH = """
              ID CT HO CH HE PS SF IN RI PL AP RA MD
U01 O1/SVA    W  W  W  W  –  –  W  W  W  W  W  w  W
U02 O1/PSY    R  R  –  R  –  w  –  R  R  R  –  w  R
U16 O11/CPAS  R  R  R  R  –  –  W  –  F  F  –  w  R
U11 O7/MED    R  –  –  –  W  –  –  F  R  F  –  w  R
U12 O8/SAPV   –  –  –  –  –  –  –  –  –  –  –  –  –
U13 O8/POL    –  –  –  –  –  –  –  –  –  –  –  –  –
U14 O9/PAR    –  –  –  –  –  –  –  –  –  –  –  –  –
U19 O14/COO   –  –  –  –  –  –  –  –  –  –  –  –  –
"""

S01_ON_25_MARCH = """
              ID CT HO CH HE PS SF IN RI PL AP RA MD
U01 O1/SVA    W  W  W  W  –  –  W  W  W  W  W  w  W
U02 O1/PSY    R  R  –  R  –  w  –  R  R  R  –  w  R
U16 O11/CPAS  R  R  R  R  –  –  W  –  F  F  –  w  R
U11 O7/MED    R  –  –  –  W  –  –  F  R  F  –  w  R
U12 O8/SAPV   R  R  –  –  –  –  –  –  F  R  –  w  F
U13 O8/POL    –  –  –  –  –  –  –  –  –  –  –  –  –
U14 O9/PAR    –  –  –  –  –  –  –  –  –  –  –  –  –
U19 O14/COO   –  –  –  –  –  –  –  –  –  –  –  –  –
"""

S02_V1 = """
O5/ASH | ID CT HO CH HE SF IN RI PL AP RA MD | HE
O1/SVA | ID CT HO CH SF IN RI PL AP RA MD | –
O14/ANI | ID CH IN RI PL MD | –
O7/MED | ID HE RI PL RA MD | HE
O11/CPAS | ID CT SF RI RA MD | –
"""

S02_AT_10_20 = """
              ID CT HO CH HE SF IN RI PL AP RA MD
U09 O5/ASH    W  W  R  W  F  W  W  W  W  W  w  W
U01 O1/SVA    W  W  W  W  –  W  W  W  W  W  w  W
U20 O14/ANI   F  –  –  F  –  –  R  R  F  –  –  W
U11 O7/MED    R  –  –  –  W  –  –  R  F  –  w  R
U16 O11/CPAS  R  R  –  –  –  W  –  F  –  –  w  R
"""

S02_AT_10_30 = """
              ID CT HO CH HE SF IN RI PL AP RA MD
U09 O5/ASH    W  W  R  W  F  W  W  W  W  W  w  W
U01 O1/SVA    W  W  W  W  –  W  W  W  W  W  w  W
U20 O14/ANI   F  –  –  F  –  –  R  R  F  –  –  W
U11 O7/MED    –  –  –  –  –  –  –  –  –  –  –  –
U16 O11/CPAS  –  –  –  –  –  –  –  –  –  –  –  –
"""

S03_NIGHT = """
O5/INF | ID CT HE PR RI RA | HE PR
O5/ASH | ID CT HE PR RI RA | HE PR
O5/SF | ID CT PR RI RA | PR
"""

S03_V2 = """
O5/ASH | ID CT HO CH HE PR SF IN RI PL AP RA MD | HE PR
O5/SF | ID CT CH PR RI PL RA MD | PR PL
O1/SVA | ID CT HO CH PR SF IN RI PL AP RA MD | PR
"""

S03_AT_NIGHT = """
              ID CT HO CH HE PR SF IN RI PL AP RA MD
U07 O5/INF    R  R  –  –  W  R  –  –  F  –  –  w  –
U09 O5/ASH    W  W  –  –  F  R  –  –  W  –  –  w  –
U08 O5/SF     R  R  –  –  –  W  –  –  R  –  –  w  –
U01 O1/SVA    –  –  –  –  –  –  –  –  –  –  –  –  –
U23 O5/INF    –  –  –  –  –  –  –  –  –  –  –  –  –
"""

S03_ON_18_MAY = """
              ID CT HO CH HE PR SF IN RI PL AP RA MD
U07 O5/INF    –  –  –  –  –  –  –  –  –  –  –  –  –
U09 O5/ASH    W  W  R  W  F  R  W  W  W  W  W  w  W
U08 O5/SF     R  R  –  R  –  W  –  –  R  R  –  w  R
U01 O1/SVA    W  W  W  W  –  F  W  W  W  W  W  w  W
U23 O5/INF    –  –  –  –  –  –  –  –  –  –  –  –  –
"""

S04_V1 = """
O12/EJE | ID CT CH HM IN RI PL AP RA MD | HM IN AP
O1/PSY | ID CT HM RI PL RA | HM
O1/JUR | ID CT HM IN RI PL JU RA MD | HM
"""

S04_ON_15_JUNE = """
              ID CT CH HM IN RI PL AP JU RA MD
U17 O12/EJE   W  W  W  W  W  W  W  W  –  w  W
U02 O1/PSY    R  R  –  w  –  R  R  –  –  w  –
U03 O1/JUR    R  R  –  R  R  F  F  –  W  w  R
U14 O9/PAR    –  –  –  –  –  –  –  –  –  –  –
U12 O8/SAPV   –  –  –  –  –  –  –  –  –  –  –
U13 O8/POL    –  –  –  –  –  –  –  –  –  –  –
U19 O14/COO   –  –  –  –  –  –  –  –  –  –  –
"""

S05_V3 = """
O3/SVH | ID CT AD HO CH HE SF IN RI PL AP JU PM RA MD | AD HE
O1/SVA | ID CT HO CH SF IN RI PL AP JU PM RA MD | –
O8/SAPV | ID CT CH IN RI PL JU PM RA MD | ID CT CH IN RI PL JU PM RA MD
O11/CPAS | ID CT HO SF PL RA MD | –
O4/AUT | ID RI | ID RI
O7/MED | ID HE PL RA MD | HE
"""

S05_V3_TO_25_MARCH = """
O2/SVH | ID CT HO CH SF IN RI PL AP RA MD | –
"""

S05_ON_12_MARCH = """
              ID CT AD HO CH HE SF IN RI PL AP JU PM RA MD
U05 O3/SVH    R  W  W  W  W  F  R  W  W  W  R  R  R  w  W
U04 O2/SVH    R  W  –  W  W  –  R  W  W  W  R  –  –  w  W
U01 O1/SVA    W  W  –  W  W  –  W  W  W  W  W  W  R  w  W
U12 O8/SAPV   R  R  –  –  F  –  –  F  F  R  –  w  w  w  F
U16 O11/CPAS  R  R  –  R  –  –  W  –  –  F  –  –  –  w  R
U06 O4/AUT    F  –  –  –  –  –  –  –  F  –  –  –  –  –  –
U11 O7/MED    R  –  –  –  –  W  –  –  –  F  –  –  –  w  R
"""

S06_V1 = """
O1/SVA | ID CT HO CH SV SF IN RI PL AP RA MD | SV
O7/MED | ID HE IN RI RA MD | HE IN
O1/JUR | ID CT HO SF JU RA MD | –
"""

S06_ON_8_JUNE = """
              ID CT HO CH HE SV SF IN RI PL AP JU RA MD
U01 O1/SVA    W  W  W  W  –  F  W  W  W  W  W  –  w  W
U11 O7/MED    R  –  –  –  W  –  –  F  R  –  –  –  w  R
U03 O1/JUR    R  R  R  –  –  –  R  –  –  –  –  W  w  R
U02 O1/PSY    –  –  –  –  –  –  –  –  –  –  –  –  –  –
U12 O8/SAPV   –  –  –  –  –  –  –  –  –  –  –  –  –  –
"""

S07_V1 = """
O2/SVH | ID CT AD HO CH SF IN RI PL AP RA MD | AD
O1/PSY | ID PS RI RA MD | PS
O7/MED | ID HE RI RA MD | HE
"""

S07_ON_13_SEPTEMBER = """
              ID CT AD HO CH HE PS SF IN RI PL AP RA MD
U04 O2/SVH    R  W  W  W  W  –  –  R  W  W  W  R  w  W
U02 O1/PSY    R  –  –  –  –  –  w  –  –  R  –  –  w  R
U11 O7/MED    R  –  –  –  –  W  –  –  –  R  –  –  w  R
U12 O8/SAPV   –  –  –  –  –  –  –  –  –  –  –  –  –  –
U14 O9/PAR    –  –  –  –  –  –  –  –  –  –  –  –  –  –
U19 O14/COO   –  –  –  –  –  –  –  –  –  –  –  –  –  –
"""

S08_V1 = """
O1/SVA | ID CT HO CH SF IN RI PL AP JU PM RA MD | –
O2/SVH | ID CT AD HO CH SF IN RI PL AP JU PM RA MD | AD
O7/MED | ID HE RI PL RA MD | HE
O11/CPAS | ID CT SF PL RA MD | –
"""

S08_ON_16_NOVEMBER = """
              ID CT AD HO CH HE SF IN RI PL AP JU PM RA MD
U01 O1/SVA    W  W  –  W  W  –  W  W  W  W  W  W  R  w  W
U04 O2/SVH    R  W  W  W  W  –  R  W  W  W  R  R  R  w  W
U11 O7/MED    R  –  –  –  –  W  –  –  R  F  –  –  –  w  R
U16 O11/CPAS  R  R  –  –  –  –  W  –  –  F  –  –  –  w  R
U14 O9/PAR    –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
U13 O8/POL    –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
U15 O10/AJV   –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
U06 O4/AUT    –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
U20 O14/ANI   –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
"""

"""S05, « Bergeronnette »: she has moved, and the address is for the new shelter only."""

from datetime import date

from vepshare.consent import Form
from vepshare.demo import _s05_entries as e
from vepshare.demo._stories import (
    Agreed,
    Giving,
    HandingOver,
    Inviting,
    Opening,
    Reading,
    Rectifying,
    Story,
    Writing,
    lines,
    moment,
    table,
)
from vepshare.dossier import Reason
from vepshare.services import InvalidError

_V1 = Agreed(
    lines=lines("""
        O2/SVH | ID CT AD HO CH SF IN RI PL AP JU PM RA MD | AD
        O1/SVA | ID CT HO CH SF IN RI PL AP JU PM RA MD | –
        O11/CPAS | ID CT HO SF PL RA MD | –
        O7/MED | ID HE PL RA MD | HE
    """),
    ends=date(2027, 8, 3),
    form=Form.WRITTEN_TABLET,
    warned=True,
)

_V2 = Agreed(
    lines=lines("""
        O8/SAPV | ID CT CH IN RI PL JU PM RA MD | ID CT CH IN RI PL JU PM RA MD
        O4/AUT | ID RI | ID RI
    """),
    ends=date(2027, 8, 21),
    form=Form.WRITTEN_TABLET,
    warned=True,
)

_V3 = Agreed(
    lines=(
        *lines("""
            O3/SVH | ID CT AD HO CH HE SF IN RI PL AP JU PM RA MD | AD HE
            O1/SVA | ID CT HO CH SF IN RI PL AP JU PM RA MD | –
            O8/SAPV | ID CT CH IN RI PL JU PM RA MD | ID CT CH IN RI PL JU PM RA MD
            O11/CPAS | ID CT HO SF PL RA MD | –
            O4/AUT | ID RI | ID RI
            O7/MED | ID HE PL RA MD | HE
        """),
        *lines(
            "O2/SVH | ID CT HO CH SF IN RI PL AP RA MD | –",
            ends=date(2027, 3, 25),
        ),
    ),
    ends=date(2027, 9, 10),
    form=Form.WRITTEN_TABLET,
    warned=True,
    replaces=True,
)

S05 = Story(
    code="S05",
    pseudonym="Bergeronnette",
    clock=moment("2027-03-12 09:00"),
    acts=(
        Opening(at=moment("2027-02-04 10:00"), by="u04", agreed=_V1, entries=e.INTAKE),
        Writing(at=moment("2027-02-04 10:20"), by="u04", entry=e.FIRST_CONTACT, name="contact"),
        Writing(at=moment("2027-02-04 10:25"), by="u04", entry=e.FORMER_PLACE, name="place"),
        *(
            Inviting(at=moment("2027-02-04 10:30"), by="u04", whom=whom)
            for whom in ("u01", "u11", "u16")
        ),
        Writing(at=moment("2027-02-08 17:10"), by="u11", entry=e.CARE),
        Writing(at=moment("2027-02-09 11:00"), by="u01", entry=e.COMPLAINT),
        Writing(at=moment("2027-02-16 14:00"), by="u04", entry=e.RISK),
        Writing(at=moment("2027-02-16 14:20"), by="u04", entry=e.PLAN),
        Giving(at=moment("2027-02-22 14:00"), by="u04", agreed=_V2),
        Inviting(at=moment("2027-02-22 14:10"), by="u04", whom="u12"),
        Inviting(at=moment("2027-02-22 14:11"), by="u04", whom="u06"),
        Writing(at=moment("2027-02-23 10:00"), by="u12", entry=e.MEASURE),
        Writing(at=moment("2027-02-24 09:30"), by="u01", entry=e.PROGRAMME),
        Writing(at=moment("2027-03-10 21:30"), by="u04", entry=e.AT_THE_DOOR),
        Rectifying(
            at=moment("2027-03-11 07:58"), by="u04", name="place", entry=e.FORMER_PLACE_CLOSED
        ),
        Giving(at=moment("2027-03-11 08:00"), by="u04", agreed=_V3),
        Inviting(at=moment("2027-03-11 08:00"), by="u04", whom="u05", reason=Reason.REPLACEMENT),
        HandingOver(at=moment("2027-03-11 08:00"), by="u04", to="u05"),
        Writing(at=moment("2027-03-11 08:20"), by="u05", entry=e.NEW_PLACE),
        Rectifying(at=moment("2027-03-11 08:30"), by="u05", name="contact", entry=e.NEW_CONTACT),
        Writing(at=moment("2027-03-11 09:30"), by="u05", entry=e.RISK_NOW),
        Writing(at=moment("2027-03-11 10:15"), by="u16", entry=e.SOCIAL),
        # U04 held no key of the medical notes: the physician's visit hands them to U05.
        Reading(at=moment("2027-03-11 12:30"), by="u11"),
        Writing(at=moment("2027-03-11 16:00"), by="u04", entry=e.HANDOVER),
        Writing(
            at=moment("2027-03-12 09:00"), by="u04", entry=e.NAMES_A_PLACE, refused=InvalidError
        ),
        Writing(at=moment("2027-03-12 09:02"), by="u04", entry=e.NAMES_NO_PLACE),
        Writing(at=moment("2027-03-15 11:00"), by="u16", entry=e.MAIL, addressed_to=("O3/SVH",)),
    ),
    expected=(
        table(
            "2027-03-12 09:00",
            """
                 ID CT AD HO CH HE SF IN RI PL AP JU PM RA MD
            u05  R  W  W  W  W  F  R  W  W  W  R  R  R  w  W
            u04  R  W  –  W  W  –  R  W  W  W  R  –  –  w  W
            u01  W  W  –  W  W  –  W  W  W  W  W  W  R  w  W
            u12  R  R  –  –  F  –  –  F  F  R  –  w  w  w  F
            u16  R  R  –  R  –  –  W  –  –  F  –  –  –  w  R
            u06  F  –  –  –  –  –  –  –  F  –  –  –  –  –  –
            u11  R  –  –  –  –  W  –  –  –  F  –  –  –  w  R
            """,
        ),
    ),
)

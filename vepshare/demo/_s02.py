"""S02, « Sittelle »: consent withdrawn while the meeting is under way.

What comes after the clock, from the first call on, is left to the visitor; the tests play it.
"""

from datetime import date

from vepshare.consent import Form
from vepshare.demo._stories import (
    Agreed,
    Entry,
    Inviting,
    Opening,
    Story,
    Withdrawing,
    Writing,
    lines,
    moment,
    table,
)
from vepshare.dossier import Origin, Reason
from vepshare.services import AccessEndedError

_V1 = Agreed(
    lines=lines("""
        O5/ASH | ID CT HO CH HE SF IN RI PL AP RA MD | HE
        O1/SVA | ID CT HO CH SF IN RI PL AP RA MD | –
        O14/ANI | ID CH IN RI PL MD | –
        O7/MED | ID HE RI PL RA MD | HE
        O11/CPAS | ID CT SF RI RA MD | –
    """),
    ends=date(2027, 7, 5),
    form=Form.WRITTEN_TABLET,
    warned=True,
)

_INTAKE = (
    Entry(
        kind="identity",
        values={
            "family_name": "Thirifontelle",
            "first_name": "Nadège",
            "approximate_age": 41,
            "languages": "Français",
        },
    ),
    Entry(
        kind="safe_contact",
        values={
            "channels": [{"type": "call", "value": "0400 00 02 01", "safe": "yes"}],
            "days_hours": "Du lundi au jeudi, de 10:00 à 11:30",
            "introduce_as": "le service de rendez-vous",
            "voicemail": "never",
            "text_messages": "never",
            "hide_number": True,
            "never": "Ne laisser aucun message à des connaissances : tout se sait au village.",
            "verified_on": "2027-04-06",
            "verified_by": "Denis Roosemoncq",
        },
    ),
    Entry(
        kind="children",
        values={"children": [{"age_band": "12_17", "lives_with": "both", "exposed": "witness"}]},
    ),
    Entry(
        kind="perpetrator_info",
        values={
            "designation": "Son mari",
            "link": "spouse",
            "lives_with_her": "yes",
            "firearm": "unknown",
        },
    ),
    Entry(
        kind="incidents",
        values={
            "happened_on": "2027-04-04",
            "forms": ["physical", "verbal"],
            "description": "Il l'a poussée contre un meuble après une dispute.",
            "injury": True,
        },
        occurred_on=date(2027, 4, 4),
    ),
)

_HOUSING = Entry(kind="housing", values={"situation": "owner", "help_needed": True})

_SOCIAL = Entry(
    kind="social_financial",
    values={"income": ["own"], "bank_account_controlled": "yes", "employed": True},
)

_RISK = Entry(
    kind="risk_assessment",
    values={
        "tool": "own_markers",
        "language": "fr",
        "assessed_on": "2027-04-13",
        "with_the_person": True,
        "daily_control": "yes",
        "separation_known": "no",
        "level": "high",
        "justification": "Son mari est connu au village ; elle craint qu'il l'apprenne.",
    },
)

_PLAN = Entry(
    kind="safety_plan",
    values={"code_word_with": "Sa sœur", "bag": "Au travail, dans son casier"},
)

_AGENDA = Entry(
    kind="meeting_decisions",
    values={
        "action": "Suivre l'ordre du jour : accord et limites, parole de la personne, sécurité "
        "cette semaine, enfants, actions",
        "for_whom": "ANI, Coordination provinciale fictive",
        "state": "in_progress",
        "met_on": "2027-04-21",
    },
)

_UNFIT = Entry(
    kind="health",
    values={"unfit_until": "2027-04-30"},
    origin=Origin.SEEN,
    occurred_on=date(2027, 4, 21),
)

_TOO_LATE = Entry(
    kind="health",
    values={"care": "À revoir à la consultation avant la reprise."},
    origin=Origin.SEEN,
)

_DRAFT_MINUTES = Entry(
    kind="meeting_decisions",
    values={
        "action": "Préparer avec elle ce qu'elle souhaite pour cette semaine",
        "for_whom": "ASH, Centre hospitalier des Trois-Vallées",
        "state": "to_do",
        "met_on": "2027-04-21",
    },
)

S02 = Story(
    code="S02",
    pseudonym="Sittelle",
    clock=moment("2027-04-21 10:20"),
    acts=(
        Opening(at=moment("2027-04-06 09:00"), by="u09", agreed=_V1, entries=_INTAKE),
        Inviting(at=moment("2027-04-06 09:20"), by="u09", whom="u01"),
        Writing(at=moment("2027-04-08 14:00"), by="u01", entry=_HOUSING),
        Writing(at=moment("2027-04-13 11:00"), by="u01", entry=_RISK),
        Writing(at=moment("2027-04-13 11:20"), by="u01", entry=_PLAN),
        *(
            Inviting(at=moment("2027-04-14 09:00"), by="u09", whom=whom, reason=Reason.MEETING)
            for whom in ("u20", "u11", "u16")
        ),
        Writing(at=moment("2027-04-16 15:30"), by="u16", entry=_SOCIAL),
        Writing(at=moment("2027-04-21 10:00"), by="u20", entry=_AGENDA),
        Writing(at=moment("2027-04-21 10:15"), by="u11", entry=_UNFIT),
        Withdrawing(at=moment("2027-04-21 10:24"), by="u09", organisations=("O7", "O11")),
        Writing(at=moment("2027-04-21 10:25"), by="u11", entry=_TOO_LATE, refused=AccessEndedError),
        Writing(at=moment("2027-04-21 10:40"), by="u20", entry=_DRAFT_MINUTES),
        Withdrawing(at=moment("2027-04-21 11:05"), by="u09"),
    ),
    expected=(
        table(
            "2027-04-21 10:20",
            """
                 ID CT HO CH HE SF IN RI PL AP RA MD
            u09  W  W  R  W  F  W  W  W  W  W  w  W
            u01  W  W  W  W  –  W  W  W  W  W  w  W
            u20  F  –  –  F  –  –  R  R  F  –  –  W
            u11  R  –  –  –  W  –  –  R  F  –  w  R
            u16  R  R  –  –  –  W  –  F  –  –  w  R
            """,
        ),
        table(
            "2027-04-21 10:30",
            """
                 ID CT HO CH HE SF IN RI PL AP RA MD
            u09  W  W  R  W  F  W  W  W  W  W  w  W
            u01  W  W  W  W  –  W  W  W  W  W  w  W
            u20  F  –  –  F  –  –  R  R  F  –  –  W
            u11  –  –  –  –  –  –  –  –  –  –  –  –
            u16  –  –  –  –  –  –  –  –  –  –  –  –
            """,
        ),
        table(
            "2027-04-21 11:10",
            """
                 ID CT HO CH HE SF IN RI PL AP RA MD
            u09  –  –  –  –  –  –  –  –  –  –  –  –
            u01  –  –  –  –  –  –  –  –  –  –  –  –
            u20  –  –  –  –  –  –  –  –  –  –  –  –
            u11  –  –  –  –  –  –  –  –  –  –  –  –
            u16  –  –  –  –  –  –  –  –  –  –  –  –
            """,
        ),
    ),
)

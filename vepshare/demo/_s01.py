"""S01, « Hirondelle »: partial consent, everyone except the police."""

from datetime import date

from vepshare.consent import Form
from vepshare.demo._stories import (
    Agreed,
    Entry,
    Giving,
    Inviting,
    Opening,
    Rectifying,
    Story,
    Writing,
    lines,
    moment,
    table,
)
from vepshare.dossier import Origin
from vepshare.people import Profession
from vepshare.services import ActRefusedError

_V1 = Agreed(
    lines=lines("""
        O1/SVA | ID CT HO CH SF IN RI PL AP JU PM RA MD | –
        O1/PSY | ID CT CH PS IN RI PL RA MD | PS IN
        O11/CPAS | ID CT HO CH SF RI PL RA MD | –
        O7/MED | ID HE IN RI PL RA MD | HE IN
    """),
    ends=date(2027, 9, 1),
    form=Form.WRITTEN_PAPER,
    # « Police, justice » : every function of theirs that a consent could name.
    refused=frozenset({Profession.POL, Profession.SAPV, Profession.PAR, Profession.AJV}),
    warned=True,
)

_V2 = Agreed(
    lines=lines("O8/SAPV | ID CT RI PL RA MD | ID CT RI PL RA MD"),
    ends=date(2027, 6, 24),
    form=Form.WRITTEN_PAPER,
    warned=True,
)

_IDENTITY = Entry(
    kind="identity",
    values={
        "family_name": "Vandermostelle",
        "first_name": "Coralie",
        "approximate_age": 34,
        "languages": "Français",
    },
)

_SAFE_CONTACT = Entry(
    kind="safe_contact",
    values={
        "channels": [{"type": "call", "value": "0400 00 01 01", "safe": "yes"}],
        "days_hours": "En semaine, de 09:00 à 11:30",
        "introduce_as": "la bibliothèque",
        "voicemail": "never",
        "text_messages": "never",
        "verified_on": "2027-03-02",
        "verified_by": "Inès Mertolla",
    },
)

_CHILDREN = Entry(
    kind="children",
    values={
        "children": [
            {"age_band": "6_11", "lives_with": "her"},
            {"age_band": "3_5", "lives_with": "her"},
        ],
        "contact_days": "Une fille de 8 ans, un garçon de 5 ans : sortie de l'école en alternance",
    },
)

_HOUSING = Entry(kind="housing", values={"situation": "joint_lease"})

_PERPETRATOR = Entry(
    kind="perpetrator_info",
    values={
        "designation": "B. L.",
        "link": "ex",
        "approximate_age": 39,
        "firearm": "unknown",
        "other_weapons": "Permis de chasse : inconnu",
    },
)

_PLAN = Entry(
    kind="safety_plan",
    values={
        "code_word": "Les rosiers",
        "code_word_with": "La voisine",
        "bag": "Chez une amie",
    },
)

_THREAT = Entry(
    kind="incidents",
    values={
        "happened_on": "2027-01-05",
        "forms": ["verbal"],
        "description": "Il l'a menacée au téléphone.",
    },
    occurred_on=date(2027, 1, 5),
)

_SHOVE = Entry(
    kind="incidents",
    values={
        "happened_on": "2027-02-27",
        "forms": ["physical"],
        "description": "Il l'a bousculée en venant chercher des affaires.",
    },
    occurred_on=date(2027, 2, 27),
)

_WAIT = Entry(
    kind="incidents",
    values={
        "happened_on": "2027-03-18",
        "forms": ["harassment", "through_children"],
        "description": "Il attendait devant l'école à la sortie, sans descendre de voiture.",
        "children_present": "yes",
    },
    occurred_on=date(2027, 3, 18),
)

_BRUISE = Entry(
    kind="health",
    values={
        "injuries": [{"seen_on": "2027-03-04", "sites": ["left_arm"], "type": "bruise"}],
        "care": "Ecchymose à l'avant-bras gauche.",
    },
    origin=Origin.SEEN,
    occurred_on=date(2027, 3, 4),
)

_SLEEP = Entry(
    kind="psychological_note",
    values={
        "subject": "Sommeil et hypervigilance",
        "text": "Réveils chaque nuit, sursaute au moindre bruit. Entretien chaque semaine.",
    },
)

_REFERENCE_ADDRESS = Entry(kind="social_financial", values={"reference_address": "requested"})

_REFERRAL = Entry(
    kind="referrals_appointments_note",
    values={
        "subject": "Adresse de référence",
        "text": "Elle est d'accord que la demande soit introduite avec elle au CPAS.",
    },
)

_RISK = {
    "tool": "own_markers",
    "language": "fr",
    "assessed_on": "2027-03-12",
    "with_the_person": True,
    "separation": "yes",
    "escalation": "yes",
    "weapon": "unknown",
    "level": "high",
}
_ASSESSED = Entry(kind="risk_assessment", values=_RISK | {"next_review": "2027-04-12"})
_REVIEW_SOONER = Entry(
    kind="risk_assessment",
    values=_RISK
    | {
        "surveillance": "yes",
        "justification": "Il s'est montré devant l'école : la révision est avancée.",
        "next_review": "2027-03-26",
    },
)

_ASK_AGAIN = {
    "action": "Lui redemander ce qu'elle souhaite au sujet de la police",
    "for_whom": "SVA, asbl Rive-Claire",
    "due_on": "2027-03-24",
    "state": "to_do",
    "she_agrees": True,
    "met_on": "2027-03-19",
}
_ACTIONS = (
    ("Faire le point ensemble", "CPAS de Bellecour", "2027-04-02"),
    ("Revoir avec elle les repères de danger", "SVA, asbl Rive-Claire", "2027-03-26"),
    ("Prévoir un contrôle de l'avant-bras", "Maison médicale du Tilleul-Blanc", "2027-04-01"),
    ("Préparer avec elle la question du bail conjoint", "SVA, asbl Rive-Claire", "2027-04-09"),
)

_MEETING = tuple(
    Writing(
        at=moment("2027-03-19 10:40"),
        by="u01",
        entry=Entry(
            kind="meeting_decisions",
            values=_ASK_AGAIN | {"action": action, "for_whom": whom, "due_on": due},
        ),
    )
    for action, whom, due in _ACTIONS
)

S01 = Story(
    code="S01",
    pseudonym="Hirondelle",
    clock=moment("2027-03-25 10:00"),
    acts=(
        Opening(
            at=moment("2027-03-02 14:35"),
            by="u01",
            agreed=_V1,
            entries=(
                _IDENTITY,
                _SAFE_CONTACT,
                _CHILDREN,
                _HOUSING,
                _PERPETRATOR,
                _PLAN,
                _THREAT,
                _SHOVE,
            ),
        ),
        Inviting(at=moment("2027-03-02 14:50"), by="u01", whom="u02"),
        Inviting(at=moment("2027-03-02 14:51"), by="u01", whom="u11"),
        Inviting(at=moment("2027-03-02 14:52"), by="u01", whom="u16"),
        Writing(at=moment("2027-03-04 18:20"), by="u11", entry=_BRUISE),
        Writing(at=moment("2027-03-05 11:15"), by="u02", entry=_SLEEP),
        Writing(
            at=moment("2027-03-08 09:30"), by="u01", entry=_REFERRAL, addressed_to=("O11/CPAS",)
        ),
        Writing(at=moment("2027-03-09 10:00"), by="u16", entry=_REFERENCE_ADDRESS),
        Writing(at=moment("2027-03-12 15:30"), by="u01", entry=_ASSESSED, name="risk"),
        Inviting(at=moment("2027-03-15 09:12"), by="u01", whom="u12", refused=ActRefusedError),
        Writing(at=moment("2027-03-18 16:40"), by="u01", entry=_WAIT),
        Rectifying(at=moment("2027-03-18 16:45"), by="u01", name="risk", entry=_REVIEW_SOONER),
        Writing(
            at=moment("2027-03-19 10:40"),
            by="u01",
            entry=Entry(kind="meeting_decisions", values=_ASK_AGAIN),
            name="ask again",
        ),
        *_MEETING,
        Giving(at=moment("2027-03-24 11:00"), by="u01", agreed=_V2),
        Inviting(at=moment("2027-03-24 11:05"), by="u01", whom="u12"),
        Rectifying(
            at=moment("2027-03-24 11:10"),
            by="u01",
            name="ask again",
            entry=Entry(kind="meeting_decisions", values=_ASK_AGAIN | {"state": "done"}),
        ),
    ),
    expected=(
        table(
            "2027-03-20 10:00",
            """
                 ID CT HO CH HE PS SF IN RI PL AP RA MD
            u01  W  W  W  W  –  –  W  W  W  W  W  w  W
            u02  R  R  –  R  –  w  –  R  R  R  –  w  R
            u16  R  R  R  R  –  –  W  –  F  F  –  w  R
            u11  R  –  –  –  W  –  –  F  R  F  –  w  R
            u12  –  –  –  –  –  –  –  –  –  –  –  –  –
            u13  –  –  –  –  –  –  –  –  –  –  –  –  –
            u14  –  –  –  –  –  –  –  –  –  –  –  –  –
            u19  –  –  –  –  –  –  –  –  –  –  –  –  –
            """,
        ),
        table(
            "2027-03-25 10:00",
            """
                 ID CT HO CH HE PS SF IN RI PL AP RA MD
            u01  W  W  W  W  –  –  W  W  W  W  W  w  W
            u02  R  R  –  R  –  w  –  R  R  R  –  w  R
            u16  R  R  R  R  –  –  W  –  F  F  –  w  R
            u11  R  –  –  –  W  –  –  F  R  F  –  w  R
            u12  R  R  –  –  –  –  –  –  F  R  –  w  F
            u13  –  –  –  –  –  –  –  –  –  –  –  –  –
            u14  –  –  –  –  –  –  –  –  –  –  –  –  –
            u19  –  –  –  –  –  –  –  –  –  –  –  –  –
            """,
        ),
    ),
)

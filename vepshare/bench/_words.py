"""What the measured dossier says: fictional, and about as long as what is really written."""

from collections.abc import Iterator, Mapping
from datetime import date

from vepshare.dossier import KINDS, Compartment, Origin, clean
from vepshare.plain import Plain
from vepshare.services import Draft

Line = tuple[str, str, str]

LINES: tuple[Line, ...] = (
    ("O1/SVA", "ID CT HO CH SF IN RI PL AP JU PM RA MD", ""),
    ("O1/PSY", "ID CT CH PS IN RI PL RA MD", "PS IN"),
    ("O11/CPAS", "ID CT HO CH SF RI PL RA MD", ""),
    ("O7/MED", "ID HE IN RI PL RA MD", "HE IN"),
    ("O1/JUR", "ID CT HO CH IN RI JU RA MD", ""),
    ("O12/EJE", "ID CT CH RI PL RA MD", ""),
)
"""The recipients of the first scenario (S01) and two more; the first holds 13 compartments."""

ONE_LINE = LINES[:1]

WITH_A_SHELTER: tuple[Line, ...] = (
    ("O1/SVA", "ID CT HO CH HM SF IN RI PL AP JU PM RA MD", "HM"),
    *LINES[1:],
    ("O2/SVH", "ID CT HO CH HM SF IN RI PL AP JU PM RA MD", "HM"),
)
"""The same six with a shelter; when it leaves, the 13 compartments it could read are re-keyed.

Referrals and appointments are in addition: there each entry has a key of its own.
"""

SHELTER = "O2"

_TOLD = (
    "Elle raconte que cela recommence depuis la fin de l'été, surtout le soir, quand les enfants"
    " sont là. Elle demande que rien ne soit dit à la maison et que l'on passe par la bibliothèque."
)
_AGREED = "Elle est d'accord que ce soit suivi avec elle au prochain rendez-vous."

_VALUES: Mapping[str, tuple[int, Mapping[str, object]]] = {
    "identity": (1, {"family_name": "Vandermostelle", "first_name": "Coralie"}),
    "safe_contact": (2, {"introduce_as": "la bibliothèque", "verified_on": "2026-09-28"}),
    "health": (0, {"care": "bleu, avant-bras gauche"}),
    "protected_place": (0, {"address": "rue de la Source 12", "commune": "4999 Bellecour"}),
    "housing": (2, {"situation": "joint_lease", "needs": _AGREED}),
    "children": (3, {"contact_days": "un week-end sur deux, le mercredi après l'école"}),
    "social_financial": (2, {"reference_address": "requested", "needs": _AGREED}),
    "incidents": (8, {"happened_on": "2026-09-27", "forms": ["verbal"], "description": _TOLD}),
    "risk_assessment": (
        4,
        {
            "tool": "own_markers",
            "assessed_on": "2026-09-28",
            "level": "high",
            "next_review": "2026-10-12",
        },
    ),
    "safety_plan": (2, {"code_word_with": "la voisine", "if_i_leave": _TOLD}),
    "perpetrator_info": (2, {"designation": "B. L.", "firearm": "unknown", "known_past": _TOLD}),
    "judicial_procedure_note": (3, {"subject": "Bail conjoint", "text": _TOLD}),
    "police_measures_note": (2, {"subject": "Interdiction de contact", "text": _AGREED}),
    "referrals_appointments_note": (3, {"subject": "Rendez-vous au CPAS", "text": _AGREED}),
    "meeting_decisions": (6, {"action": "Revoir avec elle les repères", "state": "to_do"}),
}
"""How many entries of each kind, and what each says: forty in thirteen compartments.

Kinds without any are for dossiers that are measured for their keys.
"""


def drafts() -> Iterator[Draft]:
    """Yield the forty entries of the measured dossier."""
    for code, (count, _) in _VALUES.items():
        for _number in range(count):
            yield draft(code)


def draft(code: str) -> Draft:
    """Return an entry of a kind."""
    kind = KINDS[code]
    return Draft(
        kind=kind,
        values=Plain(clean(kind, _VALUES[code][1])),
        origin=Origin.TOLD_BY_THE_PERSON,
        occurred_on=date(2026, 9, 28),
    )


def own_key(one: Draft) -> bool:
    """Tell whether an entry gets a key of its own from its author: see the matrix."""
    return one.kind.compartment is Compartment.REFERRALS_APPOINTMENTS

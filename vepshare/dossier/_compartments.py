"""The nineteen compartments: the unit of consent and of encryption."""

from enum import StrEnum
from types import MappingProxyType


class Compartment(StrEnum):
    """A category of data with keys of its own (compartiment). Values are stored: never renamed."""

    IDENTITY = "identity"
    SAFE_CONTACT = "safe_contact"
    PROTECTED_PLACE = "protected_place"
    HOUSING = "housing"
    CHILDREN = "children"
    HEALTH = "health"
    PREGNANCY = "pregnancy"
    PSYCHOLOGICAL = "psychological"
    SEXUAL_VIOLENCE = "sexual_violence"
    HONOUR_MARRIAGE = "honour_marriage"
    SOCIAL_FINANCIAL = "social_financial"
    INCIDENTS = "incidents"
    RISK_ASSESSMENT = "risk_assessment"
    SAFETY_PLAN = "safety_plan"
    PERPETRATOR_INFO = "perpetrator_info"
    JUDICIAL_PROCEDURE = "judicial_procedure"
    POLICE_MEASURES = "police_measures"
    REFERRALS_APPOINTMENTS = "referrals_appointments"
    MEETING_DECISIONS = "meeting_decisions"


CODES = MappingProxyType(
    dict(
        zip(
            "ID CT AD HO CH HE PR PS SV HM SF IN RI PL AP JU PM RA MD".split(),
            Compartment,
            strict=True,
        )
    )
)
"""The two-letter codes professionals use, in the order of the matrix."""

SENSITIVE = frozenset(CODES[code] for code in "AD HE PR PS SV HM".split())
"""Never in a group tick, a list, a search, a notice or a statistic (R26)."""

"""The catalogue of entry kinds: what may be written in each compartment."""

from collections.abc import Mapping
from types import MappingProxyType

from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind
from vepshare.dossier.kinds import ALL

KINDS: Mapping[str, EntryKind] = MappingProxyType({kind.code: kind for kind in ALL})
"""Every entry kind by its code."""

COMPARTMENT_TITLES: Mapping[Compartment, str] = MappingProxyType(
    {
        Compartment.IDENTITY: N_("Identity"),
        Compartment.SAFE_CONTACT: N_("Safe contact"),
        Compartment.PROTECTED_PLACE: N_("Protected place"),
        Compartment.HOUSING: N_("Housing"),
        Compartment.CHILDREN: N_("Children"),
        Compartment.HEALTH: N_("Health"),
        Compartment.PREGNANCY: N_("Pregnancy and birth"),
        Compartment.PSYCHOLOGICAL: N_("Psychological follow-up"),
        Compartment.SEXUAL_VIOLENCE: N_("Care after sexual violence"),
        Compartment.HONOUR_MARRIAGE: N_("Forced marriage and honour"),
        Compartment.SOCIAL_FINANCIAL: N_("Social and financial situation"),
        Compartment.INCIDENTS: N_("Incidents"),
        Compartment.RISK_ASSESSMENT: N_("Risk assessment"),
        Compartment.SAFETY_PLAN: N_("Safety plan"),
        Compartment.PERPETRATOR_INFO: N_("Alleged perpetrator"),
        Compartment.JUDICIAL_PROCEDURE: N_("Judicial procedure"),
        Compartment.POLICE_MEASURES: N_("Police measures"),
        Compartment.REFERRALS_APPOINTMENTS: N_("Referrals and appointments"),
        Compartment.MEETING_DECISIONS: N_("Meeting decisions"),
    }
)
"""The English source text of each compartment's title, in the order of the matrix."""


def kinds_of(compartment: Compartment) -> tuple[EntryKind, ...]:
    """Return the kinds that may be written in *compartment*, in catalogue order."""
    return tuple(kind for kind in KINDS.values() if kind.compartment is compartment)

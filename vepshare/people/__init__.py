"""Organisations, professionals, and the function they work under."""

from vepshare.people._people import (
    CONFIDANTS,
    OUTSIDE_FUNCTIONS,
    REPORTING,
    Hat,
    Organisation,
    OrganisationKind,
    Profession,
    Professional,
    Service,
    Standing,
)

__all__ = [
    "CONFIDANTS",
    "OUTSIDE_FUNCTIONS",
    "REPORTING",
    "Hat",
    "Organisation",
    "OrganisationKind",
    "Profession",
    "Professional",
    "Service",
    "Standing",
]

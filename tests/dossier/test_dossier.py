"""Compartments, states, references and pseudonyms."""

import re

from vepshare.dossier import (
    CODES,
    READABLE,
    SENSITIVE,
    Compartment,
    State,
    new_pseudonym,
    new_reference,
)
from vepshare.dossier._dossier import _pseudonyms

SLUGS = """
ID identity
CT safe_contact
AD protected_place
HO housing
CH children
HE health
PR pregnancy
PS psychological
SV sexual_violence
HM honour_marriage
SF social_financial
IN incidents
RI risk_assessment
PL safety_plan
AP perpetrator_info
JU judicial_procedure
PM police_measures
RA referrals_appointments
MD meeting_decisions
"""


def test_the_nineteen_compartments_are_those_of_the_scenarios() -> None:
    """Source: SCENARIOS 1.1. They are stored, and so never renamed."""
    expected = dict(line.split() for line in SLUGS.strip().splitlines())

    assert {code: slug.value for code, slug in CODES.items()} == expected
    assert list(CODES.values()) == list(Compartment)


def test_the_sensitive_six_are_never_shown_in_lists() -> None:
    """Source: R26."""
    assert {CODES[code] for code in "AD HE PR PS SV HM".split()} == SENSITIVE


def test_only_an_active_dossier_is_readable() -> None:
    """Source: S02, V4."""
    assert {State.ACTIVE} == READABLE


def test_a_reference_is_short_and_has_no_sign_that_is_mistaken_for_another() -> None:
    """Source: V10. It is read aloud on the telephone and copied by hand."""
    for _ in range(300):
        assert re.fullmatch(r"V-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}", new_reference())


def test_references_are_drawn_and_not_counted() -> None:
    """Source: V10. The next reference cannot be guessed from the last one."""
    drawn = [new_reference() for _ in range(300)]

    assert len(set(drawn)) == 300
    assert drawn != sorted(drawn)
    signs = {sign for one in drawn for sign in one[2:6] + one[7:]}
    assert signs == set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")


def test_pseudonyms_are_neutral_names_from_one_list() -> None:
    names = _pseudonyms()

    assert len(names) == len(set(names)) == 400
    assert all(one == one.strip() and one[0].isupper() for one in names)
    assert not [one for one in names if re.search(r"\d|viol|victim", one, re.IGNORECASE)]


def test_a_pseudonym_is_drawn_from_the_list() -> None:
    drawn = {new_pseudonym() for _ in range(300)}

    assert drawn <= set(_pseudonyms())
    assert len(drawn) > 100

"""Functions, and who is still in force."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta

import pytest

from vepshare.people import (
    CONFIDANTS,
    OUTSIDE_FUNCTIONS,
    REPORTING,
    Hat,
    OrganisationKind,
    Profession,
    Standing,
)

UNTIL = datetime(2027, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)
TICK = timedelta(microseconds=1)
WHOLE = Standing(
    account_active=True, organisation_active=True, function_held=True, undertaking_until=UNTIL
)


def test_the_functions_are_those_of_the_scenarios() -> None:
    """Source: SCENARIOS 1.2. They are stored, and so never renamed."""
    codes = "MED INF SF PSY ASH CPAS SVA SVH JUR EJE SAPV POL AJV PAR MDT AUT ANI COO RES DPO ADM"
    assert [one.value for one in Profession] == codes.split()


def test_those_she_confides_in_are_the_helping_functions() -> None:
    """Source: V3, R19."""
    assert " ".join(sorted(CONFIDANTS)) == "ASH CPAS EJE INF JUR MED PSY SF SVA SVH"


def test_those_who_may_have_to_report_are_named_after_the_warning() -> None:
    """Source: V14."""
    assert sorted(REPORTING) == ["AJV", "CPAS", "POL", "SAPV"]


def test_those_outside_are_neither_confided_in_nor_ever_recipients() -> None:
    """Source: R19, V14."""
    assert sorted(OUTSIDE_FUNCTIONS) == ["ADM", "DPO", "PAR", "RES"]
    assert not OUTSIDE_FUNCTIONS & (CONFIDANTS | REPORTING)


def test_an_organisation_kind_is_stored_as_its_name() -> None:
    assert all(one.value == one.name.lower() for one in OrganisationKind)


def test_a_standing_holds_through_the_last_instant_of_the_undertaking() -> None:
    """Source: R16."""
    assert WHOLE.in_force(UNTIL)
    assert not WHOLE.in_force(UNTIL + TICK)


@pytest.mark.parametrize("gone", ["account_active", "organisation_active", "function_held"])
def test_any_one_thing_gone_is_enough_to_be_out(gone: str) -> None:
    """Source: V1, R15, R16."""
    assert not replace(WHOLE, **{gone: False}).in_force(UNTIL)


def test_a_hat_is_not_changed_in_place() -> None:
    """Another function is another hat: what was decided for one does not slide to the other."""
    who = Hat(professional_id=None, organisation_id=None, profession=Profession.MED)

    with pytest.raises(FrozenInstanceError):
        who.profession = Profession.POL

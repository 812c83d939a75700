"""Every cell, under every consent, link and exclusion, against the second opinion."""

from datetime import datetime
from functools import cache
from itertools import product

import pytest

from vepshare import policy
from vepshare.dossier import CODES
from vepshare.people import Profession

from .oracle import (
    CLOSED_CONSENTS,
    CLOSED_DOSSIERS,
    COMPARTMENTS,
    EXCLUSIONS,
    FUNCTIONS,
    LINKS,
    NOT_IN_FORCE,
    NOW,
    OPEN_CONSENTS,
    Situation,
    ended_on,
    is_level,
    reading,
    writing,
)
from .situations import compartment, facts_and_actor, me

CONSENTS = (*OPEN_CONSENTS, *CLOSED_CONSENTS)
CELLS_OF_A_FUNCTION = len(COMPARTMENTS) * len(CONSENTS) * len(LINKS) * len(EXCLUSIONS)


def answers(one: Situation) -> tuple[str, str, str, datetime | None]:
    """Return what policy says, in the words of the oracle: read, cell, write, ended on."""
    facts, actor = facts_and_actor(one)
    wanted = compartment(one)
    decision = policy.decide_reading(facts, actor, now=NOW)
    cell = policy.decide_cell(facts, actor, wanted, now=NOW)
    written = policy.decide_writing(facts, actor, wanted, now=NOW)
    for refused in (decision, written):
        assert refused.refusal is None or not refused.cells
    return _read(decision, cell, one), cell.value, _written(written, one), _ended(decision, written)


def _read(decision: policy.Decision, cell: policy.Level | policy.Refusal, one: Situation) -> str:
    """Return the level of the cell in a reading; the reason of a cell that is left out."""
    if decision.refusal is not None:
        return decision.refusal.value
    found = decision.cells.get(compartment(one))
    return cell.value if found is None else found.level.value


def _written(written: policy.Decision, one: Situation) -> str:
    if written.refusal is not None:
        return written.refusal.value
    assert list(written.cells) == [compartment(one)]
    return written.cells[compartment(one)].level.value


def _ended(decision: policy.Decision, written: policy.Decision) -> datetime | None:
    if decision.refusal is not None:
        assert decision.ended_on == written.ended_on
    return decision.ended_on


def expected(one: Situation) -> tuple[str, str, str, datetime | None]:
    return reading(one), reading(one), writing(one), ended_on(one)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cell_is_open_only_when_everything_says_yes(function: str) -> None:
    """Source: V1, V7, R1, R2, R5, R6."""
    count = 0
    for code, words, link, exclusion in product(COMPARTMENTS, CONSENTS, LINKS, EXCLUSIONS):
        one = Situation(
            function=function, compartment=code, consent=words, link=link, exclusion=exclusion
        )
        assert answers(one) == expected(one), one
        count += 1

    assert count == CELLS_OF_A_FUNCTION == 11_400


def test_there_are_as_many_cells_as_announced() -> None:
    """Every function of the platform is in the table, and so in the count."""
    assert {Profession(one) for one in FUNCTIONS} == set(Profession)
    assert len(FUNCTIONS) * CELLS_OF_A_FUNCTION == 239_400


@pytest.mark.parametrize("function", FUNCTIONS)
def test_whoever_is_not_in_force_does_nothing_anywhere(function: str) -> None:
    """Source: V1, R15, R16."""
    for code, standing, words, exclusion, link in product(
        COMPARTMENTS,
        NOT_IN_FORCE,
        ("given", "none", "withdrawn whole"),
        ("none", "person"),
        ("participant", "ended"),
    ):
        one = Situation(
            function=function,
            compartment=code,
            standing=standing,
            consent=words,
            exclusion=exclusion,
            link=link,
        )
        assert answers(one) == expected(one), one
        assert reading(one) == standing


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_an_active_dossier_shows_anything(function: str) -> None:
    """Source: S02, V4."""
    for code, dossier, words, referent in product(
        ("ID", "AD", "RI"), CLOSED_DOSSIERS, CONSENTS, (False, True)
    ):
        one = Situation(
            function=function, compartment=code, dossier=dossier, consent=words, referent=referent
        )
        assert answers(one) == expected(one), one
        assert not is_level(reading(one))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_exclusion_of_others_changes_nothing(function: str) -> None:
    """Source: V7, S04-R2."""
    for code, words in product(COMPARTMENTS, CONSENTS):
        one = Situation(function=function, compartment=code, consent=words, exclusion="of others")
        assert answers(one) == expected(one), one


@pytest.mark.parametrize("function", FUNCTIONS)
def test_being_the_referent_opens_no_cell(function: str) -> None:
    """The referent keeps an empty page while a consent is still to come, and no content (S06)."""
    for code, words in product(COMPARTMENTS, CONSENTS):
        one = Situation(function=function, compartment=code, consent=words, referent=True)
        anybody = Situation(function=function, compartment=code, consent=words)
        assert _levels(one) == _levels(anybody), one
        assert is_level(reading(one)) == is_level(reading(anybody))


@pytest.mark.parametrize("words", CLOSED_CONSENTS)
def test_the_referent_has_an_empty_page_until_a_first_consent_stands(words: str) -> None:
    """Source: S06, S02."""
    one = Situation(function="SVA", compartment="ID", consent=words, referent=True)
    facts, actor = facts_and_actor(one)

    decision = policy.decide_reading(facts, actor, now=NOW)

    still_to_come = CLOSED_CONSENTS[words] not in {"consent_withdrawn", "consent_expired"}
    assert (decision.refusal is None) is still_to_come
    assert not decision.cells


def _levels(one: Situation) -> dict[str, str]:
    facts, actor = facts_and_actor(one)
    cells = policy.decide_reading(facts, actor, now=NOW).cells
    return {slug.value: cell.level.value for slug, cell in cells.items()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_undertaking_holds_through_its_last_instant(function: str) -> None:
    """Source: R16."""
    _, actor = facts_and_actor(_plain(function, "ID"))

    assert actor.standing.undertaking_until == NOW
    assert policy.decide_standing(actor.standing, now=NOW) is None


@cache
def _given_to_everybody() -> dict[str, set[str]]:
    return {
        function: {code for code in COMPARTMENTS if is_level(reading(_plain(function, code)))}
        for function in FUNCTIONS
    }


def _plain(function: str, code: str) -> Situation:
    return Situation(function=function, compartment=code)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_reading_holds_the_open_cells_and_not_one_more(function: str) -> None:
    """Source: V1, V6."""
    one = _plain(function, "ID")
    facts, actor = facts_and_actor(one)

    cells = policy.decide_reading(facts, actor, now=NOW).cells

    assert {code for code in CODES if CODES[code] in cells} == _given_to_everybody()[function]
    assert list(cells) == sorted(cells, key=list(CODES.values()).index)
    assert all(cell.grant.names(me(one)) for cell in cells.values())


@pytest.mark.parametrize("function", ["PAR", "RES", "DPO", "ADM"])
def test_no_consent_opens_anything_to_those_outside(function: str) -> None:
    """Source: R19, S04-R5, S07-R2."""
    assert _given_to_everybody()[function] == set()

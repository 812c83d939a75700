"""Lists, searches and the page of the day: which dossiers, and nothing of what is in them."""

import pytest

from tests.worlds import (
    LAST_DAY,
    LINES,
    TUESDAY,
    WEDNESDAY,
    World,
    at,
    last_entry,
    make_draft,
    open_dossier,
)
from vepshare import audit
from vepshare.services import consents, lists, today


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(
        world,
        *LINES,
        ("O4/AUT", "ID RI", "ID RI"),
        participants="u02 u11 u06",
        entries=(make_draft("identity"),),
    )


def listed(world: World, login: str) -> list[str]:
    found = lists.list_dossiers(world.store, world.cast[login], now=WEDNESDAY)
    return [one.reference for one in found]


def found(world: World, login: str, wanted: str) -> list[str]:
    shown = lists.search_dossiers(world.store, world.cast[login], wanted, now=WEDNESDAY)
    return [one.reference for one in shown]


def test_a_list_holds_what_one_may_open_now(world: World, reference: str) -> None:
    """Source: V10, R18."""
    assert listed(world, "u01") == listed(world, "u11") == [reference]
    assert listed(world, "u16") == listed(world, "u12") == listed(world, "u21") == []
    last = last_entry(world.store)
    assert (last.event, last.count) == (audit.Event.DOSSIER_LISTED, 0)

    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=[world.target("O7")], now=TUESDAY
    )

    assert listed(world, "u11") == []


def test_a_line_of_a_list_says_no_name(world: World, reference: str) -> None:
    """Source: R26."""
    (line,) = lists.list_dossiers(world.store, world.cast["u01"], now=WEDNESDAY)

    assert (line.pseudonym, line.referent) == ("Hirondelle", True)
    assert "Vandermostelle" not in repr(line)


@pytest.mark.parametrize(
    "wanted", ["Vandermostelle", "coralie vandermostelle", "  CORALIE ", "hirondelle"]
)
def test_a_participant_finds_her_by_name(world: World, reference: str, wanted: str) -> None:
    """Source: V10."""
    assert found(world, "u02", wanted) == [reference]
    assert found(world, "u02", reference.lower()) == [reference]


@pytest.mark.parametrize("wanted", ["Vander", "ndermoste", "Coralie Dupont", "", " ", "%"])
def test_part_of_a_name_finds_nothing(world: World, reference: str, wanted: str) -> None:
    """Source: V10."""
    assert found(world, "u02", wanted) == []


@pytest.mark.parametrize("login", ["u12", "u13", "u16", "u21", "u22"])
def test_others_get_the_answer_of_a_name_in_no_dossier(
    world: World, reference: str, login: str
) -> None:
    """And leave the same trace in the log. Source: V10, S01-R3."""
    traces = []
    for wanted in ("Coralie Vandermostelle", "Nobody At All", reference):
        assert found(world, login, wanted) == []
        last = last_entry(world.store)
        traces.append((last.event, last.outcome, last.count, last.dossier, last.reason))

    assert set(traces) == {(audit.Event.DOSSIER_SEARCHED, audit.Outcome.ALLOWED, 0, None, "")}


def test_who_sees_flags_only_does_not_find_her_by_name(world: World, reference: str) -> None:
    """Source: S05-R4."""
    assert found(world, "u06", "Vandermostelle") == []
    assert found(world, "u06", reference) == [reference]


def test_what_is_searched_for_is_not_logged(world: World, reference: str) -> None:
    """Source: V8: ids and codes only."""
    found(world, "u02", "Vandermostelle")

    assert "vandermostelle" not in repr(last_entry(world.store)).casefold()


def test_the_page_of_the_day_warns_of_a_consent_that_ends(world: World, reference: str) -> None:
    """Source: R9."""
    caller = world.cast["u02"]
    assert today.today(world.store, caller, now=WEDNESDAY).endings == ()

    (soon,) = today.today(world.store, caller, now=at("2027-05-20 09:00")).endings

    assert (soon.reference, soon.on.isoformat(), soon.days) == (reference, LAST_DAY, 13)


def test_a_task_is_struck_off_by_whom_it_concerns(world: World, reference: str) -> None:
    """Source: V8."""
    (task,) = today.today(world.store, world.cast["u11"], now=WEDNESDAY).tasks

    today.finish(world.store, world.cast["u02"], task.id, now=WEDNESDAY)
    assert len(today.today(world.store, world.cast["u11"], now=WEDNESDAY).tasks) == 1

    today.finish(world.store, world.cast["u11"], task.id, now=WEDNESDAY)
    assert today.today(world.store, world.cast["u11"], now=WEDNESDAY).tasks == ()

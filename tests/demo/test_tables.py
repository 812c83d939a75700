"""The tables of the scenarios, cell by cell, from dossiers opened, written and read for good."""

from datetime import date, datetime
from itertools import chain

import pytest

from tests.policy import scenario_tables as copied
from tests.worlds import World, at, read
from vepshare import demo
from vepshare.demo import S01, S02, S05
from vepshare.dossier import State
from vepshare.services import AccessEndedError, UnknownDossierError, closing

from .stages import A_MINUTE, ALL_WITHDRAWN, WITHDRAWN, answer, cast_of, played, shown, utc

TABLES = [
    pytest.param(story, table, id=f"{story.code}-{table.at:%d-%m-%H:%M}")
    for story in demo.STORIES
    for table in story.expected
    if any(table.rows.values())
]


@pytest.mark.parametrize(("story", "table"), TABLES)
def test_everybody_sees_the_cells_of_the_table_and_no_other(
    world: World, story: demo.Story, table: demo.Table
) -> None:
    """Source: S01, S02, S05, V1, V6."""
    now = utc(table.at)
    reference = played(world, story, now)

    for login, expected in table.rows.items():
        if not expected:
            with pytest.raises((UnknownDossierError, AccessEndedError)):
                read(world, login, reference, now=now)
            continue
        seen = shown(read(world, login, reference, now=now))
        assert {one: level for one, level in seen.items() if one in table.columns} == expected
        # JU and PM of S01 are agreed to, and the table of the scenario leaves them out.
        assert seen.keys() - set(table.columns) <= agreed_outside(story, table)


def agreed_outside(story: demo.Story, table: demo.Table) -> set[object]:
    acts = [act for act in story.acts if act.at < table.at and hasattr(act, "agreed")]
    lines = chain.from_iterable(act.agreed.lines for act in acts)
    return set().union(*(line.compartments for line in lines)) - set(table.columns)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (S01.expected[0], copied.S01_ON_20_MARCH),
        (S01.expected[1], copied.S01_ON_25_MARCH),
        (S02.expected[0], copied.S02_AT_10_20),
        (S02.expected[1], copied.S02_AT_10_30),
        (S05.expected[0], copied.S05_ON_12_MARCH),
    ],
)
def test_the_tables_say_what_the_policy_is_tested_against(table: demo.Table, text: str) -> None:
    """The scenarios are copied twice: a slip in one copy shows here."""
    header, *rows = (row.split() for row in text.strip().splitlines())
    assert len(header) == len(table.columns)
    assert {who.lower(): [m for m in marks if m != "–"] for who, _, *marks in rows} == {
        login: list(cells.values()) for login, cells in table.rows.items()
    }


@pytest.mark.parametrize("login", ["u12", "u13", "u14", "u19"])
@pytest.mark.parametrize("day", ["2027-03-20 10:00", "2027-03-25 10:00"])
def test_s01_whoever_is_not_named_learns_nothing(world: World, login: str, day: str) -> None:
    """Source: S01-R2, S01-R6, V5."""
    reference = played(world, S01, at(day))
    named = login == "u12" and day > "2027-03-24"
    assert (answer(world, login, reference, at(day)) is None) is not named


def test_s02_two_services_are_out_at_once_and_the_others_go_on(world: World) -> None:
    """Source: S02, V4. Nothing is played again: the same dossier is read before and after."""
    stage = demo.Performance(world.store, cast_of(world), S02)
    stage.up_to(utc(S02.clock))
    before = {u: answer(world, u, stage.reference, utc(S02.clock)) for u in S02.expected[0].rows}
    assert all(isinstance(one, dict) for one in before.values())

    stage.up_to(at("2027-04-21 10:30"))

    after = {u: answer(world, u, stage.reference, at("2027-04-21 10:30")) for u in before}
    assert after == before | dict.fromkeys(("u11", "u16"), date(2027, 4, 21))


def test_s02_what_was_written_before_stays_with_those_who_remain(world: World) -> None:
    """Source: S02-R4."""
    reference = played(world, S02, WITHDRAWN + A_MINUTE)

    view = read(world, "u09", reference, now=WITHDRAWN + A_MINUTE)

    written = {entry.organisation: entry for entry in entries_of(view)}
    assert written["O11"].shared_until == date(2027, 4, 21)
    assert written["O1"].shared_until is None


def entries_of(view: object) -> list:
    return [entry for one in view.compartments.values() for entry in one.entries]


def test_s02_after_the_second_call_only_a_sheet_without_content_is_left(world: World) -> None:
    """Source: S02."""
    now = at("2027-04-21 11:10")
    reference = played(world, S02, now)

    for login in S02.expected[2].rows:
        assert answer(world, login, reference, now) == date(2027, 4, 21)
    sheet = closing.read_sheet(world.store, world.cast["u09"], reference, now=now)
    assert (sheet.state, sheet.stopped_on) == (State.FROZEN, date(2027, 4, 21))
    codes = {one.id: code for code, one in world.organisations.items()}
    assert {codes[one.organisation_id] for one in sheet.to_inform} == {
        "O1", "O5", "O7", "O11", "O14",
    }  # fmt: skip
    for login in ("u01", "u20", "u11", "u16"):
        with pytest.raises(AccessEndedError):
            closing.read_sheet(world.store, world.cast[login], reference, now=now)


@pytest.mark.parametrize(
    ("now", "reads"),
    [(at("2027-03-25 23:59"), True), (at("2027-03-26 00:00"), False)],
)
def test_s05_the_former_shelter_is_out_after_the_handover(
    world: World, now: datetime, reads: bool
) -> None:
    """Source: S05, V2."""
    reference = played(world, S05, at("2027-03-20 09:00"))
    found = answer(world, "u04", reference, now)
    assert isinstance(found, dict) if reads else found == date(2027, 3, 25)


def test_s02_everything_is_over_at_the_instant_of_the_second_call(world: World) -> None:
    """Source: S02, V4."""
    reference = played(world, S02, ALL_WITHDRAWN)
    assert isinstance(answer(world, "u01", reference, ALL_WITHDRAWN), dict)

    other = played(world, S02, ALL_WITHDRAWN + A_MINUTE)
    assert answer(world, "u01", other, ALL_WITHDRAWN) == date(2027, 4, 21)

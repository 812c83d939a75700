"""After every event of every scenario, each one's keys open exactly what she has agreed to.

The raw-key test is the measure of everything else (DESIGN 5): a copy of the database, the private
key of one professional, and nothing of vepshare's own code between the two.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.demo.stages import cast_of
from tests.worlds import World, end_of
from vepshare import demo
from vepshare.demo._play import Performance
from vepshare.demo._stories import Giving, Line, Opening, Reading, Withdrawing
from vepshare.dossier import CODES
from vepshare.people import Profession

from .decryptor import Copy, Thief, postgres_copy, sqlite_copy
from .mandate import Mandate, Member, Said

_CODE = {compartment.value: code for code, compartment in CODES.items()}
_SLUG = {code: compartment.value for code, compartment in CODES.items()}
Part = tuple[str, str, int, str]


def copy_of(world: World) -> Copy:
    """Return a copy of the database, as whoever steals it has it."""
    if world.url.startswith("sqlite"):
        with world.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        return sqlite_copy(Path(world.url.removeprefix("sqlite:///")))
    return postgres_copy(world.url.replace("+psycopg", ""))


def member(world: World, login: str) -> Member:
    hat = world.hat(login)
    code = next(c for c, one in world.organisations.items() if one.id == hat.organisation_id)
    return Member(login=login, organisation=code, function=hat.profession.value)


def opened(world: World, copy: Copy, login: str) -> dict[Part, bytes]:
    """Return what opens to the keys of one of the cast."""
    caller = world.cast[login]
    thief = Thief(copy, caller.id, caller.keyring.own.seed.raw)
    return {
        (_CODE[one.compartment], str(one.entry), one.version, one.part): one.text
        for one in thief.opened()
    }


def owed(world: World, copy: Copy, mandate: Mandate, who: Member, now: datetime) -> Iterator[Part]:
    """Yield what must open to a member: the parts of every version their level covers."""
    organisation = world.organisations[who.organisation].id
    services = {row["entry_id"] for row in _addressed(world, who)}
    for row in copy["entries"]:
        code = _CODE[row["compartment"]]
        level = mandate.level(who, code, now)
        mine = row["organisation_id"] == organisation or row["id"] in services
        parts = {None: (), "F": ("flag",), "w": ("body", "flag") if mine else ()}
        for part in parts.get(level, ("body", "flag")):
            yield code, str(row["id"]), row["version"], part


def _addressed(world: World, who: Member) -> list[dict[str, object]]:
    service = (world.organisations[who.organisation].id, Profession(who.function))
    with world.store.peek() as work:
        key = work.people.service_keys().get(service)
        dossiers = work.dossiers.all_ids()
        found = [work.entries.addressees(one) for one in dossiers]
    return [
        {"entry_id": entry}
        for each in found
        for entry, services in each.items()
        if key is not None and key.service_id in services
    ]


def waiting(world: World, copy: Copy, login: str) -> set[tuple[str, int]]:
    """Return the (code, epoch) that a member's service still waits for a holder to move."""
    keys = {one.key_id for one in world.cast[login].keyring.seeds}
    return {
        (_CODE[row["compartment"]], row["epoch"])
        for row in copy["pending"]
        if row["recipient_key"] in keys
    }


def check(world: World, mandate: Mandate, now: datetime, logins: tuple[str, ...]) -> None:
    """Hold everybody's keys against what she has said."""
    copy = copy_of(world)
    epochs = {(str(row["id"]), row["version"]): row["epoch"] for row in copy["entries"]}
    closed = _closed(copy)
    for login in logins:
        found = opened(world, copy, login)
        expected = set(owed(world, copy, mandate, member(world, login), now))
        assert not found.keys() - expected, f"{login} opens too much at {now}"
        missing = expected - found.keys()
        late = waiting(world, copy, login)
        unexplained = [
            one
            for one in missing
            if (one[0], epochs[one[1], one[2]]) not in late
            and (one[0], epochs[one[1], one[2]]) not in closed
        ]
        assert not unexplained, f"{login} opens too little at {now}"


def _closed(copy: Copy) -> set[tuple[str, int]]:
    """Return the (code, epoch) of which nobody holds the whole key any more (ADR 0006)."""
    held = {
        (row["compartment"], row["epoch"])
        for row in copy["wraps"]
        if row["part"] == "body" and row["wrap"]
    }
    every = {(row["compartment"], row["epoch"]) for row in copy["epochs"]}
    return {(_CODE[compartment], epoch) for compartment, epoch in every - held}


def said(line: Line, act: Opening | Giving) -> Said:
    """Return a line of a story as the mandate takes it down."""
    return Said(
        organisation=line.organisation,
        function=line.profession.value,
        codes=frozenset(_CODE[one.value] for one in line.compartments),
        ticks=frozenset(_CODE[one.value] for one in line.ticks),
        person=line.person,
        starts=act.at,
        ends=end_of((line.ends or act.agreed.ends).isoformat()),
        warned=act.agreed.warned,
    )


def take_down(mandate: Mandate, act: object) -> None:
    """Write down what she has said in an act of a story, if she has said anything."""
    if isinstance(act, Opening | Giving):
        lines = [said(one, act) for one in act.agreed.lines]
        mandate.give(lines, replaces=act.agreed.replaces, now=act.at)
    elif isinstance(act, Withdrawing):
        mandate.withdraw(act.organisations, act.at)


@pytest.mark.parametrize("story", demo.STORIES, ids=lambda one: one.code)
def test_each_one_s_keys_open_exactly_what_she_agreed_to(world: World, story: demo.Story) -> None:
    """After every event, for every member of the cast. Source: DESIGN 5, V1, V4, R7."""
    performance, mandate = Performance(world.store, cast_of(world), story), Mandate()
    logins = tuple(world.cast)
    for act in story.acts:
        performance.step()
        if act.refused is None:
            take_down(mandate, act)
        if not isinstance(act, Reading):
            check(world, mandate, act.at, logins)


def test_the_thief_of_a_copy_with_nobody_s_keys_opens_nothing(world: World) -> None:
    performance = Performance(world.store, cast_of(world), demo.S01)
    performance.up_to(demo.S01.clock)
    copy = copy_of(world)

    assert list(Thief(copy, world.cast["u01"].id, bytes(32)).opened()) == []
    assert opened(world, copy, "u01")
    assert _SLUG["ID"] == "identity"

"""Holding what each one's keys open against what she has said."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from tests.worlds import World
from vepshare.dossier import CODES
from vepshare.people import Profession

from .decryptor import Copy, Thief, postgres_copy, sqlite_copy
from .mandate import Mandate, Member

CODE_OF = {compartment.value: code for code, compartment in CODES.items()}
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
        (CODE_OF[one.compartment], str(one.entry), one.version, one.part): one.text
        for one in thief.opened()
    }


def owed(world: World, copy: Copy, mandate: Mandate, who: Member, now: datetime) -> Iterator[Part]:
    """Yield what must open to a member: the parts of every version their level covers."""
    organisation = world.organisations[who.organisation].id
    services = {row["entry_id"] for row in _addressed(world, who)}
    for row in copy["entries"]:
        code = CODE_OF[row["compartment"]]
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
    caller = world.cast[login]
    with world.store.peek() as work:
        services = work.people.service_keys()
    service = services.get((caller.hat.organisation_id, caller.hat.profession))
    keys = {caller.keyring.own.key_id} | ({service.key_id} if service else set())
    return {
        (CODE_OF[row["compartment"]], row["epoch"])
        for row in copy["pending"]
        if row["recipient_key"] in keys
    }


def check(world: World, mandate: Mandate, now: datetime, logins: Iterable[str]) -> None:
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
            one for one in missing if (one[0], epochs[one[1], one[2]]) not in late | closed
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
    return {(CODE_OF[compartment], epoch) for compartment, epoch in every - held}

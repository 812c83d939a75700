"""Stories told once on each database, kept at the instants that assertions start from.

Every test gets a copy: what it does there, no other test sees.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from freezegun.api import FrozenDateTimeFactory
from psycopg import sql
from sqlalchemy import make_url

from tests.api.client import Api, standing_still
from tests.worlds import World, at
from vepshare.demo import S01, S02, S05, Story
from vepshare.storage import Store

from .telling import Telling, Told

CHAPTERS = {
    S01.code: ("2027-03-15 09:12", "2027-03-20 10:00", "2027-03-24 11:00", "2027-03-25 10:00"),
    S02.code: ("2027-04-21 10:20", "2027-04-21 10:24", "2027-04-21 10:30", "2027-04-21 11:10"),
    S05.code: ("2027-03-11 07:58", "2027-03-11 08:01", "2027-03-12 09:00", "2027-03-16 09:00"),
}
"""Each story stands at these instants: everything before them has happened, and nothing after."""

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A story at an instant, in a database with no connection left to it."""

    world: World
    told: Told


class Snapshots:
    """The stories on one database; each chapter goes on from a copy of the one before."""

    def __init__(self, template: Any, directory: Path) -> None:
        self._template = template
        self._directory = directory
        self._kept = ExitStack()
        self._made: dict[tuple[str, str], Snapshot] = {}

    def close(self) -> None:
        self._kept.close()

    def get(self, story: Story, chapter: str) -> Snapshot:
        """Return a story as it stands at one of its chapters."""
        key = (story.code, chapter)
        if key not in self._made:
            self._made[key] = self._make(story, chapter)
        return self._made[key]

    def _make(self, story: Story, chapter: str) -> Snapshot:
        place = CHAPTERS[story.code].index(chapter)
        directory = self._directory / f"{story.code}-{place}"
        directory.mkdir()
        if place == 0:
            before, source = Told(story=story), self._template.copy(directory)
        else:
            previous = self.get(story, CHAPTERS[story.code][place - 1])
            before, source = previous.told, copied(previous.world, directory)
        world = self._kept.enter_context(source)
        return Snapshot(world=world, told=_told(world, before.copy(), at(chapter)))


class Shown:
    """One copy of each chapter behind an API of its own; sessions last from test to test."""

    def __init__(self, snapshots: Snapshots, directory: Path, kept: ExitStack) -> None:
        self._snapshots = snapshots
        self._directory = directory
        self._kept = kept
        self._tellings: dict[tuple[str, str], Telling] = {}

    def get(self, story: Story, chapter: str, clock: FrozenDateTimeFactory) -> Telling:
        """Return a story at a chapter, at the time that *clock* shows from now on."""
        key = (story.code, chapter)
        if key not in self._tellings:
            snapshot = self._snapshots.get(story, chapter)
            directory = self._directory / str(len(self._tellings))
            directory.mkdir()
            world = self._kept.enter_context(copied(snapshot.world, directory))
            self._tellings[key] = Telling(Api(world, clock), snapshot.told)
        telling = self._tellings[key]
        telling.api.clock = clock
        return telling


def _told(world: World, told: Told, until: datetime) -> Told:
    with standing_still(until) as clock:
        telling = Telling(Api(world, clock), told)
        telling.up_to(until)
    # A database that somebody is connected to cannot be copied.
    world.store.dispose()
    return telling.told


@contextmanager
def copied(world: World, directory: Path) -> Iterator[World]:
    """Yield a copy of *world* that goes its own way, and drop it afterwards."""
    url = make_url(world.url)
    if url.get_backend_name() == "sqlite":
        file = directory / "vepshare.db"
        shutil.copyfile(str(url.database), file)
        with _opened(world, f"sqlite:///{file}") as copy:
            yield copy
        return
    name = f"{url.database}_c{next(_NUMBERS)}"
    _run(world, "CREATE DATABASE {} TEMPLATE {}", name, str(url.database))
    try:
        with _opened(world, url.set(database=name).render_as_string(hide_password=False)) as copy:
            yield copy
    finally:
        _run(world, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def _opened(world: World, url: str) -> Iterator[World]:
    copy = replace(world, url=url, store=Store(url))
    try:
        yield copy
    finally:
        copy.store.dispose()


def _run(world: World, command: str, *names: str) -> None:
    url = make_url(world.url).set(drivername="postgresql", database="postgres")
    statement = sql.SQL(command).format(*map(sql.Identifier, names))
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)

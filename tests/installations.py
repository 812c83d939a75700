"""The world of a test, set up once for each worker and each database, and copied for each test.

A copied SQLite file, or a PostgreSQL database made from a template.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from vepshare import audit, crypto, demo
from vepshare.services import platform
from vepshare.services.custody import Places, open_custody
from vepshare.storage import Store

from .worlds import ORIGIN, SET_UP, World

ARGON2_FLOOR = crypto.Argon2Parameters(memory_kib=19456, time=2, lanes=1)


def build(url: str, directory: Path) -> World:
    """Return a new installation at *url*, with the cast in it and its secrets in *directory*."""
    pepper_path, log_key_path = directory / "pepper", directory / "log-key"
    crypto.create_pepper_file(pepper_path)
    audit.create_log_key_file(log_key_path)
    places = Places(peppers=(f"file:{pepper_path}",), log_keys=(f"file:{log_key_path}",))
    custody = open_custody(places)
    store = Store(url)
    platform.set_up(store, custody, origin=ORIGIN, now=SET_UP)
    cast = demo.add_cast(store, custody.peppers, parameters=ARGON2_FLOOR, now=SET_UP)
    return World(
        url=url,
        store=store,
        custody=custody,
        pepper_path=pepper_path,
        log_key_path=log_key_path,
        cast=cast.callers,
        organisations=cast.organisations,
    )


class SqliteTemplate:
    """A world in a file, copied for each test."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "template.db"
        self._world = build(f"sqlite:///{self._file}", directory)
        # Closing the last connection moves everything from the write-ahead log into the file.
        self._world.store.dispose()

    @contextmanager
    def copy(self, directory: Path) -> Iterator[World]:
        """Yield a copy of the world in *directory*."""
        file = directory / "vepshare.db"
        shutil.copyfile(self._file, file)
        with _at(self._world, f"sqlite:///{file}") as world:
            yield world


class PostgresTemplate:
    """A world in a database of its own, from which PostgreSQL makes one for each test."""

    def __init__(self, admin: URL, worker: str, directory: Path) -> None:
        self._admin = admin
        self._name = f"vepshare_{worker}_{os.getpid()}"
        self._numbers = count(1)
        self._create(self._name)
        self._world = build(_text(admin.set(database=self._name)), directory)
        # A template with a connection left in it cannot be copied.
        self._world.store.dispose()

    @contextmanager
    def copy(self, _directory: Path) -> Iterator[World]:
        """Yield a copy of the world; its database is dropped afterwards."""
        name = f"{self._name}_{next(self._numbers)}"
        self._create(name, template=self._name)
        try:
            with _at(self._world, _text(self._admin.set(database=name))) as world:
                yield world
        finally:
            self._drop(name)

    def drop(self) -> None:
        """Drop the template itself."""
        self._drop(self._name)

    def _create(self, name: str, *, template: str = "template1") -> None:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(command.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._run(command.format(sql.Identifier(name)))

    def _run(self, command: sql.Composed) -> None:
        address = _text(self._admin.set(drivername="postgresql"))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(command)


def postgres_address() -> URL | None:
    """Return where to make databases, from VEPSHARE_TEST_POSTGRES, or None."""
    address = os.environ.get("VEPSHARE_TEST_POSTGRES")
    return make_url(address) if address else None


def _at(world: World, url: str) -> AbstractContextManager[World]:
    return _opened(replace(world, url=url, store=Store(url), cast=dict(world.cast)))


@contextmanager
def _opened(world: World) -> Iterator[World]:
    try:
        yield world
    finally:
        world.store.dispose()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)

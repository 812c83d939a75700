"""Backups as the tests make and restore them: of a world, into another of the same kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.worlds import TUESDAY, WEDNESDAY, World
from vepshare.services import backups, ledger, platform, restoring
from vepshare.storage import Store
from vepshare.storage._tables import metadata

ALL = sorted(metadata.tables)
KEPT = [name for name in ALL if name not in {"sessions", "attempts"}]


def dump(store: Store) -> dict[str, list[list[object]]]:
    with store.peek() as work:
        return {name: list(work.backups.rows(name)) for name in KEPT}


@contextmanager
def elsewhere(world: World, tmp_path: Path) -> Iterator[World]:
    """Another, empty database of the same kind."""
    if world.store.file is not None:
        url = f"sqlite:///{tmp_path / 'restored.db'}"
        store = Store(url)
        yield replace(world, url=url, store=store)
        store.dispose()
        return
    parsed = make_url(world.url)
    name = f"vepshare_restored_{uuid4().hex[:12]}"
    admin = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = parsed.set(database=name).render_as_string(hide_password=False)
    store = Store(url)
    try:
        yield replace(world, url=url, store=store)
    finally:
        store.dispose()
        with psycopg.connect(admin, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


def back_up(world: World, tmp_path: Path, *, now: object = TUESDAY) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir(exist_ok=True)
    return backups.back_up(world.store, world.custody, folder, now=now).manifest


def restore(
    manifest: Path, url: str, custody: platform.Custody, **more: object
) -> restoring.Restored:
    said = {"known": ledger.Known(), "now": WEDNESDAY} | more
    return restoring.restore(manifest, url, custody, **said)

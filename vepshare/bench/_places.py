"""Where a bench keeps its databases: files of its own, or databases of its own on a server."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vepshare.storage import Store

MakeDatabase = Callable[[str], str]
"""Makes an empty database, named by its use, and returns its address."""


def in_files(folder: Path) -> MakeDatabase:
    """Return what makes SQLite databases in *folder*; they go with it."""
    return lambda use: f"sqlite:///{folder / use}.db"


@contextmanager
def on_server(address: str) -> Iterator[MakeDatabase]:
    """Yield what makes databases on the PostgreSQL server at *address*; all are dropped at the end.

    The database that *address* names is connected to, and nothing in it is touched.
    """
    admin, made = Store(address), list[str]()
    mark = secrets.token_hex(4)

    def make(use: str) -> str:
        name = f"vepshare_bench_{mark}_{use}"
        _run(admin, f"CREATE DATABASE {name}")
        made.append(name)
        return admin.engine.url.set(database=name).render_as_string(hide_password=False)

    try:
        yield make
    finally:
        for name in made:
            _run(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.dispose()


def _run(admin: Store, command: str) -> None:
    """Run a command that no transaction may hold; its names are made here."""
    with admin.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(command)

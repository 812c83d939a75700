"""Engines: one settings list for SQLite, one for PostgreSQL, and the gate in front of SQLite."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA busy_timeout=10000",
)


def make_engine(url: str) -> Engine:
    """Return an engine for a `sqlite:///` or `postgresql+psycopg://` address.

    Parameters never appear in errors or traces: they may be sealed values, or names.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # Whatever the server's own default: what is read behind a lock that was waited for has
        # to be what its last holder left, and not what stood there before the wait.
        return create_engine(
            parsed,
            hide_parameters=True,
            pool_size=8,
            max_overflow=8,
            isolation_level="READ COMMITTED",
        )
    engine = create_engine(
        parsed,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=16,
        max_overflow=16,
        # The driver must not begin by itself: a deferred transaction that turns into a write
        # fails at once when another holds the lock, whatever the busy timeout says.
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


class FileGate:
    """A lock file beside the SQLite database: first come, first served, among all processes.

    SQLite lets waiting writers poll, and an unlucky process polls for seconds; a file lock
    wakes the next one at once. It protects nothing: SQLite's own lock does.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".gate")
        self._lock = threading.Lock()
        self._owner = -1
        self._file = -1

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for the gate, hold it for the block, and let the next one in."""
        with self._lock:
            file = self._opened()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        """Return this process's own handle: one inherited by fork would share the lock."""
        if self._owner != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._owner = os.getpid()
        return self._file

"""Whole tables, out of one snapshot and into an empty database: the SQL of backups."""

import base64
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from vepshare.errors import VepshareError
from vepshare.storage import _tables as t
from vepshare.storage._types import Identifier, UtcDateTime

Cell = str | int | bool | None

KEY_SHELF: Final = (
    "epochs",
    "wraps",
    "pending",
    "entry_wraps",
    "service_keys",
    "member_wraps",
    "unlock_methods",
)
"""Everything that opens anything: backed up apart, and kept for a short time."""

LEFT_OUT: Final = ("sessions", "attempts")
"""What no backup holds: losing it means signing in again."""

_BATCH = 500
_DROP = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE %I CASCADE', one.tablename); END LOOP;
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
    AND p.prorettype = 'trigger'::regtype LOOP
    EXECUTE 'DROP FUNCTION ' || one.name || ' CASCADE'; END LOOP;
END $$
"""


class PlaceTakenError(VepshareError):
    """The database to restore into holds something, or is in use. The text is for operators."""


class Backups:
    """Tables as rows of plain values, in the order of their primary keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, name: str) -> Iterator[list[Cell]]:
        """Yield every row of a table; a few hundred at most are in memory at once."""
        table = t.metadata.tables[name]
        query = select(table).order_by(*table.primary_key.columns)
        found = self._connection.execution_options(yield_per=_BATCH).execute(query)
        for row in found:
            yield [_plain(value) for value in row]

    def load(self, name: str, rows: Iterable[Sequence[Cell]]) -> int:
        """Insert rows as `rows` yielded them; return how many there were.

        Raises:
            ValueError: a value is not one of its column.

        """
        table = t.metadata.tables[name]
        readers = [(column.name, _reader(column)) for column in table.columns]
        batch: list[dict[str, object]] = []
        loaded = 0
        for row in rows:
            pairs = zip(readers, row, strict=True)
            batch.append({key: None if v is None else read(v) for (key, read), v in pairs})
            if len(batch) == _BATCH:
                loaded += self._insert(name, batch)
                batch = []
        return loaded + self._insert(name, batch)

    def _insert(self, name: str, batch: list[dict[str, object]]) -> int:
        if batch:
            self._connection.execute(insert(t.metadata.tables[name]), batch)
        return len(batch)

    def clear(self) -> None:
        """Drop every table and trigger function: the append-only ones let nothing else."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text(_DROP))


def tables(*, keys: bool) -> tuple[str, ...]:
    """Return the tables of the key shelf, or of the rest, in an order in which they load.

    A table that nobody has thought of is part of the rest: a backup never misses one.
    """
    names = (table.name for table in t.metadata.sorted_tables if table.name not in LEFT_OUT)
    return tuple(name for name in names if (name in KEY_SHELF) is keys)


def columns(name: str) -> list[str]:
    """Return the columns of a table, in the order of its rows."""
    return [column.name for column in t.metadata.tables[name].columns]


def occupied(connection: Connection) -> bool:
    """Tell whether an installation, or anything else, lives in this database."""
    names = set(inspect(connection).get_table_names())
    if "platform" in names:
        return connection.execute(select(t.platform.c.id)).first() is not None
    return bool(names)


@contextmanager
def new_file(url: str) -> Iterator[str]:
    """Yield the address of a file beside that of *url*, and put it in its place at the end.

    When the block fails the file is removed and the old one stays as it was.

    Raises:
        PlaceTakenError: another process has the old database open.

    """
    parsed = make_url(url)
    target = Path(parsed.database or "")
    made = target.with_name(f"{target.name}.{uuid4().hex}.restoring")
    try:
        yield parsed.set(database=str(made)).render_as_string(hide_password=False)
        _sync(made)
        made.replace(target)
        _sync(target.parent)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal", ".gate"):
            made.with_name(made.name + suffix).unlink(missing_ok=True)


def close_sqlite(connection: Connection) -> None:
    """Fold the write-ahead log of a database that is about to be replaced into its file.

    A log left behind would be replayed into the new file. SQLite lets only the last
    connection do it, so a server that still runs is noticed here.

    Raises:
        PlaceTakenError: it is open elsewhere, or no longer readable.

    """
    try:
        mode = connection.exec_driver_sql("PRAGMA journal_mode=DELETE").scalar_one()
    except (OperationalError, SQLAlchemyError) as error:
        raise PlaceTakenError("the database is in use: stop the server first") from error
    if mode != "delete":
        raise PlaceTakenError("the database is in use: stop the server first")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if path.is_file():
            os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(value: object) -> Cell:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    return cast(Cell, value)


def _reader(column: Column[object]) -> Callable[[Cell], object]:
    if isinstance(column.type, LargeBinary):
        return _bytes
    if isinstance(column.type, Identifier):
        return lambda value: UUID(_text(value))
    if isinstance(column.type, UtcDateTime):
        return lambda value: datetime.fromisoformat(_text(value))
    if isinstance(column.type, Date):
        return lambda value: date.fromisoformat(_text(value))
    return lambda value: value


def _bytes(value: Cell) -> bytes:
    return base64.b64decode(_text(value), validate=True)


def _text(value: Cell) -> str:
    if not isinstance(value, str) or re.search(r"\s", value):
        raise ValueError("not a text")
    return value

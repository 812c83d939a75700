"""Copies of a database as a thief takes them: plain rows, read without the code that wrote them."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import make_url

from .decryptor import Row, Rows

TABLES = ("member_wraps", "wraps", "entry_wraps", "entries")
"""What the decryptor looks at."""


def copied(url: str, tables: Iterable[str] = TABLES) -> Rows:
    """Return the rows of some tables at one moment; ids in hexadecimal, blobs as bytes.

    Times are texts in UTC as SQLite holds them, `2027-03-02 13:35:00.000000`.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _from_sqlite(str(address.database), tables)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return _from_postgres(plain, tables)


def _from_sqlite(file: str, tables: Iterable[str]) -> Rows:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
        source.row_factory = sqlite3.Row
        source.execute("BEGIN")
        return {
            table: tuple(_plain(dict(row)) for row in source.execute(f"SELECT * FROM {table}"))
            for table in tables
        }


def _from_postgres(address: str, tables: Iterable[str]) -> Rows:
    with psycopg.connect(address, row_factory=dict_row) as source:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return {
            table: tuple(_plain(row) for row in source.execute(f"SELECT * FROM {table}"))
            for table in tables
        }


def _plain(row: dict[str, object]) -> Row:
    return {name: _PLAIN.get(type(value), _same)(value) for name, value in row.items()}


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _same(value: object) -> object:
    return value


_PLAIN: dict[type, Callable[[object], object]] = {
    UUID: lambda value: value.hex,
    memoryview: bytes,
    datetime: _utc,
}

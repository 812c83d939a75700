"""Swaps in a database, as somebody who can write to it makes them: two rows, one column."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

SWAPPED: Mapping[str, str] = {
    "entries": "body flags previous digest epoch version compartment own_key dossier_id id"
    " kind author_id organisation_id profession recorded_at",
    "wraps": "wrap grant recipient_key epoch part compartment dossier_id",
    "entry_wraps": "wrap recipient_key inbox part version compartment entry_id dossier_id",
    "consent_events": "payload digest signature previous signer seq dossier_id",
    "epochs": "body_commitment flag_commitment body_inbox flag_inbox epoch compartment",
    "service_keys": "public key_id epoch service_id",
    "member_wraps": "wrap epoch service_id professional_id",
}
"""The columns whose swapping must show nothing else: ciphertexts, and what they are bound to."""

ORDER = ("entries", "wraps", "wraps", "entry_wraps", *SWAPPED)
"""What a swap is drawn from: most are of what a reading opens."""


@dataclass(frozen=True, kw_only=True)
class Swap:
    """Two rows of a table as they lie, and the columns whose values change places."""

    table: str
    columns: tuple[str, ...]
    first: Mapping[str, object]
    second: Mapping[str, object]

    @contextmanager
    def made(self, engine: Engine) -> Iterator[bool]:
        """Make the swap, and undo it afterwards; yield whether the database took it."""
        first, second = dict(self.first), dict(self.second)
        for column in self.columns:
            first[column], second[column] = self.second[column], self.first[column]
        try:
            _replace(engine, self.table, (self.first, self.second), (first, second))
        except IntegrityError:
            yield False
            return
        try:
            yield True
        finally:
            _replace(engine, self.table, (first, second), (self.first, self.second))


def rows_of(engine: Engine, table: str) -> list[Mapping[str, object]]:
    """Return the rows of a table as they lie."""
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table}"))
        return [dict(row) for row in found.mappings()]


def swaps(engine: Engine, dice: random.Random, columns: Mapping[str, str]) -> Iterator[Swap]:
    """Yield swaps without end: a table, one to three of its columns, two rows that differ there."""
    tables = {table: rows_of(engine, table) for table in columns}
    while True:
        table = dice.choice([one for one in ORDER if one in tables])
        names = columns[table].split()
        # Every other swap is of what is encrypted or signed, which stands first.
        several = tuple(dice.sample(names, dice.choice((1, 1, 2, 3))))
        chosen = dice.choice((names[:1], several))
        first, second = dice.sample(tables[table], 2)
        if any(first[one] != second[one] for one in chosen):
            yield Swap(table=table, columns=tuple(chosen), first=first, second=second)


def drop_triggers(engine: Engine, table: str) -> None:
    """Remove what protects an append-only table, as its owner can."""
    with engine.begin() as connection:
        on = "" if engine.dialect.name == "sqlite" else f" ON {table}"
        for name in ("no_update", "no_delete", "next"):
            connection.execute(text(f"DROP TRIGGER {table}_{name}{on}"))


def _replace(
    engine: Engine,
    table: str,
    old: tuple[Mapping[str, object], ...],
    new: tuple[Mapping[str, object], ...],
) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for row in old:
            _delete(connection, table, row)
        for row in new:
            names = ", ".join(f'"{one}"' for one in row)
            marks = ", ".join(f":{one}" for one in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), dict(row))
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")


def _delete(connection: Connection, table: str, row: Mapping[str, object]) -> None:
    given = {name: value for name, value in row.items() if value is not None}
    where = " AND ".join(f'"{one}" = :{one}' for one in given)
    done = connection.execute(text(f"DELETE FROM {table} WHERE {where}"), given)
    assert done.rowcount == 1

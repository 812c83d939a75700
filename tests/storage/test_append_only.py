"""What the database itself refuses, whoever asks: the past cannot be written again."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.worlds import TUESDAY, World, open_dossier
from vepshare.ids import DossierId, new_id
from vepshare.services import platform
from vepshare.storage import Store
from vepshare.storage._tables import APPEND_ONLY, metadata

from .rows import append, count, is_sqlite, run

# One column of each table that could be worth changing.
WORTH_CHANGING = {
    "consent_events": "payload",
    "log_entries": "entry",
    "log_nodes": "hash",
    "log_checkpoints": "note",
    "key_statements": "sign_public",
    "signed_acts": "reason",
    "erasures": "at",
}


@pytest.fixture
def filled(world: World) -> Store:
    """A store in which every append-only table has rows."""
    open_dossier(world)
    with world.store.begin() as work:
        work.ledger.erased(DossierId(new_id()), at=TUESDAY)
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    return world.store


def every_row(store: Store, table: str) -> list[tuple[object, ...]]:
    """Return the rows of a table, in the order of its key."""
    known = metadata.tables[table]
    with store.engine.connect() as connection:
        query = known.select().order_by(*known.primary_key.columns)
        return [tuple(row) for row in connection.execute(query)]


def test_every_table_that_must_be_is_append_only() -> None:
    """Source: R10, R48."""
    assert set(APPEND_ONLY) == set(WORTH_CHANGING)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_nothing_is_changed(filled: Store, table: str) -> None:
    """Source: R10, R48."""
    before = every_row(filled, table)
    assert before

    with pytest.raises(DBAPIError, match="append-only"):
        run(filled, f"UPDATE {table} SET {WORTH_CHANGING[table]} = {WORTH_CHANGING[table]}")

    assert every_row(filled, table) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_nothing_is_deleted(filled: Store, table: str) -> None:
    """Source: R10, R48."""
    before = every_row(filled, table)

    with pytest.raises(DBAPIError, match="append-only"):
        run(filled, f"DELETE FROM {table}")

    assert every_row(filled, table) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_table_is_not_emptied_in_one_stroke(filled: Store, table: str) -> None:
    """TRUNCATE fires no row trigger; SQLite does not know it. Source: R10, R48."""
    before = every_row(filled, table)

    expected = "syntax error" if is_sqlite(filled) else "append-only"
    with pytest.raises(DBAPIError, match=expected):
        run(filled, f"TRUNCATE TABLE {table} CASCADE")

    assert every_row(filled, table) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_is_not_replaced(filled: Store, table: str) -> None:
    """REPLACE deletes without a delete trigger, an upsert updates. Source: R10, R48."""
    before = every_row(filled, table)
    columns = ", ".join(column.name for column in metadata.tables[table].columns)
    last = f"SELECT {columns} FROM {table}"
    key = ", ".join(column.name for column in metadata.tables[table].primary_key.columns)
    changed = WORTH_CHANGING[table]
    statement = (
        f"REPLACE INTO {table} ({columns}) {last}"
        if is_sqlite(filled)
        else f"INSERT INTO {table} ({columns}) {last}"
        f" ON CONFLICT ({key}) DO UPDATE SET {changed} = EXCLUDED.{changed}"
    )

    with pytest.raises(DBAPIError, match="next row only"):
        run(filled, statement)

    assert every_row(filled, table) == before


def test_the_log_takes_no_entry_further_on(filled: Store) -> None:
    """A gap would let an entry be slipped in later. Source: R48."""
    before = count(filled, "log_entries")

    with pytest.raises(DBAPIError, match="next row only"):
        run(
            filled,
            "INSERT INTO log_entries (idx, entry, leaf, at, event, outcome)"
            " SELECT idx + 2, entry, leaf, at, event, outcome FROM log_entries"
            " ORDER BY idx DESC LIMIT 1",
        )

    assert count(filled, "log_entries") == before


def test_an_act_is_not_slipped_in_before_the_last_one(filled: Store) -> None:
    """Source: R10."""
    with pytest.raises(DBAPIError, match="next row only"):
        run(
            filled,
            "INSERT INTO consent_events (dossier_id, seq, previous, payload, digest, signer,"
            " signature) SELECT dossier_id, seq - 1, previous, payload, digest, signer, signature"
            " FROM consent_events",
        )


def test_the_next_entry_is_taken(filled: Store) -> None:
    """The triggers refuse the past, not the future. Source: V8."""
    before = count(filled, "log_entries")

    append(filled)

    assert count(filled, "log_entries") == before + 1
    assert platform.verify_log(filled).faults == ()


def test_a_change_past_the_triggers_is_found(filled: Store) -> None:
    """Whoever owns the database can drop the triggers; the hashes tell. Source: R48."""
    table = "log_entries"
    trigger = f"{table}_no_update"
    run(filled, f"DROP TRIGGER {trigger}" + ("" if is_sqlite(filled) else f" ON {table}"))
    with filled.engine.connect() as connection:
        statement = text("UPDATE log_entries SET entry = :entry WHERE idx = 3")
        connection.execute(statement, {"entry": b"{}"})
        connection.commit()

    report = platform.verify_log(filled)

    assert report.faults[0].index == 3

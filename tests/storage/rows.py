"""Rows as the storage tests need them, and raw access past the repositories."""

from datetime import datetime

from sqlalchemy import text

from tests.worlds import TUESDAY, World
from vepshare import audit
from vepshare.dossier import Compartment
from vepshare.ids import EntryId, RequestId, new_id
from vepshare.storage import EntryRow, Store


def make_record(**changes: object) -> audit.Record:
    said = {
        "event": audit.Event.TASKS_READ,
        "outcome": audit.Outcome.ALLOWED,
        "actor": None,
        "organisation": None,
        "dossier": None,
        "request": RequestId(new_id()),
    }
    return audit.Record(**(said | changes))


def make_entry_row(world: World, reference: str, **changes: object) -> EntryRow:
    """Return a version of an entry that is stored, though nothing would unseal it."""
    hat = world.hat("u01")
    with world.store.peek() as work:
        dossier_id = work.dossiers.id_of(reference)
    said = {
        "dossier_id": dossier_id,
        "id": EntryId(new_id()),
        "version": 1,
        "compartment": Compartment.IDENTITY,
        "kind": "identity",
        "epoch": 1,
        "own_key": False,
        "author_id": hat.professional_id,
        "organisation_id": hat.organisation_id,
        "profession": hat.profession,
        "recorded_at": TUESDAY,
        "previous": bytes(32),
        "digest": bytes(32),
        "body": b"sealed",
        "flags": b"sealed",
    }
    return EntryRow(**(said | changes))


def append(store: Store, record: audit.Record | None = None, *, now: datetime = TUESDAY) -> None:
    """Write one entry to the log, in a transaction of its own."""
    with store.begin() as work:
        work.log.append(record or make_record(), now=now)


def run(store: Store, statement: str) -> None:
    """Run a statement as an operator at the console of the database would."""
    with store.engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()


def count(store: Store, table: str) -> int:
    with store.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def is_sqlite(store: Store) -> bool:
    return store.engine.dialect.name == "sqlite"

"""When the log cannot be written, or what is stored is not what was stored: nothing comes out."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from tests.databases import ON_SQLITE
from tests.worlds import World, log_entries, make_draft, open_dossier
from vepshare import audit
from vepshare.storage import Store

from .client import Api
from .operations import ON_A_DOSSIER, READINGS, Operation

SECRET = "Vandermostelle"

each_reading = pytest.mark.parametrize("operation", READINGS, ids=str)


@pytest.fixture
def reference(api: Api) -> str:
    return open_dossier(api.world, entries=(make_draft("identity"),))


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Let another program hold the SQLite file, and our connections wait for 10 ms only."""
    world.store.dispose()
    event.listen(world.store.engine, "connect", _impatient)
    with closing(sqlite3.connect(str(make_url(world.url).database), timeout=5)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
    event.remove(world.store.engine, "connect", _impatient)
    world.store.dispose()


def _impatient(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=10")
    cursor.close()


@ON_SQLITE
@pytest.mark.parametrize("operation", ON_A_DOSSIER, ids=str)
def test_nothing_is_disclosed_or_stored_when_the_log_cannot_be_written(
    api: Api, reference: str, operation: Operation
) -> None:
    """Source: DESIGN 1: record, commit, disclose; DESIGN 7: 503."""
    bearer = api.bearer("u01")
    before = log_entries(api.world.store)

    with locked(api.world):
        answer = operation.ask(api, reference, by=None, headers=bearer)

    assert (answer.status_code, answer.json) == (503, {"code": 503})
    assert int(answer.headers["Retry-After"]) > 0
    assert log_entries(api.world.store) == before


def test_nothing_is_disclosed_when_the_database_is_gone(
    api: Api, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions cannot be looked up either: still 503, and not « signed out ». Source: V8."""
    bearer = api.bearer("u01")
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        gone = Store(f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing")
        monkeypatch.setitem(api.app.extensions, "vepshare.store", gone)

        answers = [
            api.get(f"/dossiers/{reference}", headers=bearer),
            api.get("/dossiers", headers=bearer),
            api.get("/health"),
            api.sign_in("u01"),
        ]

    assert [(one.status_code, one.json) for one in answers] == [(503, {"code": 503})] * 4


def tamper(world: World, table: str, column: str) -> None:
    """Turn one bit of what *table* holds, as somebody with the disk in hand could."""
    with world.store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
            stored = f"set_byte({column}, 40, 255 - get_byte({column}, 40))"
        else:
            _drop_triggers(connection)
            connection.connection.create_function("turned", 1, _turned)
            stored = f"turned({column})"
        connection.execute(text(f"UPDATE {table} SET {column} = {stored}"))
        connection.commit()


def _drop_triggers(connection: object) -> None:
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in names.scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def _turned(blob: bytes) -> bytes:
    return blob[:40] + bytes([blob[40] ^ 0xFF]) + blob[41:]


@pytest.mark.parametrize(
    ("table", "column"), [("entries", "body"), ("wraps", "wrap"), ("consent_events", "payload")]
)
def test_a_tampered_value_is_500_with_an_id_and_nothing_else(
    api: Api, reference: str, table: str, column: str
) -> None:
    """Source: DESIGN 7: 500 and an alarm."""
    tamper(api.world, table, column)

    answer = api.get(f"/dossiers/{reference}", by="u01")

    said = answer.json
    assert answer.status_code == 500
    assert said.keys() == {"code", "id"}
    assert SECRET not in answer.text
    [alarm] = log_entries(api.world.store, audit.Event.VALUE_TAMPERED)
    assert alarm.request == UUID(said["id"])


@ON_SQLITE
@each_reading
def test_a_tampered_consent_discloses_nothing_anywhere(
    api: Api, reference: str, operation: Operation
) -> None:
    """Source: DESIGN 1, R10."""
    tamper(api.world, "consent_events", "payload")

    answer = operation.ask(api, reference, by="u01")

    assert answer.status_code == 500
    assert answer.json.keys() == {"code", "id"}


@ON_SQLITE
def test_an_error_nobody_expected_tells_an_id_and_no_more(
    api: Api, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session's row is replaced by one that no code expects. Source: DESIGN 7."""
    bearer = api.bearer("u01")
    monkeypatch.setitem(api.app.extensions, "vepshare.store", object())

    answer = api.get(f"/dossiers/{reference}", headers=bearer)

    assert answer.status_code == 500
    assert answer.json.keys() == {"code", "id"}
    assert "object" not in answer.text

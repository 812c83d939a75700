"""Somebody holds the database and writes to it: nothing is shown, and the log is told."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from tests.worlds import (
    TUESDAY,
    WEDNESDAY,
    World,
    compartments,
    entries,
    last_entry,
    make_draft,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.consent._events import GENESIS, digest_of
from vepshare.errors import TamperedError
from vepshare.services import consents, lists, overview
from vepshare.services import entries as writing
from vepshare.storage import LogFilter

NOTE = "referrals_appointments_note"


@pytest.fixture
def reference(world: World) -> str:
    reference = open_dossier(
        world, entries=(make_draft("identity"), make_draft("identity", family_name="Autre"))
    )
    writing.write_entry(world.store, world.cast["u01"], reference, make_draft(NOTE), now=TUESDAY)
    return reference


def flipped(data: bytes, place: int = -1) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def drop_triggers(connection: Connection, table: str) -> None:
    """Remove what protects an append-only table, as its owner can."""
    on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
    for name in ("no_update", "no_delete", "next"):
        connection.execute(text(f"DROP TRIGGER {table}_{name}{on}"))


def rewrite(
    world: World, table: str, column: str, change: Callable[[bytes], bytes], where: str = "1=1"
) -> None:
    """Change one column of some rows in place."""
    with world.store.engine.connect() as connection:
        if table == "consent_events":
            drop_triggers(connection, table)
        query = text(f"SELECT DISTINCT {column} AS old FROM {table} WHERE {where}")
        for row in connection.execute(query).all():
            statement = text(f"UPDATE {table} SET {column} = :new WHERE {column} = :old")
            connection.execute(statement, {"new": change(bytes(row.old)), "old": row.old})
        connection.commit()


def assert_nothing_is_shown(world: World, reference: str, login: str = "u01") -> None:
    """Reading fails as a whole, and the last entry of the log is the alarm."""
    with pytest.raises(TamperedError):
        read(world, login, reference, now=WEDNESDAY)

    last = last_entry(world.store)
    assert (last.event, last.outcome) == (audit.Event.VALUE_TAMPERED, audit.Outcome.FAILED)
    assert last.actor == world.cast[login].id


@pytest.mark.parametrize("place", [0, 1, 40, -1])
@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        ("entries", "body", "compartment = 'identity'"),
        ("entries", "body", "own_key"),
        ("wraps", "wrap", "compartment = 'identity'"),
        ("entry_wraps", "wrap", "part = 'body'"),
    ],
)
def test_one_changed_bit_and_nothing_is_shown(
    world: World, reference: str, table: str, column: str, where: str, place: int
) -> None:
    """Not even what did not change. Source: DESIGN 5, V8."""
    rewrite(world, table, column, lambda old: flipped(old, place), where)

    assert_nothing_is_shown(world, reference)


@pytest.mark.parametrize("column", ["payload", "digest", "signature", "previous"])
def test_one_changed_bit_in_an_act_of_consent(world: World, reference: str, column: str) -> None:
    """Source: R10."""
    rewrite(world, "consent_events", column, flipped)

    assert_nothing_is_shown(world, reference)


def test_a_consent_widened_in_the_database_is_no_consent(world: World, reference: str) -> None:
    """Recomputing the digest does not help without the recorder's signing key. Source: R10, V3."""

    def widen(payload: bytes) -> bytes:
        wider = payload.replace(b'"CPAS"', b'"SVA"')
        assert wider != payload
        assert json.loads(wider)
        return wider

    rewrite(world, "consent_events", "payload", widen)
    with world.store.engine.connect() as connection:
        payload = connection.execute(text("SELECT payload FROM consent_events")).scalar_one()
        connection.execute(
            text("UPDATE consent_events SET digest = :digest"),
            {"digest": digest_of(GENESIS, bytes(payload))},
        )
        connection.commit()

    assert_nothing_is_shown(world, reference)


def test_an_act_signed_by_somebody_else_does_not_count(world: World, reference: str) -> None:
    """Source: R10."""
    with world.store.engine.connect() as connection:
        drop_triggers(connection, "consent_events")
        connection.execute(
            text(
                "UPDATE consent_events SET signer ="
                " (SELECT id FROM professionals WHERE login = 'u02')"
            )
        )
        connection.commit()

    assert_nothing_is_shown(world, reference)


def swap(world: World, reference: str, columns: str) -> None:
    """Swap some columns of the two entries of identity."""
    with world.store.peek() as work:
        first, second = work.entries.latest(work.dossiers.id_of(reference), compartments("ID"))
    with world.store.engine.connect() as connection:
        for one, other in ((first, second), (second, first)):
            for column in columns.split():
                statement = text(f"UPDATE entries SET {column} = :value WHERE digest = :digest")
                connection.execute(
                    statement, {"value": getattr(other, column), "digest": one.digest}
                )
        connection.commit()


@pytest.mark.parametrize("columns", ["body", "flags body"])
def test_two_entries_cannot_trade_their_contents(
    world: World, reference: str, columns: str
) -> None:
    """Each seal is bound to its place. Source: DESIGN 5."""
    swap(world, reference, columns)

    assert_nothing_is_shown(world, reference)


def test_a_flag_reader_is_shown_no_traded_flags(world: World) -> None:
    """Source: DESIGN 5."""
    reference = open_dossier(
        world, entries=(make_draft("incidents"), make_draft("risk_assessment"))
    )
    rewrite(world, "entries", "flags", flipped, "compartment = 'incidents'")

    assert_nothing_is_shown(world, reference, "u11")
    # Whoever reads the whole entry does not open its flags.
    assert len(entries(read(world, "u02", reference), "IN")) == 1


def test_a_wrap_put_into_another_dossier_opens_nothing(world: World, reference: str) -> None:
    """Source: DESIGN 5: info = dossier, compartment, level, epoch, recipient, consent."""
    other = open_dossier(world, entries=(make_draft("identity"),))
    with world.store.peek() as work:
        ids = [work.dossiers.id_of(one) for one in (reference, other)]
    with world.store.begin() as work:
        taken = {(w.compartment, w.part, w.recipient_key): w.wrap for w in work.keys.wraps(ids[0])}
        table = "UPDATE wraps SET wrap = :new WHERE wrap = :old"
        for one in work.keys.wraps(ids[1]):
            new = taken[one.compartment, one.part, one.recipient_key]
            work._connection.execute(text(table), {"new": new, "old": one.wrap})

    assert_nothing_is_shown(world, other)


def test_an_entry_put_back_to_an_older_version_is_shown_as_that_version(
    world: World, reference: str
) -> None:
    """What was true once authenticates; the number shows, and the log tells of the later one."""
    (first, *_) = entries(read(world, "u01", reference), "ID")
    writing.rectify_entry(
        world.store,
        world.cast["u01"],
        reference,
        first.id,
        lambda _kind: make_draft("identity", family_name="Nouveau"),
        version=1,
        now=WEDNESDAY,
    )
    with world.store.engine.connect() as connection:
        connection.execute(text("DELETE FROM entries WHERE version = 2"))
        connection.execute(text("UPDATE entries SET latest = true"))
        connection.commit()

    shown = {one.id: one.version for one in entries(read(world, "u01", reference), "ID")}

    assert shown[first.id] == 1
    with world.store.peek() as work:
        dossier_id = work.dossiers.id_of(reference)
    assert any(
        (one.event, one.subject, one.count) == (audit.Event.ENTRY_RECTIFIED, first.id, 2)
        for one in log_of(world, dossier_id)
    )


def log_of(world: World, dossier_id: object) -> tuple[audit.Entry, ...]:
    with world.store.peek() as work:
        return work.log.find(LogFilter(dossier=dossier_id), before=None, most=1000)


@pytest.mark.parametrize(
    "act",
    [
        lambda world, reference: overview.explain(
            world.store, world.cast["u01"], reference, now=WEDNESDAY
        ),
        lambda world, reference: consents.withdraw(
            world.store, world.cast["u01"], reference, None, now=WEDNESDAY
        ),
        lambda world, _reference: lists.list_dossiers(
            world.store, world.cast["u01"], now=WEDNESDAY
        ),
        lambda world, reference: writing.write_entry(
            world.store, world.cast["u01"], reference, make_draft("identity"), now=WEDNESDAY
        ),
    ],
    ids=["explain", "withdraw", "list", "write"],
)
def test_every_use_of_a_forged_consent_raises_the_alarm(
    world: World, reference: str, act: Callable[[World, str], object]
) -> None:
    """Source: R10, V8."""
    rewrite(world, "consent_events", "payload", flipped)

    with pytest.raises(TamperedError):
        act(world, reference)

    assert last_entry(world.store).event is audit.Event.VALUE_TAMPERED

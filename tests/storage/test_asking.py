"""Questions put to the driver itself: the same answers, the same errors, the same order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import insert, make_url, text

from tests.worlds import TUESDAY, WEDNESDAY, World, make_draft, open_dossier
from vepshare.dossier import CODES, Compartment
from vepshare.errors import LogUnavailableError
from vepshare.services import platform
from vepshare.storage import LostRaceError, Store, Stored
from vepshare.storage import _readings as readings
from vepshare.storage import _tables as t
from vepshare.storage._asking import Asked, ask
from vepshare.storage._dossiers import TO_CHANGE, TO_READ

from .rows import append, count, make_entry_row, make_record
from .test_unavailable import ON_POSTGRES


@pytest.fixture
def reference(world: World) -> str:
    drafts = (make_draft("identity"), make_draft("health"))
    return open_dossier(world, participants="u02 u11", entries=drafts)


@pytest.mark.parametrize("lock", [TO_READ, TO_CHANGE])
def test_the_answers_are_those_of_sqlalchemy(world: World, reference: str, lock: object) -> None:
    """Types, order and names of columns; several at once, and one by one. Source: V1."""
    by_reference = {"reference": reference}
    keys = tuple(world.cast["u01"].key_ids)
    with world.store.begin() as work:
        of = work.dossiers.id_of(reference)
        asked = [
            Asked(lock, by_reference),
            Asked(readings._CHAIN, by_reference),
            Asked(readings._LINKS, by_reference),
            Asked(readings._SIGNED_BY, by_reference),
            *readings._of(of, Compartment, keys),
            *readings._of(of, [CODES["ID"]], keys[:1]),
        ]
        together = ask(work.connection, *asked)
        alone = [ask(work.connection, one)[0] for one in asked]
        usual = [
            work.connection.execute(one.question._statement, dict(one.values)).all()
            for one in asked
        ]

    assert [list(map(tuple, one)) for one in together] == [list(map(tuple, one)) for one in usual]
    assert together == alone
    assert all(together[:6])
    assert together[0][0].reference == reference


def test_nothing_is_found_where_nothing_is_asked_for(world: World, reference: str) -> None:
    """No compartment and no key open nothing. Source: V6."""
    with world.store.begin() as work:
        of = work.dossiers.id_of(reference)
        assert work.readings.sealed(of, (), ()) == ((), (), ())
        assert work.readings.to_read("V-0000-00") is None
        assert work.readings.to_change("V-0000-00") is None


def test_what_is_read_behind_the_lock_is_what_its_last_holder_left(
    world: World, reference: str
) -> None:
    """A reading that waited for a change decides on what was changed. Source: V4, V5."""
    about_to_wait = threading.Event()

    def wait_and_read() -> Stored | None:
        elsewhere = Store(world.url)
        about_to_wait.set()
        with elsewhere.begin() as work:
            stored = work.readings.to_read(reference)
        elsewhere.dispose()
        return stored

    with ThreadPoolExecutor(1) as pool:
        with world.store.begin() as work:
            before = work.readings.to_change(reference)
            reading = pool.submit(wait_and_read)
            about_to_wait.wait(10)
            with pytest.raises(TimeoutError):
                reading.result(0.5)
            work.dossiers.unlink(before.dossier.id, world.hat("u02"), at=WEDNESDAY)
        found = reading.result(20)

    assert [one.ended_at for one in before.links] == [None] * 3
    assert WEDNESDAY in {one.ended_at for one in found.links}


@ON_POSTGRES
def test_the_server_s_default_does_not_change_what_is_read_behind_a_lock(world: World) -> None:
    """With one snapshot for all, a reading that waited would not see the change. Source: V4."""
    strict = make_url(world.url).update_query_dict(
        {"options": "-c default_transaction_isolation=serializable"}
    )
    store = Store(strict.render_as_string(hide_password=False))

    with store.begin() as work:
        default = work.connection.execute(text("SHOW default_transaction_isolation"))
        used = work.connection.execute(text("SHOW transaction_isolation"))
        assert (default.scalar(), used.scalar()) == ("serializable", "read committed")
    store.dispose()


def test_the_entry_sent_with_the_commit_is_there_after_it(store: Store) -> None:
    """Source: V8."""
    before = count(store, "log_entries")
    with store.begin() as work:
        work.log.append(make_record(), now=TUESDAY, last=True)

    assert count(store, "log_entries") == before + 1
    assert platform.verify_log(store).faults == ()


def test_what_comes_after_a_last_entry_comes_after_it(store: Store) -> None:
    """Source: R48."""
    before = count(store, "log_entries")
    with store.begin() as work:
        first = work.log.append(make_record(), now=TUESDAY, last=True)
        second = work.log.append(make_record(), now=TUESDAY)
        third = work.log.append(make_record(), now=TUESDAY, last=True)
        work.log.append_all([make_record(), make_record()], now=TUESDAY)

    assert [one.index for one in (first, second, third)] == [before, before + 1, before + 2]
    assert count(store, "log_entries") == before + 5
    assert platform.verify_log(store).faults == ()


def test_when_the_last_entry_fails_nothing_is_committed(world: World, reference: str) -> None:
    """The commit is sent behind it and skipped. Source: STYLE: all of it or nothing."""
    before = count(world.store, "log_entries"), count(world.store, "entries")

    with pytest.raises(LostRaceError):
        log_in_a_taken_place(world, reference)
    append(world.store)

    after = count(world.store, "log_entries"), count(world.store, "entries")
    assert after == (before[0] + 1, before[1])
    assert platform.verify_log(world.store).faults == ()


def log_in_a_taken_place(world: World, reference: str) -> None:
    """Write an entry, and log it where somebody has written past the repositories."""
    row = make_entry_row(world, reference)
    with world.store.begin() as work:
        taken = {"idx": work.log.lock().size, "entry": b"x", "leaf": bytes(32), "at": TUESDAY}
        what = {"event": "tasks.read", "outcome": "allowed"}
        work.connection.execute(insert(t.log_entries).values(taken | what))
        work.entries.add(row)
        work.log.append(make_record(), now=TUESDAY, last=True)


@ON_POSTGRES
@pytest.mark.parametrize("last", [True, False])
def test_a_connection_that_breaks_before_the_commit(
    world: World, reference: str, last: bool
) -> None:
    """Nothing is kept, and the store finds another connection. Source: V8."""
    before = count(world.store, "log_entries")

    with pytest.raises(LogUnavailableError):
        read_and_log_cut_off(world, reference, last=last)
    append(world.store)

    assert count(world.store, "log_entries") == before + 1


def read_and_log_cut_off(world: World, reference: str, *, last: bool) -> None:
    """Append to the log, or read, over a connection that the server has ended."""
    with world.store.begin() as work:
        own = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        work.log.lock()
        elsewhere = Store(world.url)
        with closing(elsewhere.engine.connect()) as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        elsewhere.dispose()
        if last:
            work.log.append(make_record(), now=TUESDAY, last=True)
        else:
            work.readings.to_read(reference)

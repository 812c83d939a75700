"""One transaction: all of it or nothing, and never a value in what is raised."""

import contextlib
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.worlds import TUESDAY, World, make_draft, open_dossier
from vepshare.errors import LogUnavailableError
from vepshare.services import platform
from vepshare.storage import EntryRow, LostRaceError, Store

from .rows import append, count, make_entry_row, make_record


class BrokenError(Exception):
    """Stands for whatever may go wrong in the middle of a service."""


def act(world: World, row: EntryRow, *, fail: bool = False) -> None:
    """Write an entry and log it, in one transaction, as a service does."""
    with world.store.begin() as work:
        work.log.append(make_record(), now=TUESDAY)
        work.entries.add(row)
        if fail:
            raise BrokenError


def test_an_error_in_the_block_undoes_all_of_it(world: World) -> None:
    """Source: STYLE: raised inside, it rolls its own entry back."""
    reference = open_dossier(world)
    before = count(world.store, "log_entries"), count(world.store, "entries")

    with pytest.raises(BrokenError):
        act(world, make_entry_row(world, reference), fail=True)

    assert (count(world.store, "log_entries"), count(world.store, "entries")) == before
    assert platform.verify_log(world.store).faults == ()


def test_after_an_error_the_store_goes_on(store: Store) -> None:
    """The gate, the lock and the connection are given back. Source: STYLE."""
    for _ in range(40):
        with pytest.raises(BrokenError), store.begin():
            raise BrokenError

    append(store)

    assert platform.verify_log(store).faults == ()


def test_what_was_committed_stays_when_the_caller_fails_afterwards(store: Store) -> None:
    """Record, commit, disclose: the log may tell of a reading that failed. Source: STYLE, V8."""
    before = count(store, "log_entries")
    with store.begin() as work:
        work.log.append(make_record(), now=TUESDAY)

    assert count(store, "log_entries") == before + 1


def test_peeking_keeps_nothing(world: World) -> None:
    """Source: STYLE: only `begin` commits."""
    before = count(world.store, "log_entries")

    with contextlib.suppress(LogUnavailableError), world.store.peek() as work:
        work.log.append(make_record(), now=TUESDAY)

    assert count(world.store, "log_entries") == before


def test_peeking_sees_one_moment(store: Store) -> None:
    """Else a log that grows while it is verified would seem forged. Source: R48."""
    with store.peek() as work:
        head = work.log.head()
        append(store)
        entries = list(work.log.stored())

    assert len(entries) == head.size


def test_after_peeking_the_store_writes_again(store: Store) -> None:
    """A connection that only read goes back to the pool as it was. Source: V8."""
    before = count(store, "log_entries")
    for _ in range(20):
        with store.peek() as work:
            work.log.head()
        append(store)

    assert count(store, "log_entries") == before + 20


def test_the_second_writer_of_a_version_loses(world: World) -> None:
    """Nothing of what lost is kept, its log entry neither. Source: STYLE: a lost race is 409."""
    reference = open_dossier(world)
    first = make_entry_row(world, reference)
    act(world, first)
    before = count(world.store, "log_entries")

    with pytest.raises(LostRaceError):
        act(world, make_entry_row(world, reference, id=first.id, body=b"another"))

    assert count(world.store, "log_entries") == before
    with world.store.peek() as work:
        assert work.entries.get(first.dossier_id, first.id).body == b"sealed"


def test_writers_take_turns(store: Store) -> None:
    """Eight threads, one log: every entry has its index. Source: V8."""
    before = count(store, "log_entries")
    threads = [threading.Thread(target=lambda: [append(store) for _ in range(5)]) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert count(store, "log_entries") == before + 40
    assert platform.verify_log(store).faults == ()


def test_the_log_s_clock_never_goes_back(store: Store) -> None:
    """A host whose clock is set back does not reorder the past. Source: R48."""
    append(store, now=TUESDAY)
    with store.begin() as work:
        appended = work.log.append(make_record(), now=TUESDAY.replace(year=2026))

    assert appended.time == TUESDAY
    assert platform.verify_log(store).faults == ()


SECRET = "rue de la Source 12"


def test_an_error_of_the_database_shows_no_value(world: World) -> None:
    """Parameters are sealed values, or names: none is printed. Source: STYLE: hide_parameters."""
    reference = open_dossier(world, entries=(make_draft("identity"),))
    row = make_entry_row(world, reference, body=SECRET.encode(), kind=SECRET)
    with world.store.begin() as work:
        work.entries.add(row)

    with pytest.raises(LostRaceError) as caught, world.store.begin() as work:
        work.entries.add(row)

    shown = "".join(map(str, (caught.value, caught.value.__cause__, caught.value.__cause__.args)))
    assert "INSERT" in shown
    assert SECRET not in shown
    assert SECRET.encode().hex() not in shown
    assert str(row.id) not in shown.split("DETAIL")[0]


def test_a_malformed_statement_shows_no_value(store: Store) -> None:
    """Source: STYLE: hide_parameters."""
    with pytest.raises(SQLAlchemyError) as caught, store.engine.connect() as connection:
        connection.execute(text("SELECT :secret FROM nowhere"), {"secret": SECRET})

    assert SECRET not in str(caught.value)


def test_an_entry_that_the_head_does_not_know_of_is_not_overwritten(store: Store) -> None:
    """A head put back, as by a partial restore, cannot begin a second past. Source: R48."""
    with store.peek() as work:
        old = work.log.head().encode()
    append(store)
    before = count(store, "log_entries")
    with store.engine.connect() as connection:
        connection.execute(text("UPDATE log_head SET head = :head"), {"head": old})
        connection.commit()

    with pytest.raises(LostRaceError):
        append(store)

    assert count(store, "log_entries") == before

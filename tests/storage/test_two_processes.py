"""Several processes on one database: no entry is lost, and the log verifies."""

import multiprocessing
import os
import signal

from tests.worlds import TUESDAY, World
from vepshare.services import platform
from vepshare.storage import Store

from .rows import append, count, make_record

EACH = 100


def append_many(url: str) -> None:
    """Append entries from a process of its own, one transaction each."""
    store = Store(url)
    for _ in range(EACH):
        append(store)
    store.dispose()


def test_two_processes_lose_no_entry(world: World) -> None:
    """Source: V8, R48."""
    before = count(world.store, "log_entries")
    spawned = multiprocessing.get_context("spawn")
    workers = [spawned.Process(target=append_many, args=(world.url,)) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(timeout=60)

    assert [one.exitcode for one in workers] == [0, 0]
    assert count(world.store, "log_entries") == before + 2 * EACH
    report = platform.verify_log(world.store)
    assert (report.size, report.faults) == (before + 2 * EACH, ())


def test_a_process_that_dies_in_a_transaction_leaves_nothing_behind(world: World) -> None:
    """Its lock goes with it, and the next writer does not wait. Source: V8."""
    before = count(world.store, "log_entries")
    spawned = multiprocessing.get_context("spawn")
    dying = spawned.Process(target=append_and_die, args=(world.url,))
    dying.start()
    dying.join(timeout=60)

    append(world.store)

    assert dying.exitcode == -9
    assert count(world.store, "log_entries") == before + 1
    assert platform.verify_log(world.store).faults == ()


def append_and_die(url: str) -> None:
    """Append an entry and be killed before the commit, as by a power cut."""
    with Store(url).begin() as work:
        work.log.append(make_record(), now=TUESDAY)
        os.kill(os.getpid(), signal.SIGKILL)

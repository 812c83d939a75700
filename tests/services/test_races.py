"""She takes back her word while others read: what begins afterwards is refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from tests.worlds import (
    WEDNESDAY,
    World,
    entries,
    make_draft,
    open_dossier,
    read,
)
from vepshare.dossier import Compartment
from vepshare.services import AccessEndedError, StaleVersionError, consents, platform
from vepshare.services import entries as writing
from vepshare.storage import LostRaceError, Store

from .raw_keys import wrapped_to

READERS = 20


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, entries=(make_draft("identity"), make_draft("health")))


def together(*acts: Callable[[], object]) -> list[object]:
    """Run some acts at once, from a common start; return what each returned or raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_no_reading_that_begins_after_a_withdrawal_succeeds(world: World, reference: str) -> None:
    """Source: V4, R7."""
    returned: list[float] = []
    outcomes: list[tuple[float, bool]] = []
    deadline = monotonic() + 10
    ready = threading.Barrier(READERS + 1)

    def withdraw() -> None:
        # A process of its own would hold its own connections: so does this thread.
        elsewhere = Store(world.url)
        ready.wait()
        consents.withdraw(
            elsewhere,
            world.cast["u01"],
            reference,
            None,
            targets=[world.target("O7")],
            now=WEDNESDAY,
        )
        returned.append(monotonic())
        elsewhere.dispose()

    def read_on() -> None:
        ready.wait()
        while len(refused := outcomes[-READERS:]) < READERS or any(one[1] for one in refused):
            began = monotonic()
            assert began < deadline, "the withdrawal waits for as long as somebody reads"
            try:
                seen = read(world, "u11", reference, now=WEDNESDAY)
                assert seen.compartments
                outcomes.append((began, True))
            except AccessEndedError:
                outcomes.append((began, False))

    threads = [threading.Thread(target=one) for one in (withdraw, *(read_on,) * READERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    late = [allowed for began, allowed in outcomes if began >= returned[0]]
    assert late
    assert not any(late)
    assert wrapped_to(world, "u11", reference) == ""
    assert platform.verify_log(world.store).faults == ()


def test_two_rectifications_of_one_version_make_one(world: World, reference: str) -> None:
    """The other is told, and stores nothing. Source: STYLE: a lost race is 409."""
    (entry, *_) = entries(read(world, "u01", reference), "ID")

    def rectify(name: str) -> Callable[[], int]:
        return lambda: writing.rectify_entry(
            world.store,
            world.cast["u01"],
            reference,
            entry.id,
            lambda _kind: make_draft("identity", family_name=name),
            version=1,
            now=WEDNESDAY,
        )

    results = together(*(rectify(name) for name in "ABCD"))

    assert results.count(2) == 1
    lost = [one for one in results if one != 2]
    assert all(isinstance(one, StaleVersionError | LostRaceError) for one in lost)
    (seen, *_) = entries(read(world, "u01", reference, now=WEDNESDAY), "ID")
    assert seen.version == 2


def test_two_withdrawals_at_once_both_hold(world: World, reference: str) -> None:
    """Source: V4."""

    def withdraw(login: str, service: str) -> Callable[[], object]:
        return lambda: consents.withdraw(
            world.store,
            world.cast[login],
            reference,
            None,
            targets=[world.target(service)],
            now=WEDNESDAY,
        )

    results = together(withdraw("u01", "O7"), withdraw("u02", "O11"))

    assert not any(isinstance(one, Exception) for one in results)

    assert wrapped_to(world, "u11", reference) == wrapped_to(world, "u16", reference) == ""
    assert len(entries(read(world, "u02", reference, now=WEDNESDAY), "ID")) == 1


def test_writing_and_withdrawing_at_once_leave_one_order(world: World, reference: str) -> None:
    """The entry is there and was allowed, or was refused and is not there. Source: S02-R1."""
    write = together(
        lambda: writing.write_entry(
            world.store, world.cast["u11"], reference, make_draft("health"), now=WEDNESDAY
        ),
        lambda: consents.withdraw(
            world.store,
            world.cast["u02"],
            reference,
            None,
            targets=[world.target("O7")],
            now=WEDNESDAY,
        ),
    )[0]

    with world.store.peek() as work:
        rows = work.entries.latest(work.dossiers.id_of(reference), [Compartment.HEALTH])
    assert len(rows) == (1 if isinstance(write, AccessEndedError) else 2)

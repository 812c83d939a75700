"""Rotations are stopped at every place, and go on while everybody works."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import Template
from tests.storage.rows import append
from tests.vaults import FakeVault, Key, running
from tests.worlds import TUESDAY, World, log_entries
from vepshare import audit
from vepshare.services import platform, rotation
from vepshare.services.custody import Custody, Places
from vepshare.storage import LostRaceError, PepperState, Store

from .custodies import imported, vault_places, with_custody
from .rotating import (
    both_log_keys,
    both_peppers,
    both_places,
    checkpoint,
    new_log_key,
    rotate_log_key,
    rotate_pepper,
    states,
    under,
)
from .signing_in import sign_in
from .stopping import stopping_everywhere


@pytest.fixture
def fresh(template: Template, tmp_path: Path) -> Iterator[list[World]]:
    """Worlds made one after the other, of which the test closes none."""
    made: list[World] = []
    with ExitStack() as stack:

        class Worlds(list[World]):
            def make(self) -> World:
                folder = tmp_path / f"world-{len(self)}"
                folder.mkdir()
                self.append(stack.enter_context(template.copy(folder)))
                return self[-1]

        made = Worlds()
        yield made


def test_a_pepper_rotation_that_is_stopped_anywhere_is_finished_by_the_next(
    fresh: list[World], tmp_path: Path
) -> None:
    custody: list[Custody] = []

    def store_of(_number: int) -> Store:
        world = both_peppers(fresh.make(), tmp_path)
        custody[:] = [world.custody]
        return world.store

    def act(store: Store) -> None:
        rotation.rotate_pepper(store, custody[0], now=TUESDAY)

    places = 0
    for store in stopping_everywhere(store_of, act):
        places += 1
        world = replace(fresh[-1], custody=custody[0])
        old, new = world.custody.peppers.ids
        assert sign_in(world, "u02").caller

        assert rotate_pepper(world).name == new

        assert states(world) == ["former", "current"]
        rotated = log_entries(store, audit.Event.KEY_ROTATED)
        assert [one.ground for one in rotated] == ["pepper.current"]
        sign_in(world, "u01")
        assert under(world, "u01") == new
        assert under(world, "u03") == old
    assert places > 8


def test_a_sign_in_that_is_stopped_anywhere_locks_nobody_out(
    fresh: list[World], tmp_path: Path
) -> None:
    """The same lock is under the one pepper or under the other, and opens."""
    worlds: list[World] = []

    def store_of(_number: int) -> Store:
        worlds[:] = [both_peppers(fresh.make(), tmp_path)]
        rotate_pepper(worlds[0])
        return worlds[0].store

    def act(_store: Store) -> None:
        sign_in(worlds[0])

    places = 0
    for _store in stopping_everywhere(store_of, act):
        places += 1
        assert under(worlds[0], "u01") in worlds[0].custody.peppers.ids
        assert sign_in(worlds[0]).caller
        assert under(worlds[0], "u01") == worlds[0].custody.peppers.ids[1]
    assert places > 10


def test_a_rotation_of_the_log_key_that_is_stopped_anywhere_is_finished_by_the_next(
    fresh: list[World], tmp_path: Path
) -> None:
    """And at each place the log verifies and can be signed, before and after."""
    worlds: list[World] = []

    def store_of(_number: int) -> Store:
        worlds[:] = [both_log_keys(fresh.make(), tmp_path)]
        checkpoint(worlds[0])
        return worlds[0].store

    def act(store: Store) -> None:
        rotation.rotate_log_key(store, worlds[0].custody, now=TUESDAY)

    places = 0
    for store in stopping_everywhere(store_of, act):
        places += 1
        world = worlds[0]
        assert platform.verify_log(store).whole
        append(store)
        assert checkpoint(world)
        assert platform.verify_log(store).whole

        assert rotate_log_key(world).name == world.custody.log_keys[1].public.hex()

        append(store)
        assert checkpoint(new_log_key(world, tmp_path))
        assert platform.verify_log(store).whole
        first, second = platform.log_keys(store)
        assert (first.until_size, second.until_size) == (second.from_size, None)
    assert places > 12


def appending(url: str, count: int) -> None:
    """Append entries from a process of its own."""
    store = Store(url)
    for _ in range(count):
        append(store)
    store.dispose()


def test_everything_is_rotated_while_people_sign_in_and_others_write(
    world: World, tmp_path: Path
) -> None:
    """Source: DESIGN 5."""
    new_places = both_places(world, tmp_path)
    both_log_keys(world, tmp_path)
    both = Places(
        peppers=(f"file:{world.pepper_path}", *new_places),
        log_keys=(f"file:{world.log_key_path}", f"file:{tmp_path / 'new-log-key'}"),
    )
    turning = with_custody(world, both)
    logins = [f"u{number:02}" for number in range(1, 9)]
    writer = multiprocessing.get_context("spawn").Process(target=appending, args=(world.url, 60))
    stop = threading.Event()

    def signing(login: str) -> int:
        rounds = 0
        while rounds < 2 or (not stop.is_set() and rounds < 50):
            assert sign_in(turning, login).caller
            rounds += 1
        return rounds

    def signing_the_log() -> int:
        rounds = 0
        while rounds < 2 or (not stop.is_set() and rounds < 500):
            append(world.store)
            checkpoint(turning)
            rounds += 1
        return rounds

    writer.start()
    with ThreadPoolExecutor(len(logins) + 1) as pool:
        busy = [pool.submit(signing, login) for login in logins]
        busy.append(pool.submit(signing_the_log))
        try:
            rotate_pepper(turning)
            rotate_log_key(turning)
            done = rotate_log_key(turning)
        finally:
            stop.set()
        assert all(one.result(timeout=60) >= 2 for one in busy)
    writer.join(timeout=60)

    assert writer.exitcode == 0
    new = turning.custody.log_keys[1].public.hex()
    assert done == rotation.Turn(name=new, changed=False)
    for login in logins:
        sign_in(turning, login)
    assert {under(world, login) for login in logins} == {turning.custody.peppers.ids[1]}
    assert platform.verify_log(world.store).whole
    assert checkpoint(with_custody(world, replace(both, log_keys=both.log_keys[1:])))


def test_two_operators_at_once_make_one_pepper_current(world: World, tmp_path: Path) -> None:
    turning = both_peppers(world, tmp_path)
    outcomes: list[object] = []

    def rotate() -> None:
        elsewhere = Store(world.url)
        try:
            outcomes.append(rotate_pepper(replace(turning, store=elsewhere)).changed)
        except LostRaceError:
            outcomes.append("lost")
        finally:
            elsewhere.dispose()

    threads = [threading.Thread(target=rotate) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)

    assert outcomes.count(True) == 1
    assert len(outcomes) == 4
    with world.store.engine.connect() as connection:
        query = text("SELECT count(*) FROM peppers WHERE state = :state")
        assert connection.execute(query, {"state": PepperState.CURRENT.value}).scalar() == 1


def test_the_keys_that_a_vault_is_given_are_the_ones_it_uses(world: World, tmp_path: Path) -> None:
    """A rotation from files into a vault, both at once, and back to none in files."""
    with running() as vault:
        turning = into_vault(world, vault, tmp_path)
        rotate_pepper(turning)
        rotate_log_key(turning)
        for login in world.cast:
            sign_in(turning, login)
        rotation.retire_pepper(world.store, world.custody.peppers.ids[0], now=TUESDAY)
        places = vault_places(vault, tmp_path, peppers=("vault:p2",), log_keys=("vault:l2",))
        alone = with_custody(world, places)

        assert sign_in(alone).caller
        assert checkpoint(alone)
    assert platform.verify_log(world.store).whole


def into_vault(world: World, vault: FakeVault, folder: Path) -> World:
    imported(world, vault)
    vault.keys["p2"], vault.keys["l2"] = Key("hmac"), Key("ed25519")
    places = vault_places(
        vault,
        folder,
        peppers=(f"file:{world.pepper_path}", "vault:p2"),
        log_keys=(f"file:{world.log_key_path}", "vault:l2"),
    )
    return with_custody(world, places)

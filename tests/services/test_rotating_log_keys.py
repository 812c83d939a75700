"""The key that signs the log is replaced: both sign where one takes over from the other."""

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.rows import append
from tests.vaults import Key, running
from tests.worlds import ORIGIN, TUESDAY, World, log_entries
from vepshare import audit
from vepshare.errors import ConfigurationError, CustodyUnavailableError
from vepshare.services import platform, rotation

from .custodies import file_places, vault_places, with_custody
from .rotating import both_log_keys, checkpoint, new_log_key, rotate_log_key
from .signing_in import change


def digest(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()


def test_the_new_key_is_announced_and_both_sign_where_it_takes_over(
    world: World, tmp_path: Path
) -> None:
    """Whoever trusts the old key can check the new one from the log alone. Source: R48."""
    first = checkpoint(world)
    turning = both_log_keys(world, tmp_path)
    old, new = (one.public for one in turning.custody.log_keys)

    assert rotate_log_key(turning) == rotation.Turn(name=new.hex(), changed=True)

    with world.store.peek() as work:
        shared, _at = work.log.last_checkpoint()
    trusted = audit.open_checkpoint(shared, ORIGIN, old)
    assert audit.open_checkpoint(shared, ORIGIN, new) == trusted
    entry = log_entries(world.store, audit.Event.KEY_ROTATED)[-1]
    assert entry.index < trusted.size
    assert (entry.ground, entry.digest) == ("log-key", digest(new))
    append(world.store)
    later = checkpoint(turning)
    assert audit.open_checkpoint(later, ORIGIN, new).size > trusted.size
    for note, stranger in ((first, new), (later, old)):
        with pytest.raises(audit.CheckpointError):
            audit.open_checkpoint(note, ORIGIN, stranger)
    assert platform.verify_log(world.store).whole


def test_the_old_key_is_not_needed_afterwards_and_not_enough(world: World, tmp_path: Path) -> None:
    rotate_log_key(both_log_keys(world, tmp_path))
    append(world.store)

    assert checkpoint(new_log_key(world, tmp_path))
    assert platform.verify_log(world.store).whole
    with pytest.raises(ConfigurationError, match="the log key is not the one"):
        checkpoint(world)


def test_taking_over_again_changes_nothing(world: World, tmp_path: Path) -> None:
    turning = both_log_keys(world, tmp_path)
    first = rotate_log_key(turning)
    before = log_entries(world.store)

    assert rotate_log_key(turning) == replace(first, changed=False)
    assert rotate_log_key(new_log_key(world, tmp_path)) == replace(first, changed=False)
    assert log_entries(world.store) == before


def test_a_key_takes_over_after_a_checkpoint_of_the_very_same_size(
    world: World, tmp_path: Path
) -> None:
    """Two checkpoints of one size cannot both be kept: another entry comes in between."""
    turning = both_log_keys(world, tmp_path)
    checkpoint(world)
    rotation._announce(world.store, turning.custody, TUESDAY)
    checkpoint(world)

    assert rotate_log_key(turning).changed
    assert platform.verify_log(world.store).whole


def test_any_checkpoint_completes_what_was_announced(world: World, tmp_path: Path) -> None:
    """Whoever signs checkpoints all the while does not keep a new key waiting."""
    turning = both_log_keys(world, tmp_path)
    rotation._announce(world.store, turning.custody, TUESDAY)

    note = checkpoint(turning)

    old, new = (one.public for one in turning.custody.log_keys)
    assert audit.open_checkpoint(note, ORIGIN, old) == audit.open_checkpoint(note, ORIGIN, new)
    assert platform.log_keys(world.store)[1].from_size is not None
    assert not rotate_log_key(turning).changed


def test_several_keys_in_a_row(world: World, tmp_path: Path) -> None:
    rotate_log_key(both_log_keys(world, tmp_path))
    audit.create_log_key_file(tmp_path / "third")
    third = with_custody(
        world,
        file_places(
            world, log_keys=(f"file:{tmp_path / 'third'}", f"file:{tmp_path / 'new-log-key'}")
        ),
    )
    rotate_log_key(third)
    append(world.store)
    checkpoint(third)

    keys = platform.log_keys(world.store)
    assert [one.until_size for one in keys[:2]] == [one.from_size for one in keys[1:]]
    assert platform.verify_log(world.store).whole


def test_a_vault_that_fails_in_the_middle_leaves_a_key_announced_and_the_old_one_signing(
    world: World, tmp_path: Path
) -> None:
    with running() as vault:
        vault.keys["log"] = Key("ed25519")
        places = vault_places(
            vault,
            tmp_path,
            peppers=file_places(world).peppers,
            log_keys=(f"file:{world.log_key_path}", "vault:log"),
        )
        turning = with_custody(world, places)
        vault.sealed = True
        with pytest.raises(CustodyUnavailableError):
            rotate_log_key(turning)
        assert checkpoint(world)
        assert platform.verify_log(world.store).whole
        vault.sealed = False

        assert rotate_log_key(turning).changed
    assert platform.verify_log(world.store).whole


# What a writer to the database cannot do.


def forged(world: World, size: int) -> audit.LogKey:
    """Sign a checkpoint of the true root with a key of one's own, and keep it."""
    path = world.pepper_path.parent / f"forged-{size}-{id(world)}"
    key = audit.create_log_key_file(path)
    with world.store.begin() as work:
        head = work.log.head()
        note = audit.sign_checkpoint(ORIGIN, head.size, head.root(), key)
        work.log.add_checkpoint(size=head.size, at=TUESDAY, note=note)
    path.unlink()
    return key


@pytest.mark.parametrize("announced", [None, 0, 10**6])
def test_a_key_that_a_writer_adds_to_the_table_is_not_believed(
    world: World, announced: int | None
) -> None:
    key = forged(world, 1)
    with world.store.peek() as work:
        size = work.log.last_checkpoint_size()
    change(world, "UPDATE log_keys SET until_size = :size", size=size)
    change(
        world,
        "INSERT INTO log_keys (public, announced, from_size) VALUES (:key, :at, :size)",
        key=key.public,
        at=announced,
        size=size,
    )

    with pytest.raises(audit.CheckpointError):
        platform.verify_log(world.store)


def test_a_key_that_only_its_new_owner_signed_for_is_not_believed(world: World) -> None:
    """Announced in the log even, as whoever can write to the database can do."""
    key = audit.LogKey.load(seed_file(world))
    with world.store.begin() as work:
        index = rotation._note(work, "log-key", digest(key.public), TUESDAY)
        head = work.log.head()
        note = audit.sign_checkpoint(ORIGIN, head.size, head.root(), key)
        work.log.add_checkpoint(size=head.size, at=TUESDAY, note=note)
        work.custody.add_log_key(
            platform.LogKeyRow(public=key.public, announced=index, from_size=None, until_size=None)
        )
        old = world.custody.log_keys[0].public
        work.custody.hand_over(old, key.public, size=head.size)

    with pytest.raises(audit.CheckpointError, match="unsigned"):
        platform.verify_log(world.store)


def test_a_key_that_takes_over_where_nobody_signed_is_not_believed(world: World) -> None:
    """A writer who announces a key of their own picks a size of which there is no checkpoint."""
    checkpoint(world)
    key = audit.LogKey.load(seed_file(world))
    with world.store.begin() as work:
        index = rotation._note(work, "log-key", digest(key.public), TUESDAY)
        size = work.log.head().size
        work.custody.add_log_key(
            platform.LogKeyRow(public=key.public, announced=index, from_size=None, until_size=None)
        )
        work.custody.hand_over(world.custody.log_keys[0].public, key.public, size=size)
    append(world.store)
    with world.store.begin() as work:
        head = work.log.head()
        note = audit.sign_checkpoint(ORIGIN, head.size, head.root(), key)
        work.log.add_checkpoint(size=head.size, at=TUESDAY, note=note)

    with pytest.raises(audit.CheckpointError, match="key"):
        platform.verify_log(world.store)


def seed_file(world: World) -> Path:
    path = world.pepper_path.parent / f"seed-{id(world)}"
    path.write_bytes(base64.b64encode(bytes(range(32))))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_keys SET from_size = 3 WHERE from_size = 0",
        "UPDATE log_keys SET from_size = from_size + 1 WHERE from_size > 0",
        "UPDATE log_keys SET until_size = NULL",
        "UPDATE log_keys SET until_size = 10 WHERE until_size IS NULL",
        "UPDATE log_keys SET announced = announced - 1 WHERE announced > 0",
        "DELETE FROM log_keys WHERE from_size = 0",
        "DELETE FROM log_keys WHERE from_size > 0",
        "DELETE FROM log_keys",
    ],
)
def test_a_table_of_keys_that_was_changed_is_noticed(
    world: World, tmp_path: Path, statement: str
) -> None:
    turning = both_log_keys(world, tmp_path)
    rotate_log_key(turning)
    append(world.store)
    checkpoint(turning)
    change(world, statement)

    with pytest.raises(audit.CheckpointError):
        platform.verify_log(world.store)

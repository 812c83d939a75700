"""Backing up and restoring a whole installation."""

import base64
import gzip
import json
import random
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.worlds import TUESDAY, WEDNESDAY, World, make_draft, open_dossier, read
from vepshare import audit
from vepshare.errors import VepshareError
from vepshare.services import backups, entries, platform, restoring
from vepshare.services.restoring import BackupRefusedError, PlaceTakenError
from vepshare.storage import tables

from .backing_up import KEPT, back_up, dump, elsewhere, restore


@pytest.fixture
def filled(world: World) -> str:
    reference = open_dossier(world, entries=(make_draft("identity"), make_draft("health")))
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    return reference


def test_every_table_is_in_one_stream() -> None:
    """Whoever adds a table says here whether it opens anything. Source: CRYPTO 3.5."""
    shelf = "entry_wraps epochs member_wraps pending service_keys unlock_methods wraps"
    assert sorted(tables(keys=True)) == shelf.split()
    assert sorted(tables(keys=True) + tables(keys=False)) == KEPT


def test_what_is_restored_is_what_was_there(world: World, filled: str, tmp_path: Path) -> None:
    manifest = back_up(world, tmp_path)
    before = dump(world.store)

    with elsewhere(world, tmp_path) as other:
        restored = restore(manifest, other.url, other.custody)

        assert dump(other.store) == before
        assert platform.check(other.store, other.custody).origin
        report = platform.verify_log(other.store)
        assert (report.faults, report.size, report.root) == ((), restored.size, restored.root)
        assert read(other, "u16", filled).compartments == read(world, "u16", filled).compartments


def test_what_is_restored_is_append_only(world: World, filled: str, tmp_path: Path) -> None:
    """Source: R10, R48."""
    manifest = back_up(world, tmp_path)
    with elsewhere(world, tmp_path) as other:
        restore(manifest, other.url, other.custody)
        for table in ("log_entries", "consent_events", "log_nodes", "log_checkpoints"):
            with (
                other.store.engine.connect() as connection,
                pytest.raises(DBAPIError, match="append-only"),
            ):
                connection.execute(text(f"DELETE FROM {table}"))


def test_a_backup_is_private_and_holds_no_session(
    world: World, filled: str, tmp_path: Path
) -> None:
    folder = back_up(world, tmp_path).parent
    files = sorted(folder.iterdir())

    assert [one.name.rsplit("-", 1)[1] for one in files] == [
        "data.jsonl.gz",
        "keys.jsonl.gz",
        "manifest.json",
    ]
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    for one in files[:2]:
        assert b'"table":"sessions"' not in gzip.decompress(one.read_bytes())
    assert b'"table":"wraps"' not in gzip.decompress(files[0].read_bytes())


def test_a_backup_taken_while_others_write_is_of_one_moment(
    world: World, filled: str, tmp_path: Path
) -> None:
    """Source: CRYPTO 5.5."""
    stop, errors = threading.Event(), []

    def write() -> None:
        for _ in range(200):
            if stop.is_set():
                return
            try:
                draft = make_draft("safe_contact")
                entries.write_entry(world.store, world.cast["u01"], filled, draft, now=TUESDAY)
            except VepshareError as error:
                errors.append(error)
                return

    writers = [threading.Thread(target=write) for _ in range(2)]
    for one in writers:
        one.start()
    manifests = [back_up(world, tmp_path) for _ in range(4)]
    stop.set()
    for one in writers:
        one.join(60)
    assert not errors

    with elsewhere(world, tmp_path) as other:
        for manifest in manifests:
            restore(manifest, other.url, other.custody, replace=True)
            assert platform.verify_log(other.store).faults == ()
            found = dump(other.store)
            epochs = {tuple(row[:3]) for row in found["epochs"]}
            assert {tuple(row[:3]) for row in found["wraps"]} <= epochs
            said = [json.loads(base64.b64decode(row[1])) for row in found["log_entries"]]
            written = sum(one["event"] == "entry.written" for one in said)
            assert len(found["entries"]) == written
            other.store.dispose()


def test_what_holds_something_is_not_replaced_by_the_way(
    world: World, filled: str, tmp_path: Path
) -> None:
    manifest = back_up(world, tmp_path)
    with elsewhere(world, tmp_path) as other:
        restore(manifest, other.url, other.custody)
        open_dossier(other)
        before = dump(other.store)
        other.store.dispose()

        with pytest.raises(PlaceTakenError):
            restore(manifest, other.url, other.custody)
        assert dump(other.store) == before

        other.store.dispose()
        restore(manifest, other.url, other.custody, replace=True)
        assert dump(other.store) == dump(world.store)


def test_keys_whose_time_is_over_are_destroyed(world: World, filled: str, tmp_path: Path) -> None:
    """Source: CRYPTO 3.5."""
    manifest = back_up(world, tmp_path)
    folder = manifest.parent
    early = backups.prune(folder, world.custody, now=WEDNESDAY)
    late = backups.prune(folder, world.custody, now=TUESDAY.replace(month=4, day=3))

    assert (early.destroyed, late.destroyed) == (0, 1)
    assert sorted(one.name[-13:] for one in folder.iterdir()) == ["data.jsonl.gz", "manifest.json"]
    with elsewhere(world, tmp_path) as other, pytest.raises(BackupRefusedError):
        restore(manifest, other.url, other.custody)


# Corrupt ones.


def refused(world: World, manifest: Path, target: World, before: object) -> None:
    with pytest.raises(BackupRefusedError) as caught:
        restore(manifest, target.url, world.custody, replace=True)
    assert len(str(caught.value).splitlines()) == 1
    assert dump(target.store) == before
    target.store.dispose()


def test_a_damaged_backup_is_refused_before_anything_is_replaced(
    world: World, filled: str, tmp_path: Path
) -> None:
    """A flipped bit or a cut anywhere, a hundred and twenty times; the seed is fixed."""
    manifest = back_up(world, tmp_path)
    chance = random.Random(3)
    before = dump(world.store)
    world.store.dispose()
    files = sorted(manifest.parent.iterdir())
    for number in range(120):
        path = files[number % 3]
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        if number % 4:
            flipped = whole[place] ^ (1 << chance.randrange(8))
            path.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        else:
            path.write_bytes(whole[:place])
        refused(world, manifest, world, before)
        path.write_bytes(whole)
    restore(manifest, world.url, world.custody, replace=True)
    assert dump(world.store) == before


def resign(manifest: Path, key: audit.LogKey, **changes: object) -> None:
    body = json.loads(manifest.read_bytes().split(b"\n")[0]) | changes
    said = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    signature = base64.b64encode(audit.sign_manifest(said, key))
    manifest.write_bytes(said + b"\n" + signature + b"\n")


@pytest.mark.parametrize("what", ["key", "revision", "name", "rows", "root", "size"])
def test_a_manifest_that_is_not_of_this_backup_is_refused(
    world: World, filled: str, tmp_path: Path, what: str
) -> None:
    """Another key, another revision, or a statement that the archives do not bear out."""
    manifest = back_up(world, tmp_path)
    before = dump(world.store)
    world.store.dispose()
    said = json.loads(manifest.read_bytes().split(b"\n")[0])
    changes = {
        "key": {},
        "revision": {"revision": "0000"},
        "name": {"files": {"other.gz": "00"}},
        "rows": {"rows": said["rows"] | {"wraps": said["rows"]["wraps"] + 1}},
        "root": {"root": "00" * 32},
        "size": {"size": said["size"] - 1},
    }[what]
    other = audit.create_log_key_file(tmp_path / "other-key")
    resign(manifest, other if what == "key" else world.custody.log_keys[0], **changes)

    refused(world, manifest, world, before)


@pytest.mark.parametrize("what", ["dropped", "swapped", "row", "end", "more"])
def test_archives_that_are_not_whole_are_refused_even_if_signed(
    world: World, filled: str, tmp_path: Path, what: str
) -> None:
    """The reader trusts no writer, not even ours."""
    manifest = back_up(world, tmp_path)
    before = dump(world.store)
    world.store.dispose()
    path = next(manifest.parent.glob("*-keys.jsonl.gz"))
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line.startswith(b'{"table"')]
    first, second, third = (*starts, len(lines) - 1)[:3]
    changed = {
        "dropped": lines[:first] + lines[second:],
        "swapped": lines[:first] + lines[second:third] + lines[first:second] + lines[third:],
        "row": [x for n, x in enumerate(lines) if n != first + 1],
        "end": lines[:-1],
        "more": [*lines, lines[-1]],
    }[what]
    path.write_bytes(gzip.compress(b"".join(changed)))
    said = json.loads(manifest.read_bytes().split(b"\n")[0])
    files = said["files"] | {path.name: restoring._archives.digest(path)}
    resign(manifest, world.custody.log_keys[0], files=files)

    refused(world, manifest, world, before)


def test_a_full_disk_leaves_no_backup(
    world: World, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection: the second file cannot be made durable."""
    folder = tmp_path / "backups"
    folder.mkdir()
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("vepshare.services._archives.os.fsync", full)
    with pytest.raises(BackupRefusedError, match="No space left"):
        backups.back_up(world.store, world.custody, folder, now=TUESDAY)

    assert list(folder.iterdir()) == []

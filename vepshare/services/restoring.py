"""Restoring a backup: checked first; then all of it is there, or nothing has changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vepshare import audit
from vepshare.services import _archives, platform
from vepshare.services._archives import PARTS, BackupRefusedError, Manifest
from vepshare.services.platform import Custody
from vepshare.storage import (
    Cell,
    LostRaceError,
    PlaceTakenError,
    Store,
    Work,
    migrate_within,
    new_file,
    newest_revision,
)

__all__ = ["BackupRefusedError", "PlaceTakenError", "Restored", "restore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restored database holds."""

    size: int
    root: bytes


def restore(path: Path, url: str, custody: Custody, *, replace: bool = False) -> Restored:
    """Restore the backup whose manifest is *path* into the database at *url*.

    Raises:
        BackupRefusedError: the backup is not whole, not ours or of another version.
        PlaceTakenError: the database holds something and *replace* is false, or it is in use.

    """
    manifest = check(path, custody)
    target = Store(url)
    try:
        _free(target, replace)
        if target.file is None:
            return _fill(target, path.parent, manifest, custody)
        with new_file(url) as made:
            restored = _fill_file(made, path.parent, manifest, custody)
            # Only now: a log left behind would be replayed into the new file.
            if target.file.exists():
                target.close_file()
            return restored
    finally:
        target.dispose()


def check(path: Path, custody: Custody) -> Manifest:
    """Return the manifest of a backup that is whole: signature, version, hashes, every line.

    Raises:
        BackupRefusedError: it is not.

    """
    manifest = _archives.read_manifest(path, custody.log_key.public)
    if manifest.revision != newest_revision():
        raise BackupRefusedError(
            f"the backup is at revision {manifest.revision}, this version restores"
            f" {newest_revision()}"
        )
    if set(manifest.files) != {manifest.name(part) for part in PARTS}:
        raise BackupRefusedError("the manifest does not name the two archives of its backup")
    for name, expected in manifest.files.items():
        if _archives.digest(path.parent / name) != expected:
            raise BackupRefusedError(f"{path.parent / name}: not the file that was backed up")
    for part in PARTS:
        _archives.read_archive(path.parent / manifest.name(part), part, manifest, _count)
    return manifest


def _count(_name: str, rows: Iterator[list[Cell]]) -> int:
    return sum(1 for _ in rows)


def _free(target: Store, replace: bool) -> None:
    if target.file is not None and not target.file.exists():
        return
    if target.occupied() and not replace:
        raise PlaceTakenError("the database is not empty: --replace replaces what is in it")


def _fill_file(url: str, folder: Path, manifest: Manifest, custody: Custody) -> Restored:
    store = Store(url)
    try:
        return _fill(store, folder, manifest, custody)
    finally:
        store.dispose()


def _fill(store: Store, folder: Path, manifest: Manifest, custody: Custody) -> Restored:
    try:
        with store.begin() as work:
            work.backups.clear()
            migrate_within(work)
            for part in PARTS:
                archive = folder / manifest.name(part)
                _archives.read_archive(archive, part, manifest, work.backups.load)
            return _verified(work, manifest, custody)
    except LostRaceError:
        raise BackupRefusedError("the rows of the backup contradict one another") from None


def _verified(work: Work, manifest: Manifest, custody: Custody) -> Restored:
    head = work.log.head()
    if (head.size, head.root()) != (manifest.size, manifest.root):
        raise BackupRefusedError("the log is not the one that was backed up")
    try:
        platform.agree(work.platform.get(), custody)
        report = platform.verify_within(work)
    except audit.CheckpointError:
        raise BackupRefusedError("a checkpoint in the backup is not of this log") from None
    if report.faults or any(True for _ in work.log.misfiled()):
        raise BackupRefusedError("the log in the backup does not verify")
    return Restored(size=head.size, root=head.root())

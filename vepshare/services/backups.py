"""Backups: two archives from one snapshot, the key shelf apart, and a manifest that is signed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vepshare.ids import new_id
from vepshare.services import _archives, platform
from vepshare.services._archives import PARTS, BackupRefusedError, Manifest
from vepshare.services.custody import Custody
from vepshare.storage import Store, Work, newest_revision

__all__ = ["KEEP_KEYS_DAYS", "BackupRefusedError", "Made", "Pruned", "back_up", "prune"]

KEEP_KEYS_DAYS = 30
"""How long the key shelf of a backup is kept: it can open what has been withdrawn since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that is whole and on the disk."""

    manifest: Path
    size: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many key archives were destroyed, and the manifests that were not readable."""

    destroyed: int
    unreadable: tuple[Path, ...]


def back_up(
    store: Store, custody: Custody, folder: Path, *, keep_days: int = KEEP_KEYS_DAYS, now: datetime
) -> Made:
    """Write a backup of one moment to *folder* while others go on working.

    Raises:
        ConfigurationError: database and secrets do not belong together.
        BackupRefusedError: it could not be written; nothing with a final name is left.

    """
    platform.check(store, custody)
    with store.peek() as work:
        signer = custody.log_key(platform.signing_key(work))
        path, manifest = _write(work, folder, keep_days, now)
    try:
        # Outside of the snapshot: a key that is kept elsewhere may take its time.
        _archives.write_manifest(path, manifest, signer)
    except BaseException:
        for name in manifest.files:
            (folder / name).unlink(missing_ok=True)
        raise
    return Made(manifest=path, size=manifest.size, rows=sum(manifest.rows.values()))


def _write(work: Work, folder: Path, keep_days: int, now: datetime) -> tuple[Path, Manifest]:
    backup_id, row, head = new_id(), work.platform.get(), work.log.head()
    if row is None:
        raise BackupRefusedError("the database holds no installation yet")
    last = work.log.last_checkpoint()
    begin = _archives.stem(now, backup_id)
    rows: dict[str, int] = {}
    made: list[Path] = []
    try:
        for part in PARTS:
            made.append(folder / f"{begin}-{part}.jsonl.gz")
            rows |= _archives.write_archive(work, made[-1], part, backup_id)
        manifest = Manifest(
            id=backup_id,
            made_at=now,
            keys_until=(now + timedelta(days=keep_days)).date(),
            origin=row.origin,
            revision=newest_revision(),
            size=head.size,
            root=head.root(),
            checkpoint="" if last is None else last[0],
            files={one.name: _archives.digest(one) for one in made},
            rows=rows,
        )
    except BaseException:
        # Half a backup would be taken for one by whoever lists the folder.
        for one in made:
            one.unlink(missing_ok=True)
        raise
    return folder / f"{begin}-manifest.json", manifest


def prune(folder: Path, custody: Custody, *, now: datetime) -> Pruned:
    """Destroy the key archives in *folder* whose time is over; their data archives stay."""
    destroyed, unreadable = 0, []
    for path in sorted(folder.glob("vepshare-*-manifest.json")):
        try:
            manifest = _archives.read_manifest(path, [one.public for one in custody.log_keys])
        except BackupRefusedError:
            unreadable.append(path)
            continue
        keys = folder / manifest.name("keys")
        if manifest.keys_until < now.date() and keys.exists():
            keys.unlink()
            destroyed += 1
    return Pruned(destroyed=destroyed, unreadable=tuple(unreadable))

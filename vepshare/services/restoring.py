"""Restoring a backup: checked first; then all of it is there, or nothing has changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from pathlib import Path

from vepshare import audit
from vepshare.dossier import State
from vepshare.errors import ConfigurationError
from vepshare.ids import DossierId, RequestId, new_id
from vepshare.services import _archives, closing, platform
from vepshare.services._archives import PARTS, BackupRefusedError, Manifest
from vepshare.services.custody import Custody
from vepshare.services.ledger import Known, LedgerFile, carry_out
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

__all__ = [
    "BackupRefusedError",
    "PlaceTakenError",
    "Restored",
    "accept_loss",
    "acknowledge",
    "restore",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restored database holds, and what the ledger made of it.

    *erased*: dossiers that were erased again. *withheld*: references of dossiers of which
    nothing is served, since an act that took something back is missing. *lost*: how many
    entries the log once had beyond these.
    """

    size: int
    root: bytes
    erased: int = 0
    withheld: tuple[str, ...] = ()
    lost: int = 0


def restore(
    path: Path,
    url: str,
    custody: Custody,
    *,
    known: Known,
    replace: bool = False,
    now: datetime,
) -> Restored:
    """Restore the backup whose manifest is *path* into the database at *url*.

    In the same transaction everything is erased again that the ledger says was erased, and
    the keys are destroyed of every dossier whose chain lacks an act that the ledger *knows*.

    Raises:
        BackupRefusedError: the backup is not whole, not ours or of another version.
        PlaceTakenError: the database holds something and *replace* is false, or it is in use.

    """
    manifest = check(path, custody)
    target = Store(url)

    def fill(store: Store) -> Restored:
        return _fill(store, path.parent, manifest, custody, known, now)

    try:
        _free(target, replace)
        if target.file is None:
            return fill(target)
        with new_file(url) as made:
            restored = _fill_file(made, fill)
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
    manifest = _archives.read_manifest(path, [one.public for one in custody.log_keys])
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


def _fill_file(url: str, fill: Callable[[Store], Restored]) -> Restored:
    store = Store(url)
    try:
        return fill(store)
    finally:
        store.dispose()


def _fill(
    store: Store, folder: Path, manifest: Manifest, custody: Custody, known: Known, now: datetime
) -> Restored:
    try:
        with store.begin() as work:
            work.backups.clear()
            migrate_within(work)
            for part in PARTS:
                archive = folder / manifest.name(part)
                _archives.read_archive(archive, part, manifest, work.backups.load)
            restored = _verified(work, manifest, custody)
            return _replay(work, known, restored, now)
    except LostRaceError:
        raise BackupRefusedError("the rows of the backup contradict one another") from None


def _verified(work: Work, manifest: Manifest, custody: Custody) -> Restored:
    head = work.log.head()
    if (head.size, head.root()) != (manifest.size, manifest.root):
        raise BackupRefusedError("the log is not the one that was backed up")
    try:
        platform.agree(work, custody)
        report = platform.verify_within(work)
    except audit.CheckpointError:
        raise BackupRefusedError("a checkpoint in the backup is not of this log") from None
    if report.faults or any(True for _ in work.log.misfiled()):
        raise BackupRefusedError("the log in the backup does not verify")
    return Restored(size=head.size, root=head.root())


def _replay(work: Work, known: Known, restored: Restored, now: datetime) -> Restored:
    """Do again what the ledger tells of; the log stays as it was, or it would be another tree.

    Source: R55, V4
    """
    erased = 0
    for dossier_id in known.erased:
        for found in work.dossiers.by_ids((dossier_id,)):
            erased += found.state is not State.ERASED
            closing.destroy(work, dossier_id, now=now)
    for dossier_id, (seq, digest) in known.acts.items():
        if dossier_id not in known.erased and not work.ledger.has_act(dossier_id, seq, digest):
            _withhold(work, dossier_id, seq)
    withheld = work.dossiers.references(work.ledger.withheld())
    return changed(
        restored,
        erased=erased,
        withheld=tuple(sorted(withheld.values())),
        lost=0 if known.mark is None else max(0, known.mark[0] - restored.size),
    )


def _withhold(work: Work, dossier_id: DossierId, seq: int) -> None:
    """Destroy the keys of a dossier, whoever held them: which of them she took back is lost."""
    if not work.dossiers.by_ids((dossier_id,)):
        return
    work.keys.destroy(dossier_id)
    work.entries.drop_all_wraps(dossier_id)
    work.tasks.destroy(dossier_id)
    work.ledger.withhold(dossier_id, seq)


def acknowledge(store: Store, file: LedgerFile, *, now: datetime) -> str:
    """Go on with a log that is smaller than it was, under another name; return the name.

    The lost entries were perhaps under a checkpoint: a tree without them is never signed
    under the same origin. The new one is told where the old one was left.

    Raises:
        ConfigurationError: nothing is lost.

    """
    mark = file.read().mark
    with store.begin() as work:
        row, head = work.platform.get(), work.log.head()
        nothing = row is None or mark is None or mark == (head.size, head.root().hex())
        if nothing or row is None or mark is None or head.size > mark[0]:
            raise ConfigurationError("no entry of the log is missing")
        origin = platform.next_origin(row.origin)
        work.platform.rename(origin)
        _log(work, None, "restored", mark[0] - head.size, now)
        for dossier_id in work.ledger.withheld():
            _log(work, dossier_id, "withheld", None, now)
        head = work.log.head()
    file.append([{"kind": "accepted", "size": head.size, "root": head.root().hex()}])
    carry_out(store, file)
    return origin


def accept_loss(store: Store, reference: str, *, now: datetime) -> int:
    """Find that the missing acts of a withheld dossier are lost: erase it for good.

    It returns how many versions of entries there were.

    Raises:
        ConfigurationError: there is no such dossier, or it is not withheld.

    """
    with store.begin() as work:
        dossier_id = work.dossiers.id_of(reference)
        if dossier_id is None or dossier_id not in work.ledger.withheld():
            raise ConfigurationError(f"{reference}: not withheld")
        erased = closing.destroy(work, dossier_id, now=now)
        work.ledger.release(dossier_id)
        _log(work, dossier_id, "loss_accepted", erased, now)
    return erased


def _log(
    work: Work, dossier_id: DossierId | None, ground: str, count: int | None, now: datetime
) -> None:
    event = {
        "restored": audit.Event.LOG_CHECKPOINTED,
        "withheld": audit.Event.DOSSIER_FROZEN,
        "loss_accepted": audit.Event.DOSSIER_ERASED,
    }[ground]
    record = audit.Record(
        event=event,
        outcome=audit.Outcome.ALLOWED,
        actor=None,
        organisation=None,
        dossier=dossier_id,
        ground=ground,
        count=count,
        request=RequestId(new_id()),
    )
    work.log.append(record, now=now)

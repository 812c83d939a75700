"""The installation: setting it up, checking that it runs under its own keys, checkpoints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, crypto
from vepshare.errors import ConfigurationError
from vepshare.storage import PlatformRow, Store, Work, current_revision, migrate

_GENERATION = re.compile(r"(?P<base>.+)/(?P<number>[2-9]|[1-9][0-9]{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The secrets a process runs under: the pepper, and the key that signs the log."""

    pepper: crypto.Pepper
    log_key: audit.LogKey


def set_up(store: Store, custody: Custody, *, origin: str, now: datetime) -> None:
    """Bring the database to this version, and begin an installation if there is none.

    Raises:
        ConfigurationError: the database belongs to another pepper or log key.

    """
    migrate(store)
    with store.begin() as work:
        if work.platform.get() is None:
            work.log.create()
            work.platform.add(
                PlatformRow(
                    origin=origin,
                    created_at=now,
                    pepper_id=crypto.pepper_id(custody.pepper),
                    log_public=custody.log_key.public,
                )
            )
    check(store, custody)


def check(store: Store, custody: Custody) -> PlatformRow:
    """Return the installation once database and secrets are known to belong together.

    Raises:
        ConfigurationError: they do not, or the database is not at this version.

    """
    revision, newest = current_revision(store)
    if revision != newest:
        raise ConfigurationError(
            f"the database is at revision {revision or 'none'}, this version needs {newest}:"
            " run `vepshare migrate`"
        )
    with store.peek() as work:
        row = work.platform.get()
    return agree(row, custody)


def agree(row: PlatformRow | None, custody: Custody) -> PlatformRow:
    """Return an installation whose secrets are these.

    Raises:
        ConfigurationError: it has others, or there is none.

    """
    if row is None:
        raise ConfigurationError("the database holds no installation yet")
    if row.pepper_id != crypto.pepper_id(custody.pepper):
        raise ConfigurationError("the pepper is not the one this database was set up with")
    if row.log_public != custody.log_key.public:
        raise ConfigurationError("the log key is not the one this database was set up with")
    return row


def checkpoint(store: Store, custody: Custody, *, now: datetime) -> str:
    """Sign and keep a checkpoint of the log as it stands; return the signed note."""
    row = check(store, custody)
    with store.begin() as work:
        head = work.log.head()
        note = audit.sign_checkpoint(row.origin, head.size, head.root(), custody.log_key)
        work.log.add_checkpoint(size=head.size, at=now, note=note)
    return note


def verify_log(store: Store) -> audit.Report:
    """Rehash the whole log, streaming, and compare it with its head and its checkpoints.

    Raises:
        ConfigurationError: the database holds no installation.
        audit.CheckpointError: a checkpoint was not signed by this installation's key.

    """
    with store.peek() as work:
        return verify_within(work)


def verify_within(work: Work) -> audit.Report:
    """Verify the log as one transaction sees it; see `verify_log`."""
    row = work.platform.get()
    if row is None:
        raise ConfigurationError("the database holds no installation yet")
    notes = work.log.checkpoints()
    return audit.verify(
        work.log.stored(),
        expected=work.log.head(),
        checkpoints=tuple(_opened(notes, row)),
        nodes=work.log,
    )


def misfiled_entries(store: Store) -> tuple[int, ...]:
    """Return the entries of a whole log that are filed under something they do not say."""
    with store.peek() as work:
        return tuple(work.log.misfiled())


def _opened(notes: tuple[str, ...], row: PlatformRow) -> Iterator[audit.Checkpoint]:
    for note in notes:
        said = note.split("\n", 1)[0]
        origin = said if said in _generations(row.origin) else row.origin
        yield audit.open_checkpoint(note, origin, row.log_public)


def next_origin(origin: str) -> str:
    """Return the name a log goes on under once entries of it are lost: `/2`, then `/3`."""
    base, number = _numbered(origin)
    return f"{base}/{number + 1}"


def _generations(origin: str) -> frozenset[str]:
    """Return the names a log has had; what was signed under them still holds."""
    base, number = _numbered(origin)
    return frozenset({base, *(f"{base}/{one}" for one in range(2, number + 1))})


def _numbered(origin: str) -> tuple[str, int]:
    found = _GENERATION.fullmatch(origin)
    return (origin, 1) if found is None else (found["base"], int(found["number"]))

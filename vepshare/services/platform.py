"""The installation: setting it up, checking that it runs under its own keys, checkpoints."""

import re
from collections.abc import Iterator
from datetime import datetime

from vepshare import audit
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError
from vepshare.services import _log_keys
from vepshare.services._notices import Notice, note
from vepshare.services.custody import Custody
from vepshare.storage import LogKeyRow, PlatformRow, Store, Work, current_revision, migrate

_GENERATION = re.compile(r"(?P<base>.+)/(?P<number>[2-9]|[1-9][0-9]{1,2})")

# Each try that fails means that the key was replaced while it signed.
_MOST_TRIES = 5


def set_up(store: Store, custody: Custody, *, origin: str, now: datetime) -> None:
    """Bring the database to this version, and begin an installation if there is none.

    Raises:
        ConfigurationError: the database belongs to another pepper or log key.

    """
    migrate(store)
    with store.begin() as work:
        if work.platform.get() is None:
            _begin(work, custody, origin, now)
    check(store, custody)


def _begin(work: Work, custody: Custody, origin: str, now: datetime) -> None:
    pepper_id, public = custody.peppers.ids[0], custody.log_keys[0].public
    work.log.create()
    work.platform.add(
        PlatformRow(origin=origin, created_at=now, pepper_id=pepper_id, log_public=public)
    )
    work.custody.add_pepper(pepper_id, now=now)
    work.custody.add_log_key(LogKeyRow(public=public, announced=None, from_size=0, until_size=None))


def check(store: Store, custody: Custody) -> PlatformRow:
    """Return the installation once database and keys are known to belong together.

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
        return agree(work, custody)


def agree(work: Work, custody: Custody) -> PlatformRow:
    """Return an installation whose keys are these.

    Raises:
        ConfigurationError: it has others, or there is none.

    """
    row = work.platform.get()
    if row is None:
        raise ConfigurationError("the database holds no installation yet")
    _check_peppers(work, custody)
    _check_log_key(work, custody)
    return row


def _check_peppers(work: Work, custody: Custody) -> None:
    if work.custody.current_pepper() not in custody.peppers:
        raise ConfigurationError(
            "the pepper is not the one this database was set up with, or moved on to"
        )
    for pepper_id, count in work.custody.locks_under().items():
        if pepper_id not in custody.peppers:
            raise ConfigurationError(
                f"the former pepper {pepper_id} is not configured, and {count} ways to unlock"
                " still need it"
            )


def _check_log_key(work: Work, custody: Custody) -> None:
    current = _log_keys.current(work.custody.log_keys())
    if current.public not in {one.public for one in custody.log_keys}:
        raise ConfigurationError(
            "the log key is not the one this database was set up with, or moved on to"
        )


def signing_key(work: Work) -> bytes:
    """Return the public half of the key that signs now, 32 bytes."""
    return _log_keys.current(work.custody.log_keys()).public


def checkpoint(store: Store, custody: Custody, *, now: datetime) -> str:
    """Sign and keep a checkpoint of the log as it stands; return the signed note.

    While a new key waits to take over, both sign: any checkpoint completes the rotation.

    Raises:
        ConfigurationError: database and keys do not belong together.
        CustodyUnavailableError: the key cannot be had just now; nothing was kept.

    """
    origin = check(store, custody).origin
    for _try in range(_MOST_TRIES):
        with store.peek() as work:
            head = work.log.head()
            rows = work.custody.log_keys()
        # Signing may take seconds: nobody waits for it.
        current, next_key = _log_keys.current(rows), _log_keys.waiting(rows, custody)
        text, successor = _signed(custody, origin, head, current, next_key)
        with store.begin() as work:
            work.log.lock()
            if _log_keys.current(work.custody.log_keys()) == current:
                _keep(work, text, head.size, current, successor, now)
                return text
    raise CustodyUnavailableError(CustodyProblem.WRONG_KEY)


def _signed(
    custody: Custody,
    origin: str,
    head: audit.Head,
    current: LogKeyRow,
    successor: audit.LogSigner | None,
) -> tuple[str, audit.LogSigner | None]:
    """Return a note by the current key, and by its successor too where that can be had."""
    key = custody.log_key(current.public)
    if successor is not None:
        try:
            both = (key, audit.tried(successor))
            return audit.sign_checkpoint(origin, head.size, head.root(), *both), successor
        except CustodyUnavailableError as error:
            note(Notice.CUSTODY_UNAVAILABLE, problem=error.problem)
    return audit.sign_checkpoint(origin, head.size, head.root(), key), None


def _keep(
    work: Work,
    text: str,
    size: int,
    current: LogKeyRow,
    successor: audit.LogSigner | None,
    now: datetime,
) -> None:
    # The old key signed every checkpoint up to here: none may be there that is larger.
    newest = work.log.last_checkpoint_size() < size
    work.log.add_checkpoint(size=size, at=now, note=text)
    if successor is not None and newest:
        work.custody.hand_over(current.public, successor.public, size=size)


def log_keys(store: Store) -> tuple[LogKeyRow, ...]:
    """Return the signing keys in the order in which they signed; an announced one last."""
    with store.peek() as work:
        return work.custody.log_keys()


def verify_log(store: Store) -> audit.Report:
    """Rehash the whole log, streaming, and compare it with its head and its checkpoints.

    Raises:
        ConfigurationError: the database holds no installation.
        audit.CheckpointError: a checkpoint was not signed by the key that signs that size, or a
            key took over without the signature of the one before it.

    """
    with store.peek() as work:
        return verify_within(work)


def verify_within(work: Work) -> audit.Report:
    """Verify the log as one transaction sees it; see `verify_log`."""
    row = work.platform.get()
    if row is None:
        raise ConfigurationError("the database holds no installation yet")
    return audit.verify(
        work.log.stored(),
        expected=work.log.head(),
        checkpoints=tuple(_opened(work, row)),
        nodes=work.log,
    )


def misfiled_entries(store: Store) -> tuple[int, ...]:
    """Return the entries of a whole log that are filed under something they do not say."""
    with store.peek() as work:
        return tuple(work.log.misfiled())


def _opened(work: Work, row: PlatformRow) -> Iterator[audit.Checkpoint]:
    spans, names = _log_keys.spans(work, row), generations(row.origin)
    for text in work.log.checkpoints():
        said = text.split("\n", 1)[0]
        yield audit.open_spanned(text, said if said in names else row.origin, spans)


def next_origin(origin: str) -> str:
    """Return the name a log goes on under once entries of it are lost: `/2`, then `/3`."""
    base, number = _numbered(origin)
    return f"{base}/{number + 1}"


def generations(origin: str) -> frozenset[str]:
    """Return the names a log has had; what was signed under them still holds."""
    base, number = _numbered(origin)
    return frozenset({base, *(f"{base}/{one}" for one in range(2, number + 1))})


def _numbered(origin: str) -> tuple[str, int]:
    found = _GENERATION.fullmatch(origin)
    return (origin, 1) if found is None else (found["base"], int(found["number"]))

"""Replacing the pepper, and the key that signs the log, while everybody works.

Each step is one transaction, or something that changes nothing; run again after an
interruption, what is missing is done and what was done is left alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit
from vepshare.errors import ConfigurationError
from vepshare.ids import RequestId, new_id
from vepshare.services import _log_keys, platform
from vepshare.services.custody import Custody
from vepshare.storage import LogKeyRow, LostRaceError, PepperRow, PepperState, Store, Work

_PEPPER_CURRENT = "pepper.current"
_PEPPER_RETIRED = "pepper.retired"

# Each try that fails means that somebody signed a checkpoint meanwhile.
_MOST_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PepperStatus:
    """A pepper, how many ways to unlock need it, and whether this process runs with it."""

    row: PepperRow
    locks: int
    configured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which key is current now, by its name, and whether this has made it so."""

    name: str
    changed: bool


def peppers(store: Store, custody: Custody) -> tuple[PepperStatus, ...]:
    """Return every pepper there has been, the oldest first."""
    with store.peek() as work:
        locks = work.custody.locks_under()
        return tuple(
            PepperStatus(row=row, locks=locks.get(row.id, 0), configured=row.id in custody.peppers)
            for row in work.custody.peppers()
        )


def rotate_pepper(store: Store, custody: Custody, *, now: datetime) -> Turn:
    """Make the one configured pepper that is new the current one.

    New locks are made under it from now on, and each old one when its owner signs in.

    Raises:
        ConfigurationError: keys and database do not belong together, or two are new.
        LostRaceError: another pepper was made current meanwhile.

    """
    platform.check(store, custody)
    with store.peek() as work:
        known = {row.id for row in work.custody.peppers()}
        current = work.custody.current_pepper()
    new = [one for one in custody.peppers.ids if one not in known]
    if not new:
        return Turn(name=current, changed=False)
    if len(new) > 1:
        raise ConfigurationError(f"{len(new)} configured peppers are new: leave one of them")
    with store.begin() as work:
        if work.custody.lock_pepper(current) is not PepperState.CURRENT:
            raise LostRaceError
        work.custody.set_state(current, PepperState.FORMER)
        work.custody.add_pepper(new[0], now=now)
        _note(work, _PEPPER_CURRENT, hashlib.sha256(new[0].encode()).digest(), now)
    return Turn(name=new[0], changed=True)


def retire_pepper(store: Store, pepper_id: str, *, now: datetime) -> int:
    """Retire a former pepper for good, unless ways to unlock need it; return how many do.

    Raises:
        ConfigurationError: it is the current one, or none that this database knows.

    """
    with store.begin() as work:
        # Held until the end: nobody makes a lock under it between the count and the verdict.
        state = work.custody.lock_pepper(pepper_id)
        left = work.custody.locks_under().get(pepper_id, 0)
        if state is PepperState.FORMER and not left:
            work.custody.set_state(pepper_id, PepperState.RETIRED)
            _note(work, _PEPPER_RETIRED, hashlib.sha256(pepper_id.encode()).digest(), now)
    if state is None or state is PepperState.CURRENT:
        problem = "not known to this database" if state is None else "the current one"
        raise ConfigurationError(f"the pepper {pepper_id!r} is {problem}")
    return left


def rotate_log_key(store: Store, custody: Custody, *, now: datetime) -> Turn:
    """Let the one configured signing key that is new take over from the current one.

    An entry of the log announces it, then both sign one checkpoint: whoever trusts the old key
    has reason to trust the new one, and the old one is not needed afterwards.

    Raises:
        ConfigurationError: keys and database do not belong together, or two are new.
        CustodyUnavailableError: a key cannot be had just now; run it again.
        LostRaceError: others signed checkpoints all the while; run it again.

    """
    platform.check(store, custody)
    changed = False
    for _try in range(_MOST_TRIES):
        key = _announce(store, custody, now)
        if key is None:
            break
        changed = True
        audit.tried(key)
        platform.checkpoint(store, custody, now=now)
    with store.peek() as work:
        rows = work.custody.log_keys()
    if _next(rows, custody) is not None:
        raise LostRaceError
    return Turn(name=_log_keys.current(rows).public.hex(), changed=changed)


def _next(rows: tuple[LogKeyRow, ...], custody: Custody) -> audit.LogSigner | None:
    """Return the configured key that has not signed yet, or None when there is none."""
    signed = {one.public for one in rows if one.from_size is not None}
    new = [one for one in custody.log_keys if one.public not in signed]
    if len(new) > 1:
        raise ConfigurationError(f"{len(new)} configured log keys are new: leave one of them")
    return new[0] if new else None


def _announce(store: Store, custody: Custody, now: datetime) -> audit.LogSigner | None:
    """Return the key that takes over, once an entry after the last checkpoint announces it."""
    with store.begin() as work:
        head = work.log.lock()
        rows = work.custody.log_keys()
        key = _next(rows, custody)
        if key is None:
            return None
        known = any(one.public == key.public for one in rows)
        # A checkpoint of the present size is there already, and cannot be signed once more.
        if not known or work.log.last_checkpoint_size() >= head.size:
            index = _note(work, _log_keys.GROUND, _log_keys.digest(key.public), now)
            if not known:
                row = LogKeyRow(public=key.public, announced=index, from_size=None, until_size=None)
                work.custody.add_log_key(row)
    return key


def _note(work: Work, ground: str, digest: bytes, now: datetime) -> int:
    """Write to the log what was replaced, and return the index of the entry."""
    record = audit.Record(
        event=audit.Event.KEY_ROTATED,
        outcome=audit.Outcome.ALLOWED,
        actor=None,
        organisation=None,
        dossier=None,
        ground=ground,
        digest=digest,
        request=RequestId(new_id()),
    )
    return work.log.append(record, now=now).index

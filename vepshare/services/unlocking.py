"""One's own ways to unlock: looking at them, adding, taking away, changing the passphrase.

Whoever changes them unlocks anew first: a session that somebody left open is not enough.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, crypto
from vepshare.crypto import Method
from vepshare.ids import MethodId
from vepshare.plain import Plain
from vepshare.policy import Refusal
from vepshare.services import _attempts, _records, _unlock, _ways
from vepshare.services._caller import Caller
from vepshare.services._errors import InvalidError, SignInRefusedError
from vepshare.services._unlock import Base, Given, Opened, Passkey
from vepshare.storage import LostRaceError, Store, UnlockRow, Work

SHORTEST = 12
LONGEST = 200

_BY_PASSPHRASE = frozenset({Method.PASSPHRASE, Method.DEVICE, Method.KIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to unlock, as its owner sees it. `used_at` is the last sign-in with it."""

    id: MethodId
    kind: Method
    made_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """All of them; `ready` tells whether they are enough to be handed keys."""

    items: tuple[Way, ...]
    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Changed:
    """What goes with a new passphrase: shown once, stored nowhere. None in a demonstration."""

    device: crypto.DeviceToken | None = None
    kit: crypto.KitCode | None = None


def ways(store: Store, caller: Caller) -> Ways:
    """Return the caller's ways to unlock, the oldest first."""
    with store.peek() as work:
        rows = work.sessions.methods(caller.id)
        ready = caller.id in work.people.ready((caller.id,))
    return Ways(items=tuple(map(_way, rows)), ready=ready)


def _way(row: UnlockRow) -> Way:
    return Way(id=row.id, kind=Method(row.kind), made_at=row.made_at, used_at=row.used_at)


def unlock_again(
    store: Store, peppers: crypto.Peppers, caller: Caller, given: Given, *, now: datetime
) -> Opened:
    """Return the caller's root seed, once they have unlocked it anew.

    Raises:
        SignInRefusedError: it does not open; counted as a failed sign-in, and logged.
        ThrottledError: too many have failed.
        CustodyUnavailableError: a pepper cannot be had just now; no attempt was counted.

    """
    with store.peek() as work:
        _attempts.throttle(work, caller.login, now=now)
        rows = work.sessions.methods(caller.id)
        current = work.custody.current_pepper()
    opened = _unlock.open_root(rows, given, peppers, current=current)
    if opened is not None:
        return opened
    with store.begin() as work:
        _attempts.count(work, caller.login, now=now)
        event, refusal = audit.Event.UNLOCK_REFUSED, Refusal.WRONG_CREDENTIALS
        _records.note(work, caller, event, None, refusal, now=now)
    raise SignInRefusedError


@contextmanager
def _changing(store: Store, caller: Caller, opened: Opened, now: datetime) -> Iterator[Work]:
    """Yield a transaction in which nobody else changes the caller's ways.

    Raises:
        LostRaceError: what they have just unlocked with was taken away meanwhile.

    """
    with store.begin() as work:
        work.sessions.lock_methods(caller.id)
        if not work.sessions.use_method(opened.method, now=now):
            raise LostRaceError
        _attempts.forget(work, caller.login)
        yield work


def forget(store: Store, caller: Caller, method_id: MethodId, *, now: datetime) -> None:
    """Take away one way to unlock: a lost device, a kit that somebody has seen.

    A session is enough for it, at any hour; it cannot take the last one.

    Raises:
        InvalidError: `method`: unknown, or the last one.

    """
    with store.begin() as work:
        work.sessions.lock_methods(caller.id)
        rows = work.sessions.methods(caller.id)
        chosen = [one for one in rows if one.id == method_id]
        if not chosen:
            raise InvalidError({"method": "unknown"})
        if len(rows) == 1:
            raise InvalidError({"method": "last"})
        _ways.remove(work, caller, *chosen, now=now)


def new_kit(
    store: Store, peppers: crypto.Peppers, caller: Caller, given: Given, *, now: datetime
) -> crypto.KitCode:
    """Return the code of a new printed kit, which replaces the one before.

    Raises: as for `unlock_again`; `InvalidError` when they unlocked by a passkey, since a kit
        goes with the passphrase; `LostRaceError`.
    """
    opened = unlock_again(store, peppers, caller, given, now=now)
    row, code = _base(opened).kit(now=now)
    with _changing(store, caller, opened, now) as work:
        _ways.add(work, caller, row, now=now)
    return code


def enrol_device(
    store: Store, peppers: crypto.Peppers, caller: Caller, given: Given, *, now: datetime
) -> crypto.DeviceToken:
    """Enrol the device in front of the caller; return what it keeps.

    Raises: as for `new_kit`.
    """
    opened = unlock_again(store, peppers, caller, given, now=now)
    row, token = _base(opened).device(_current(store, peppers), now=now)
    with _changing(store, caller, opened, now) as work:
        _ways.add(work, caller, row, now=now)
    return token


def add_passkey(
    store: Store,
    peppers: crypto.Peppers,
    caller: Caller,
    given: Given,
    passkey: Passkey,
    *,
    now: datetime,
) -> None:
    """Let a passkey unlock, by its PRF output.

    Raises: as for `unlock_again`; `ValueError` when the output is not 32 bytes; `LostRaceError`.
    """
    opened = unlock_again(store, peppers, caller, given, now=now)
    row = _unlock.passkey_row(caller.id, opened.root, passkey, now=now)
    with _changing(store, caller, opened, now) as work:
        _ways.add(work, caller, row, now=now)


def change_passphrase(
    store: Store,
    peppers: crypto.Peppers,
    caller: Caller,
    token: crypto.Token,
    given: Given,
    new: Plain[str],
    *,
    parameters: crypto.Argon2Parameters = crypto.Argon2Parameters.DEFAULT,
    now: datetime,
) -> Changed:
    """Lock the root seed under a new passphrase; every other session of the caller ends.

    All that goes with the old one is destroyed: other devices, the kit. The device in front of
    the caller is enrolled anew, and there is a new kit. Passkeys stay.

    Raises: as for `unlock_again`; `InvalidError` when the new one is too short or too long;
        `LostRaceError`.
    """
    if not new.satisfies(lambda typed: SHORTEST <= len(typed) <= LONGEST):
        raise InvalidError({"new": "length"})
    opened = unlock_again(store, peppers, caller, given, now=now)
    base = Base.new(caller.id, opened.root, new, parameters)
    rows, changed = _locks(base, opened, _current(store, peppers), now)
    with _changing(store, caller, opened, now) as work:
        before = [one for one in work.sessions.methods(caller.id) if one.kind in _BY_PASSPHRASE]
        _ways.remove(work, caller, *before, now=now)
        for row in rows:
            _ways.add(work, caller, row, now=now)
        work.sessions.close_all(caller.id, but=crypto.token_hash(token))
        _records.note(work, caller, audit.Event.UNLOCK_CHANGED, None, None, now=now)
    return changed


def _locks(
    base: Base, opened: Opened, pepper: crypto.Pepper, now: datetime
) -> tuple[tuple[UnlockRow, ...], Changed]:
    if opened.method.kind == Method.PASSPHRASE.value:
        return (base.passphrase(pepper, now=now),), Changed()
    kit, code = base.kit(now=now)
    device, token = base.device(pepper, now=now)
    return (device, kit), Changed(device=token, kit=code)


def _base(opened: Opened) -> Base:
    base = Base.of(opened)
    if base is None:
        raise InvalidError({"password": "required"})
    return base


def _current(store: Store, peppers: crypto.Peppers) -> crypto.Pepper:
    with store.peek() as work:
        return peppers.named(work.custody.current_pepper())

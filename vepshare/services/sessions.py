"""Signing in, staying signed in, changing hats, signing out."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vepshare import audit, crypto, policy
from vepshare.errors import CustodyUnavailableError
from vepshare.ids import OrganisationId, ProfessionalId, RequestId, new_id
from vepshare.people import Hat, Profession, Professional
from vepshare.plain import Plain
from vepshare.policy import Refusal
from vepshare.services import _records, accounts
from vepshare.services._caller import Caller, Keyring
from vepshare.services._errors import (
    ActRefusedError,
    SignInRefusedError,
    ThrottledError,
)
from vepshare.services._notices import Notice, note
from vepshare.storage import LiveSession, SessionRow, Store, UnlockRow, Work

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)
MOST_SESSIONS = 3
_TOUCH_EVERY = timedelta(seconds=30)

_WINDOW = timedelta(minutes=15)
_MOST_ATTEMPTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody signs in with. A function is chosen when they hold several."""

    login: str
    passphrase: Plain[str]
    profession: Profession | None = None
    organisation_id: OrganisationId | None = None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session that has just begun. The token is shown once and stored nowhere."""

    token: crypto.Token
    caller: Caller


def sign_in(
    store: Store, peppers: crypto.Peppers, given: Credentials, *, request: RequestId, now: datetime
) -> SignedIn:
    """Open a session if the passphrase opens the root seed: there is nothing else to compare.

    Raises:
        SignInRefusedError: unknown login, wrong passphrase, no such function, or nothing in
            force; the same answer, after the same work.
        ThrottledError: too many failed attempts for this login, existing or not.
        CustodyUnavailableError: a pepper cannot be had just now; no attempt was counted.

    """
    account = hashlib.sha256(given.login.casefold().encode()).digest()
    with store.peek() as work:
        _throttle(work, account, now)
        professional = work.people.by_login(given.login)
        methods = () if professional is None else _methods(work, professional)
        current = work.custody.current_pepper()
    unlocked = _unlock(given.passphrase, methods, peppers, current)
    identity = None if unlocked is None else unlocked.identity
    with store.begin() as work:
        admitted = _admit(work, professional, identity, given, request, now)
        if isinstance(admitted, Caller):
            if unlocked is not None and unlocked.rewrapped is not None:
                work.sessions.rewrap(unlocked.method, unlocked.rewrapped)
            return SignedIn(token=_open(work, admitted, account, now), caller=admitted)
        work.sessions.note_attempt(account, now=now, forget_before=now - _WINDOW)
        work.log.append(_refused(professional, admitted, request), now=now)
    raise SignInRefusedError


def _throttle(work: Work, account: bytes, now: datetime) -> None:
    if work.sessions.count_attempts(account, since=now - _WINDOW) >= _MOST_ATTEMPTS:
        raise ThrottledError(int(_WINDOW.total_seconds()))


def _methods(work: Work, professional: Professional) -> tuple[UnlockRow, ...]:
    return work.sessions.methods(professional.id, crypto.Method.PASSPHRASE.value)


@dataclass(frozen=True, kw_only=True, repr=False)
class _Unlocked:
    """The seeds behind a passphrase; and the same lock under the current pepper, if it is not."""

    identity: crypto.Identity
    method: UnlockRow
    rewrapped: UnlockRow | None


def _unlock(
    passphrase: Plain[str],
    methods: tuple[UnlockRow, ...],
    peppers: crypto.Peppers,
    current: str,
) -> _Unlocked | None:
    """Return what a passphrase opens, or None; unknown logins take as long as known ones.

    A pepper that cannot be had is no wrong passphrase: its error goes on to the caller.
    """
    for method in methods:
        parameters = crypto.Argon2Parameters.decode(method.parameters)
        stretched = crypto.stretch(passphrase, salt=method.salt, parameters=parameters)
        pepper = peppers.named(method.pepper_id)
        secret = crypto.peppered(stretched, pepper=pepper, device=None)
        try:
            root = crypto.unlock_root(
                method.wrap, secret, professional=method.professional_id, method=method.id
            )
        except crypto.WrongSecretError:
            continue
        rewrapped = None
        if current in peppers and current != method.pepper_id:
            rewrapped = _rewrapped(method, root, stretched, peppers.named(current))
        return _Unlocked(identity=crypto.identity_of(root), method=method, rewrapped=rewrapped)
    if not methods:
        _unlock_nobody(passphrase, peppers.or_first(current))
    return None


def _unlock_nobody(passphrase: Plain[str], pepper: crypto.Pepper) -> None:
    crypto.passphrase_secret(
        passphrase,
        salt=crypto.new_salt(),
        parameters=crypto.Argon2Parameters.DEFAULT,
        pepper=pepper,
        device=None,
    )


def _rewrapped(
    method: UnlockRow, root: crypto.RootSeed, stretched: crypto.Stretched, pepper: crypto.Pepper
) -> UnlockRow | None:
    """Return the same lock under the current pepper, or None while that one cannot be had."""
    try:
        secret = crypto.peppered(stretched, pepper=pepper, device=None)
    except CustodyUnavailableError as error:
        # They can sign in without it; the next time will do.
        note(Notice.CUSTODY_UNAVAILABLE, problem=error.problem)
        return None
    wrap = crypto.lock_root(root, secret, professional=method.professional_id, method=method.id)
    return replace(method, pepper_id=pepper.id, wrap=wrap)


def _admit(
    work: Work,
    professional: Professional | None,
    identity: crypto.Identity | None,
    given: Credentials,
    request: RequestId,
    now: datetime,
) -> Caller | Refusal:
    """Return who may come in, or why nobody may."""
    if professional is None or identity is None:
        return Refusal.WRONG_CREDENTIALS
    hat = _chosen(work.people.hats(professional.id), given)
    standing = None if hat is None else work.people.standing(hat)
    if hat is None or standing is None:
        return Refusal.FUNCTION_NOT_HELD
    if refusal := policy.decide_standing(standing, now=now):
        return refusal
    keyring = accounts.keyring(work, professional.id, identity)
    accounts.share_services(work, keyring, work.people.hats(professional.id))
    organisation = work.people.organisations()[hat.organisation_id]
    return Caller(
        hat=hat,
        standing=standing,
        request=request,
        keyring=keyring,
        login=professional.login,
        name=professional.name,
        locale=professional.locale,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
    )


def _chosen(hats: tuple[Hat, ...], given: Credentials) -> Hat | None:
    fitting = [
        hat
        for hat in hats
        if given.profession in {None, hat.profession}
        and given.organisation_id in {None, hat.organisation_id}
    ]
    return fitting[0] if fitting else None


def _open(work: Work, caller: Caller, account: bytes, now: datetime) -> crypto.Token:
    token = crypto.Token.new()
    half = secrets.token_bytes(32)
    row = SessionRow(
        token_hash=crypto.token_hash(token),
        hat=caller.hat,
        half=half,
        sealed=crypto.seal_session(token, half, _context(caller.id), caller.keyring.encode()),
        opened_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    work.sessions.forget_attempts(account)
    work.sessions.open(row)
    work.sessions.close_oldest(caller.id, keep=MOST_SESSIONS)
    _records.note(work, caller, audit.Event.SESSION_OPENED, None, None, now=now)
    return token


def _context(professional_id: ProfessionalId) -> bytes:
    return crypto.binding(crypto.Kind.SESSION, professional_id)


def _refused(
    professional: Professional | None, refusal: Refusal, request: RequestId
) -> audit.Record:
    return audit.Record(
        event=audit.Event.SESSION_REFUSED,
        outcome=audit.Outcome.REFUSED,
        actor=None if professional is None else professional.id,
        organisation=None,
        dossier=None,
        reason=refusal.value,
        request=request,
    )


def resume(
    store: Store, token: crypto.Token, *, request: RequestId, now: datetime
) -> Caller | None:
    """Return who a token belongs to, or None when its session is over.

    Raises:
        TamperedError: the row of the session is not what was written there.

    """
    token_hash = crypto.token_hash(token)
    with store.glance() as work:
        live = work.sessions.get(token_hash)
    if live is None or not _current(live, now):
        return None
    if now - live.row.seen_at >= _TOUCH_EVERY:
        with store.begin() as work:
            work.sessions.touch(token_hash, now=now)
    context = _context(live.row.hat.professional_id)
    sealed = crypto.unseal_session(token, live.row.half, context, live.row.sealed)
    keyring = Keyring.decode(sealed)
    if keyring.epoch(live.row.hat) < live.service_epoch:
        keyring = _refreshed(store, token, live, keyring)
    return Caller(
        hat=live.row.hat,
        standing=live.standing,
        request=request,
        keyring=keyring,
        login=live.login,
        name=live.name,
        locale=live.locale,
        organisation_code=live.organisation_code,
        organisation_name=live.organisation_name,
        renewal_due=live.renewal_due,
    )


def _refreshed(store: Store, token: crypto.Token, live: LiveSession, keyring: Keyring) -> Keyring:
    """Return the keyring with what its holder has been handed since the session began.

    A colleague may have left, and the service may have gone on to another key.
    """
    with store.peek() as work:
        found = accounts.renewed(work, live.row.hat.professional_id, keyring)
    if found.epoch(live.row.hat) > keyring.epoch(live.row.hat):
        context = _context(live.row.hat.professional_id)
        sealed = crypto.seal_session(token, live.row.half, context, found.encode())
        with store.begin() as work:
            work.sessions.reseal(live.row.token_hash, sealed)
    return found


def _current(live: LiveSession, now: datetime) -> bool:
    used = live.row.seen_at <= now + _TOUCH_EVERY and now - live.row.seen_at < IDLE
    in_force = policy.decide_standing(live.standing, now=now) is None
    return used and now < live.row.expires_at and in_force


def sign_out(store: Store, caller: Caller, token: crypto.Token, *, now: datetime) -> None:
    """End a session: its row is gone, so the cookie opens nothing any more."""
    with store.begin() as work:
        work.sessions.close(crypto.token_hash(token))
        _records.note(work, caller, audit.Event.SESSION_CLOSED, None, None, now=now)


def change_hat(
    store: Store,
    caller: Caller,
    token: crypto.Token,
    profession: Profession,
    organisation_id: OrganisationId,
    *,
    now: datetime,
) -> Hat:
    """Let the caller work under another function they hold, from the next request on.

    Raises:
        ActRefusedError: they do not hold it.

    """
    hat = Hat(professional_id=caller.id, organisation_id=organisation_id, profession=profession)
    with store.begin() as work:
        held = hat in work.people.hats(caller.id)
        refusal = None if held else Refusal.FUNCTION_NOT_HELD
        if held:
            work.sessions.set_hat(crypto.token_hash(token), hat)
        _records.note(work, caller, audit.Event.SESSION_HAT_CHANGED, None, refusal, now=now)
    if refusal is not None:
        raise ActRefusedError(refusal)
    return hat


def hats(store: Store, caller: Caller) -> tuple[Hat, ...]:
    """Return the functions the caller may choose from."""
    with store.peek() as work:
        return work.people.hats(caller.id)


def new_request() -> RequestId:
    """Return an id for one request, to find its log entries and notices by."""
    return RequestId(new_id())

"""Signing in, staying signed in, changing hats, signing out."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vepshare import audit, crypto, policy
from vepshare.ids import MethodId, OrganisationId, ProfessionalId, RequestId, new_id
from vepshare.people import Hat, Profession, Professional
from vepshare.policy import Refusal
from vepshare.services import _attempts, _records, _unlock, _ways, accounts
from vepshare.services._caller import Caller, Keyring
from vepshare.services._errors import ActRefusedError, SignInRefusedError
from vepshare.services._publishing import Signer
from vepshare.services._unlock import Base, Given, Opened
from vepshare.storage import LiveSession, SessionRow, Store, UnlockRow, Work

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)
MOST_SESSIONS = 3
_TOUCH_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody signs in with. A function is chosen when they hold several.

    `remember`: enrol the device they sign in from, if a passphrase is in what they unlock with.
    """

    login: str
    given: Given
    profession: Profession | None = None
    organisation_id: OrganisationId | None = None
    remember: bool = False


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session that has just begun. Its token, and that of a device, are stored nowhere."""

    token: crypto.Token
    caller: Caller
    method: MethodId
    device: crypto.DeviceToken | None = None


def sign_in(
    store: Store, peppers: crypto.Peppers, given: Credentials, *, request: RequestId, now: datetime
) -> SignedIn:
    """Open a session if what is given opens the root seed: there is nothing else to compare.

    Raises:
        SignInRefusedError: unknown login, nothing that opens, no such function, or nothing in
            force; the same answer, after the same work.
        ThrottledError: too many failed attempts for this login, existing or not.
        CustodyUnavailableError: a pepper cannot be had just now; no attempt was counted.

    """
    with store.peek() as work:
        _attempts.throttle(work, given.login, now=now)
        professional = work.people.by_login(given.login)
        rows = () if professional is None else work.sessions.methods(professional.id)
        current = work.custody.current_pepper()
    opened = _unlock.open_root(rows, given.given, peppers, current=current)
    enrolled = None
    if opened is not None and given.remember and (base := Base.of(opened)):
        enrolled = base.device(peppers.named(current), now=now)
    with store.begin() as work:
        admitted = _admit(work, professional, opened, given, request, now)
        if isinstance(admitted, Caller) and opened is not None:
            token, caller = _begin(work, admitted, opened, enrolled, now)
            return SignedIn(
                token=token,
                caller=caller,
                method=opened.method.id,
                device=None if enrolled is None else enrolled[1],
            )
        _attempts.count(work, given.login, now=now)
        refusal = Refusal.WRONG_CREDENTIALS if isinstance(admitted, Caller) else admitted
        work.log.append(_refused(professional, refusal, request), now=now)
    raise SignInRefusedError


def _admit(
    work: Work,
    professional: Professional | None,
    opened: Opened | None,
    given: Credentials,
    request: RequestId,
    now: datetime,
) -> Caller | Refusal:
    """Return who may come in, with no key of a service yet, or why nobody may."""
    if professional is None or opened is None:
        return Refusal.WRONG_CREDENTIALS
    # A way to unlock that was taken away meanwhile opens nothing any more.
    if not work.sessions.use_method(opened.method, now=now):
        return Refusal.WRONG_CREDENTIALS
    hat = _chosen(work.people.hats(professional.id), given)
    standing = None if hat is None else work.people.standing(hat)
    if hat is None or standing is None:
        return Refusal.FUNCTION_NOT_HELD
    if refusal := policy.decide_standing(standing, now=now):
        return refusal
    organisation = work.people.organisations()[hat.organisation_id]
    return Caller(
        hat=hat,
        standing=standing,
        request=request,
        keyring=Keyring(signing=opened.identity.signing, seeds=()),
        login=professional.login,
        name=professional.name,
        locale=professional.locale,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
    )


def _begin(
    work: Work,
    admitted: Caller,
    opened: Opened,
    enrolled: tuple[UnlockRow, crypto.DeviceToken] | None,
    now: datetime,
) -> tuple[crypto.Token, Caller]:
    if opened.rewrapped is not None:
        work.sessions.rewrap(opened.method, opened.rewrapped)
    if enrolled is not None:
        _ways.add(work, admitted, enrolled[0], now=now)
    hats = work.people.hats(admitted.id)
    signer = Signer(professional_id=admitted.id, seed=admitted.keyring.signing)
    accounts.take_up_services(work, hats, signer, now=now)
    keyring = accounts.keyring(work, admitted.id, opened.identity)
    accounts.share_services(work, keyring, hats)
    caller = replace(admitted, keyring=keyring)
    return _open(work, caller, opened.method.kind, now), caller


def _chosen(hats: tuple[Hat, ...], given: Credentials) -> Hat | None:
    fitting = [
        hat
        for hat in hats
        if given.profession in {None, hat.profession}
        and given.organisation_id in {None, hat.organisation_id}
    ]
    return fitting[0] if fitting else None


def _open(work: Work, caller: Caller, kind: str, now: datetime) -> crypto.Token:
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
    _attempts.forget(work, caller.login)
    work.sessions.open(row)
    work.sessions.close_oldest(caller.id, keep=MOST_SESSIONS)
    event, by = audit.Event.SESSION_OPENED, _ways.ground(kind)
    _records.note(work, caller, event, None, None, now=now, ground=by)
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

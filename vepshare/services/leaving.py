"""Leaving: a function ends, or an account; access ends with it, and services get other keys."""

from collections.abc import Iterable
from datetime import datetime

from vepshare import audit, policy
from vepshare.ids import ProfessionalId, RequestId, new_id
from vepshare.people import Hat
from vepshare.policy import Refusal
from vepshare.services import _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError
from vepshare.storage import Store, Work


def end_function(store: Store, caller: Caller, hat: Hat, *, now: datetime) -> None:
    """End one function of a professional, now.

    Their sessions end, what they were handed of the service's key is destroyed, the service
    is due for a new key, which a member who remains signs for with their next request, and
    what was wrapped to them in person is destroyed.

    Raises:
        ActRefusedError: the caller does not administer, or it is no function that is held.

    Source: R17, DESIGN 5

    """
    with store.begin() as work:
        refusal = policy.decide_accounts(caller.actor, now=now)
        held = hat in work.people.hats(hat.professional_id)
        if refusal is None and not held:
            refusal = Refusal.FUNCTION_NOT_HELD
        if refusal is None:
            work.people.end_function(hat)
            _leave(work, hat.professional_id, (hat,), now)
        event, of = audit.Event.FUNCTION_ENDED, hat.professional_id
        _records.note(work, caller, event, None, refusal, now=now, subject=of)
    if refusal is not None:
        raise ActRefusedError(refusal)


def disable(
    store: Store, caller: Caller, professional_id: ProfessionalId, *, now: datetime
) -> None:
    """End an account, now, with every function it holds: as for `end_function`.

    Raises:
        ActRefusedError: the caller does not administer, or it is their own account.

    Source: R17, DESIGN 5

    """
    with store.begin() as work:
        refusal = policy.decide_accounts(caller.actor, now=now)
        if refusal is None and professional_id == caller.id:
            refusal = Refusal.FUNCTION_MAY_NOT
        if refusal is None:
            hats = work.people.hats(professional_id)
            work.people.disable(professional_id)
            _leave(work, professional_id, hats, now)
        event = audit.Event.ACCOUNT_DISABLED
        _records.note(work, caller, event, None, refusal, now=now, subject=professional_id)
    if refusal is not None:
        raise ActRefusedError(refusal)


def disable_by_operator(store: Store, login: str, *, now: datetime) -> None:
    """End an account from the terminal of the server: as for `disable`, with no actor.

    For the night somebody's passphrase is stolen and no administrator can be reached.

    Raises:
        LookupError: there is no such login.

    """
    with store.begin() as work:
        professional = work.people.by_login(login)
        if professional is None:
            raise LookupError(login)
        hats = work.people.hats(professional.id)
        work.people.disable(professional.id)
        _leave(work, professional.id, hats, now)
        record = audit.Record(
            event=audit.Event.ACCOUNT_DISABLED,
            outcome=audit.Outcome.ALLOWED,
            actor=None,
            organisation=None,
            dossier=None,
            subject=professional.id,
            request=RequestId(new_id()),
        )
        work.log.append(record, now=now)


def _leave(work: Work, professional_id: ProfessionalId, hats: Iterable[Hat], now: datetime) -> None:
    work.sessions.close_all(professional_id)
    known = work.people.service_keys()
    for hat in hats:
        key = known.get((hat.organisation_id, hat.profession))
        if key is not None:
            work.people.drop_member(key.service_id, professional_id)
            # A new key is signed for by a member who remains: their next request makes it.
            work.people.renew_service(key.service_id)
    _drop_personal(work, professional_id, now)


def _drop_personal(work: Work, professional_id: ProfessionalId, now: datetime) -> None:
    """Destroy what was wrapped to the person; their dossiers go on to new keys when due.

    A consent may have named them under a function they keep: they get that back then.
    """
    keys = work.people.public_keys((professional_id,))
    for dossier_id in work.keys.empty([one.wrap_key_id for one in keys.values()]):
        work.consents.watch(dossier_id, (now,))

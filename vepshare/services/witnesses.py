"""The witness of an oral consent: sees its terms, confirms it, and sees nothing else (S06)."""

from datetime import datetime

from vepshare import audit, policy
from vepshare.consent import Confirmed, Consent
from vepshare.ids import ConsentId
from vepshare.policy import Refusal
from vepshare.services import _access, _alarm, _consenting, _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError
from vepshare.services._facts import Loaded
from vepshare.storage import Store, TaskKind


def confirm(
    store: Store, caller: Caller, reference: str, consent_id: ConsentId, *, now: datetime
) -> None:
    """Confirm an oral consent as its witness: from now on it counts.

    Raises:
        UnknownDossierError: the caller is not the witness of such a consent.
        ActRefusedError: it is confirmed already, or it is too late.

    Source: S06, R11

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        found = None if loaded is None else loaded.register.consent(consent_id)
        refusal: Refusal | None = Refusal.UNKNOWN_DOSSIER
        signed = b""
        if loaded is not None and found is not None:
            refusal = policy.decide_confirming(found, caller.actor, loaded.facts, now=now)
            if refusal is None:
                before = loaded.register.place
                act = Confirmed(consent_id=consent_id)
                loaded = _facts.record(work, loaded, caller, act, now=now)
                signed = loaded.events[-1].digest
                _keys.align(work, loaded.dossier.id, loaded.register, caller=caller, now=now)
                _consenting.watch(work, loaded, now=now)
                _consenting.place_moved(work, caller, before, loaded, now=now)
                kind = TaskKind.CONFIRM_AS_WITNESS
                work.tasks.finish_kind(kind, loaded.dossier.id, professional_id=caller.id, now=now)
        _records.note(
            work,
            caller,
            audit.Event.CONSENT_CONFIRMED,
            _access.dossier_id(loaded),
            refusal,
            now=now,
            ground=str(consent_id),
            digest=signed,
        )
    if refusal in {Refusal.ALREADY_CONFIRMED, Refusal.CONFIRMATION_TOO_LATE}:
        raise ActRefusedError(refusal)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def witnessed(
    store: Store, caller: Caller, reference: str, *, now: datetime
) -> tuple[Consent, ...]:
    """Return the consents of a dossier that wait for the caller as their witness.

    The witness sees the terms of the consent, not the dossier (S06-R4).
    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        found = () if loaded is None else _awaiting(loaded, caller, now)
        refusal = None if found else Refusal.NOT_THE_WITNESS
        of = _access.dossier_id(loaded)
        _records.note(work, caller, audit.Event.CONSENT_READ, of, refusal, now=now)
    if not found:
        _access.refuse(loaded, caller, Refusal.NOT_THE_WITNESS, now=now)
    return found


def _awaiting(loaded: Loaded, caller: Caller, now: datetime) -> tuple[Consent, ...]:
    return tuple(
        one
        for one in loaded.register.consents
        if policy.decide_confirming(one, caller.actor, loaded.facts, now=now) is None
    )

"""Keeping somebody out of a dossier, whatever else says yes; declaring a tie."""

from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, policy
from vepshare.consent import Act, Bar, Excluded, Tied
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.policy import Refusal
from vepshare.services import _access, _alarm, _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import InvalidError
from vepshare.services._facts import Loaded
from vepshare.storage import Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionView:
    """Who is kept out, since when."""

    organisation_id: OrganisationId | None
    professional_id: ProfessionalId | None
    since: datetime


def exclude(
    store: Store,
    caller: Caller,
    reference: str,
    *,
    organisation_id: OrganisationId | None = None,
    professional_id: ProfessionalId | None = None,
    now: datetime,
) -> None:
    """Keep an organisation, or one professional, out of the dossier from now on.

    Their wraps are destroyed and the keys move on in the same transaction. They are not told.

    Raises:
        UnknownDossierError, AccessEndedError, ActRefusedError: the caller may not.
        InvalidError: not exactly one of the two is named, or it is the caller themself.

    Source: V7, R6

    """
    if (organisation_id is None) == (professional_id is None):
        raise InvalidError({"organisation": "one_of_two"})
    if caller.hat.organisation_id == organisation_id or caller.id == professional_id:
        raise InvalidError({"organisation": "yourself"})
    act = Excluded(organisation_id=organisation_id, professional_id=professional_id)
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_exclude(loaded, caller, now)
        signed = b""
        if loaded is not None and refusal is None:
            signed = _bar(work, loaded, caller, act, now)
        event, of = audit.Event.EXCLUSION_DECLARED, _access.dossier_id(loaded)
        subject = organisation_id or professional_id or caller.id
        _records.note(work, caller, event, of, refusal, now=now, subject=subject, digest=signed)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def declare_tie(store: Store, caller: Caller, reference: str, *, now: datetime) -> None:
    """Record that the caller is kin, neighbour or colleague of a party: their access ends now.

    Raises:
        UnknownDossierError, AccessEndedError: the caller does not take part.

    Source: V7, R21

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = (
            Refusal.UNKNOWN_DOSSIER
            if loaded is None
            else policy.decide_link(loaded.facts, caller.actor, now=now)
        )
        signed = b""
        if loaded is not None and refusal is None:
            signed = _bar(work, loaded, caller, Tied(professional_id=caller.id), now)
        event, of = audit.Event.TIE_DECLARED, _access.dossier_id(loaded)
        _records.note(work, caller, event, of, refusal, now=now, subject=caller.id, digest=signed)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def list_exclusions(
    store: Store, caller: Caller, reference: str, *, now: datetime
) -> tuple[ExclusionView, ...]:
    """Return who is kept out, for those who may keep somebody out.

    Raises:
        UnknownDossierError, AccessEndedError, ActRefusedError: the caller may not.

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        refusal = _may_exclude(loaded, caller, now)
        event, of = audit.Event.EXCLUSION_READ, _access.dossier_id(loaded)
        _records.note(work, caller, event, of, refusal, now=now)
    if loaded is None or refusal is not None:
        _access.refuse(loaded, caller, refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    return tuple(_view(bar) for bar in loaded.register.barred)


def _may_exclude(loaded: Loaded | None, caller: Caller, now: datetime) -> Refusal | None:
    if loaded is None:
        return Refusal.UNKNOWN_DOSSIER
    if refusal := policy.decide_reading(loaded.facts, caller.actor, now=now).refusal:
        return refusal
    return policy.decide_excluding(loaded.facts, caller.actor, now=now)


def _bar(work: Work, loaded: Loaded, caller: Caller, act: Act, now: datetime) -> bytes:
    loaded = _facts.record(work, loaded, caller, act, now=now)
    _keys.align(work, loaded.dossier.id, loaded.register, caller=caller, now=now)
    return loaded.events[-1].digest


def _view(bar: Bar) -> ExclusionView:
    return ExclusionView(
        organisation_id=bar.organisation_id,
        professional_id=bar.professional_id,
        since=bar.since,
    )

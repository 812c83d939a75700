"""Who takes part in a dossier: inviting, joining with a reason, leaving."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from vepshare import audit, policy
from vepshare.consent import local_day
from vepshare.dossier import Participant, Reason
from vepshare.ids import OrganisationId, ParticipantId, new_id
from vepshare.people import Hat, Profession
from vepshare.policy import Overview, Refusal
from vepshare.services import _access, _alarm, _approvals, _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError, InvalidError
from vepshare.services._facts import Loaded
from vepshare.storage import Store, TaskKind, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantView:
    """A participant as others may know them."""

    hat: Hat
    name: str
    reason: Reason
    since: datetime
    ended_on: date | None
    referent: bool


def list_participants(
    store: Store, caller: Caller, reference: str, *, now: datetime
) -> tuple[ParticipantView, ...]:
    """Return who takes part, as far as the caller may see: themself, or everybody (S05-R4)."""
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        overview = _overview(loaded, caller, now)
        of = _access.dossier_id(loaded)
        event = audit.Event.PARTICIPANT_READ
        _records.note(work, caller, event, of, overview.refusal, now=now)
        names = work.people.names()
    if loaded is None or overview.refusal is not None:
        _access.refuse(loaded, caller, overview.refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    shown = [
        one
        for one in loaded.facts.participants
        if not overview.own_only or one.professional_id == caller.id
    ]
    return tuple(
        ParticipantView(
            hat=_hat(one),
            name=names.get(one.professional_id, ""),
            reason=one.reason,
            since=one.since,
            ended_on=None if one.ended_at is None else local_day(one.ended_at),
            referent=one.professional_id == loaded.facts.referent_id,
        )
        for one in shown
    )


def _overview(loaded: Loaded | None, caller: Caller, now: datetime) -> Overview:
    if loaded is None:
        return Overview(refusal=Refusal.UNKNOWN_DOSSIER)
    return policy.decide_overview(loaded.facts, caller.actor, now=now)


def _hat(one: Participant) -> Hat:
    return Hat(
        professional_id=one.professional_id,
        organisation_id=one.organisation_id,
        profession=one.profession,
    )


def pseudonym(store: Store, caller: Caller, reference: str, *, now: datetime) -> str | None:
    """Return what a dossier is called, None to somebody who may not read it.

    For the head of a page: the log is told of the page itself.
    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
    if loaded is None or not _access.visible(loaded, caller, now=now):
        return None
    return loaded.dossier.pseudonym


def begin_choosing(store: Store, caller: Caller, reference: str, *, now: datetime) -> None:
    """Return when the caller may choose whom to invite or hand over to, after logging it.

    Raises: as for `invite`.

    Source: V1, V8
    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        # Their own service may read, or they would not: only their part in it can refuse.
        refusal = _may_invite(loaded, caller, caller.hat, now)
        of = _access.dossier_id(loaded)
        _records.note(work, caller, audit.Event.FORM_SHOWN, of, refusal, now=now)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def invite(
    store: Store, caller: Caller, reference: str, invited: Hat, reason: Reason, *, now: datetime
) -> None:
    """Bind a professional of a service the consent names to the dossier, and tell them.

    Raises:
        UnknownDossierError, AccessEndedError: the caller does not take part.
        ActRefusedError: with the reason, and the day she said no, if she did (S01-R1).

    Source: V1, V7

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_invite(loaded, caller, invited, now)
        if loaded is not None and refusal is None and loaded.facts.linked(invited, now):
            refusal = Refusal.ALREADY_A_PARTICIPANT
        event, signed = audit.Event.PARTICIPANT_INVITED, b""
        if loaded is not None and refusal is None:
            _link(work, loaded, invited, reason, now)
            _realign_if_named(work, loaded, invited, caller, now)
            kind, of = TaskKind.INVITED, loaded.dossier.id
            work.tasks.add(kind, of, professional_id=invited.professional_id, now=now)
            bound = _approvals.of(invited, reason.value)
            signed = _approvals.record(work, caller, event, of, bound, now=now)
        _note(work, caller, event, loaded, refusal, now, invited, signed)
    _answer(loaded, caller, refusal, now, invited)


def invite_service(
    store: Store,
    caller: Caller,
    reference: str,
    service: tuple[OrganisationId, Profession],
    *,
    now: datetime,
) -> None:
    """Ask the members of a service the consent names to join; any of them may.

    Raises: as for `invite`; `InvalidError` when there is no such service.
    """
    organisation_id, profession = service
    as_service = Hat(
        professional_id=caller.id, organisation_id=organisation_id, profession=profession
    )
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        key = work.people.service_keys().get(service)
        if key is None:
            raise InvalidError({"organisation": "unknown"})
        loaded = _facts.to_change(work, reference)
        refusal = _may_invite(loaded, caller, as_service, now)
        event, signed = audit.Event.PARTICIPANT_INVITED, b""
        if loaded is not None and refusal is None:
            kind, of = TaskKind.JOIN, loaded.dossier.id
            work.tasks.add(kind, of, service_id=key.service_id, now=now)
            bound = replace(_approvals.of(as_service), subject=key.service_id)
            signed = _approvals.record(work, caller, event, of, bound, now=now)
        about, to = _access.dossier_id(loaded), key.service_id
        _records.note(work, caller, event, about, refusal, now=now, subject=to, digest=signed)
    _answer(loaded, caller, refusal, now, as_service)


def _may_invite(
    loaded: Loaded | None, caller: Caller, invited: Hat, now: datetime
) -> Refusal | None:
    if loaded is None:
        return Refusal.UNKNOWN_DOSSIER
    return policy.decide_inviting(loaded.facts, caller.actor, invited, now=now)


def _answer(
    loaded: Loaded | None, caller: Caller, refusal: Refusal | None, now: datetime, invited: Hat
) -> None:
    if refusal is None:
        return
    if loaded is not None and refusal is Refusal.EXPLICIT_REFUSAL:
        said = loaded.register.refused(invited.organisation_id, invited.profession)
        if said is not None:
            raise ActRefusedError(refusal, since=local_day(said))
    _access.refuse(loaded, caller, refusal, now=now)


def join(store: Store, caller: Caller, reference: str, reason: Reason, *, now: datetime) -> None:
    """Bind the caller, a member of a service the consent names; tell the referent.

    Raises:
        UnknownDossierError: their service is not named, or there is no such dossier.
        AccessEndedError: it was, until a day that they are told.

    Source: V1, R18

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = (
            Refusal.UNKNOWN_DOSSIER
            if loaded is None
            else policy.decide_joining(loaded.facts, caller.actor, now=now)
        )
        if loaded is not None and refusal is None and loaded.facts.linked(caller.hat, now):
            refusal = Refusal.ALREADY_A_PARTICIPANT
        event, signed = audit.Event.PARTICIPANT_JOINED, b""
        if loaded is not None and refusal is None:
            _link(work, loaded, caller.hat, reason, now)
            _realign_if_named(work, loaded, caller.hat, caller, now)
            _tell_of_joining(work, loaded, caller, now)
            bound = _approvals.of(caller.hat, reason.value)
            signed = _approvals.record(work, caller, event, loaded.dossier.id, bound, now=now)
        _note(work, caller, event, loaded, refusal, now, caller.hat, signed)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def _realign_if_named(work: Work, loaded: Loaded, hat: Hat, caller: Caller, now: datetime) -> None:
    """Let the keys follow when somebody whom a consent names in person comes or goes.

    A service keeps its keys whoever of it takes part; a person holds theirs alone.
    """
    if any(grant.professional_id == hat.professional_id for grant in loaded.register.grants):
        _keys.align(work, loaded.dossier.id, loaded.register, caller=caller, now=now)


def _tell_of_joining(work: Work, loaded: Loaded, caller: Caller, now: datetime) -> None:
    of, referent = loaded.dossier.id, loaded.facts.referent_id
    work.tasks.add(TaskKind.SOMEBODY_JOINED, of, professional_id=referent, now=now)
    key = work.people.service_keys().get((caller.hat.organisation_id, caller.hat.profession))
    if key is not None:
        work.tasks.finish_kind(TaskKind.JOIN, of, service_id=key.service_id, now=now)


def leave(store: Store, caller: Caller, reference: str, *, now: datetime) -> None:
    """End the caller's own link at once; no reason is asked.

    Raises:
        UnknownDossierError, AccessEndedError: the caller does not take part.

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = (
            Refusal.UNKNOWN_DOSSIER
            if loaded is None
            else policy.decide_link(loaded.facts, caller.actor, now=now)
        )
        if loaded is not None and refusal is None:
            work.dossiers.unlink(loaded.dossier.id, caller.hat, at=now)
            _realign_if_named(work, loaded, caller.hat, caller, now)
        _note(work, caller, audit.Event.PARTICIPANT_LEFT, loaded, refusal, now, caller.hat)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def hand_over_to(
    store: Store, caller: Caller, reference: str, successor: Hat, *, now: datetime
) -> None:
    """Name another participant as the professional who accompanies the dossier.

    Raises:
        UnknownDossierError, AccessEndedError: the caller does not take part.
        ActRefusedError: the caller is not the referent, or *successor* reads nothing here.

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_invite(loaded, caller, successor, now)
        event, signed = audit.Event.REFERENT_CHANGED, b""
        if loaded is not None and refusal is None:
            of = loaded.dossier.id
            if loaded.facts.linked(successor, now):
                work.dossiers.set_referent(of, successor.professional_id)
                bound = _approvals.of(successor)
                signed = _approvals.record(work, caller, event, of, bound, now=now)
            else:
                refusal = Refusal.NOT_A_PARTICIPANT
        _note(work, caller, event, loaded, refusal, now, successor, signed)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def _link(work: Work, loaded: Loaded, hat: Hat, reason: Reason, now: datetime) -> None:
    link = Participant(
        id=ParticipantId(new_id()),
        professional_id=hat.professional_id,
        organisation_id=hat.organisation_id,
        profession=hat.profession,
        reason=reason,
        since=now,
        ended_at=None,
    )
    work.dossiers.link(loaded.dossier.id, link)


def _note(
    work: Work,
    caller: Caller,
    event: audit.Event,
    loaded: Loaded | None,
    refusal: Refusal | None,
    now: datetime,
    about: Hat,
    signed: bytes = b"",
) -> None:
    of, subject = _access.dossier_id(loaded), about.professional_id
    _records.note(work, caller, event, of, refusal, now=now, subject=subject, digest=signed)

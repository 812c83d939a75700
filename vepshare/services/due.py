"""What happens by itself: consents that begin and end, witnesses who never came."""

from datetime import datetime

from vepshare import audit, policy
from vepshare.dossier import State
from vepshare.ids import DossierId, RequestId, new_id
from vepshare.services import _draining, _facts, _keys
from vepshare.services._facts import Loaded
from vepshare.services._notices import Notice
from vepshare.services._notices import note as tell
from vepshare.storage import Store, TaskKind, Work

_BATCH = 100


def run_due(store: Store, *, now: datetime) -> int:
    """Bring the keys of every dossier into line with the calendar; return how many there were.

    Decisions refuse from the first instant all by themselves; this destroys the wraps, lets
    the keys move on, and logs it. Each dossier is a transaction of its own, and running it
    again changes nothing.

    Source: V2, V4, R9
    """
    done = 0
    while True:
        with store.peek() as work:
            due = work.consents.due(now=now, most=_BATCH)
        for dossier_id, at in due:
            with store.begin() as work:
                _bring_into_line(work, dossier_id, at, now)
        done += len(due)
        if len(due) < _BATCH:
            break
    tell(Notice.DUE_RUN, dossiers=done)
    _tell_of_undrained(store, now)
    return done


def _tell_of_undrained(store: Store, now: datetime) -> None:
    """Tell operators of each dossier whose older keys have waited too long for a holder."""
    with store.peek() as work:
        waiting = work.keys.undrained(before=now - _draining.WITHIN, most=_BATCH)
    for dossier_id in waiting:
        tell(Notice.UNDRAINED, dossier=dossier_id)


def _bring_into_line(work: Work, dossier_id: DossierId, at: datetime, now: datetime) -> None:
    reference = work.dossiers.references((dossier_id,))[dossier_id]
    loaded = _facts.to_change(work, reference)
    if loaded is not None and loaded.dossier.state is not State.ERASED:
        _keys.align(work, dossier_id, loaded.register, caller=None, now=now)
        # One that was replaced or taken back before has ended already, and was told then.
        ended = any(grant.ends == at == grant.over(now) for grant in loaded.register.grants)
        if ended:
            _log(work, dossier_id, now)
            _tell_referent(work, loaded, TaskKind.CONSENT_ENDED, now)
        if _witness_missing(loaded, at, now):
            _tell_referent(work, loaded, TaskKind.WITNESS_MISSING, now)
        if loaded.dossier.state is State.ACTIVE and not _anything_left(loaded, now):
            work.dossiers.set_state(dossier_id, State.LAPSED)
    work.consents.done(dossier_id, at, now=now)


def _log(work: Work, dossier_id: DossierId, now: datetime) -> None:
    record = audit.Record(
        event=audit.Event.CONSENT_EXPIRED,
        outcome=audit.Outcome.ALLOWED,
        actor=None,
        organisation=None,
        dossier=dossier_id,
        ground="V2",
        request=RequestId(new_id()),
    )
    work.log.append(record, now=now)


def _tell_referent(work: Work, loaded: Loaded, kind: TaskKind, now: datetime) -> None:
    referent = loaded.facts.referent_id
    work.tasks.add(kind, loaded.dossier.id, professional_id=referent, now=now)


def _witness_missing(loaded: Loaded, at: datetime, now: datetime) -> bool:
    return any(
        not one.confirmed and one.recorded_at + policy.CONFIRMATION == at <= now
        for one in loaded.register.consents
    )


def _anything_left(loaded: Loaded, now: datetime) -> bool:
    waiting = any(
        not one.confirmed and now <= one.recorded_at + policy.CONFIRMATION
        for one in loaded.register.consents
    )
    return waiting or any(
        grant.confirmed and grant.over(now) is None for grant in loaded.register.grants
    )

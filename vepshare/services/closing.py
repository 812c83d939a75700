"""When sharing has stopped: the closing sheet, keeping under seal, erasing (S02)."""

from dataclasses import dataclass
from datetime import date, datetime

from vepshare import audit, policy
from vepshare.consent import add_months, local_day
from vepshare.dossier import Compartment, State
from vepshare.ids import DossierId, OrganisationId
from vepshare.people import Profession
from vepshare.policy import Refusal
from vepshare.services import _access, _alarm, _facts, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import InvalidError
from vepshare.services._facts import Loaded
from vepshare.services.overview import Reading, readings
from vepshare.storage import Store, Work

_LONGEST_SEAL_MONTHS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ToInform:
    """A service to tell by word of mouth that sharing has ended, and since when."""

    organisation_id: OrganisationId
    profession: Profession
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingSheet:
    """What the referent keeps when sharing has stopped: no content (S02).

    `readings` are there so that she can still be told who has read what (R8).
    """

    reference: str
    pseudonym: str
    state: State
    opened_on: date
    stopped_on: date | None
    sealed_until: date | None
    to_inform: tuple[ToInform, ...]
    readings: tuple[Reading, ...]


def read_sheet(store: Store, caller: Caller, reference: str, *, now: datetime) -> ClosingSheet:
    """Return the closing sheet of a dossier the caller accompanied.

    Raises:
        UnknownDossierError, AccessEndedError: for everybody else, or while sharing goes on.

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        refusal = _may_close(loaded, caller, now)
        event, of = audit.Event.CLOSING_SHEET_READ, _access.dossier_id(loaded)
        _records.note(work, caller, event, of, refusal, now=now)
        found: tuple[Reading, ...] = ()
        if loaded is not None and refusal is None:
            found = readings(work, loaded.dossier.id, frozenset(Compartment))
    if loaded is None or refusal is not None:
        _access.refuse(loaded, caller, refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    return _sheet(loaded, found, now)


def _may_close(loaded: Loaded | None, caller: Caller, now: datetime) -> Refusal | None:
    if loaded is None:
        return Refusal.UNKNOWN_DOSSIER
    return policy.decide_closing_sheet(loaded.facts, caller.actor, now=now)


def _sheet(loaded: Loaded, found: tuple[Reading, ...], now: datetime) -> ClosingSheet:
    ends: dict[tuple[OrganisationId, Profession], datetime] = {}
    for grant in loaded.register.grants:
        over = grant.over(now)
        if over is not None:
            service = (grant.organisation_id, grant.profession)
            ends[service] = max(over, ends.get(service, over))
    return ClosingSheet(
        reference=loaded.dossier.reference,
        pseudonym=loaded.dossier.pseudonym,
        state=loaded.dossier.state,
        opened_on=local_day(loaded.dossier.opened_at),
        stopped_on=local_day(max(ends.values())) if ends else None,
        sealed_until=loaded.dossier.sealed_until,
        to_inform=tuple(
            ToInform(organisation_id=organisation, profession=profession, since=local_day(at))
            for (organisation, profession), at in sorted(ends.items(), key=lambda one: one[1])
        ),
        readings=found,
    )


def seal(store: Store, caller: Caller, reference: str, until: date, *, now: datetime) -> None:
    """Keep a dossier under seal until a day, five years ahead at most; nobody can read it.

    Raises:
        UnknownDossierError, AccessEndedError: the caller has no closing sheet.
        InvalidError: the day is past, or too far.

    """
    today = local_day(now)
    if not today < until <= add_months(today, _LONGEST_SEAL_MONTHS):
        raise InvalidError({"until": "out_of_range"})
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_close(loaded, caller, now)
        if loaded is not None and refusal is None:
            work.dossiers.set_state(loaded.dossier.id, State.SEALED, sealed_until=until)
        event, of = audit.Event.DOSSIER_SEALED, _access.dossier_id(loaded)
        _records.note(work, caller, event, of, refusal, now=now)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)


def erase(store: Store, caller: Caller, reference: str, *, now: datetime) -> int:
    """Destroy the keys and the entries of a dossier; return how many versions there were.

    The log keeps the reference, the dates, the actors and the outcomes (S02-A2).

    Raises:
        UnknownDossierError, AccessEndedError: the caller has no closing sheet.

    """
    erased = 0
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_close(loaded, caller, now)
        if loaded is not None and refusal is None:
            erased = destroy(work, loaded.dossier.id, now=now)
        event, of = audit.Event.DOSSIER_ERASED, _access.dossier_id(loaded)
        _records.note(work, caller, event, of, refusal, now=now, count=erased)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)
    return erased


def destroy(work: Work, dossier_id: DossierId, *, now: datetime) -> int:
    """Destroy the keys and the entries of a dossier for good; return how many versions.

    The ledger is told, so that no older backup brings them back.

    Source: R55
    """
    work.keys.destroy(dossier_id)
    erased = work.entries.destroy(dossier_id)
    work.tasks.destroy(dossier_id)
    work.dossiers.set_state(dossier_id, State.ERASED)
    work.ledger.erased(dossier_id, at=now)
    return erased

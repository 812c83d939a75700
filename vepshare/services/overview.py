"""« Qui voit quoi » and « Qui a lu »: from the same function that enforces it, and from the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from vepshare import audit, policy
from vepshare.crypto import Part
from vepshare.dossier import Compartment
from vepshare.ids import DossierId, OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession
from vepshare.policy import Ceiling, Holder, Level, Overview, Refusal
from vepshare.services import _access, _alarm, _facts, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError
from vepshare.services._facts import Loaded
from vepshare.services._recipients import Recipients
from vepshare.storage import LogFilter, Store, Work

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """Who can see one compartment, at which level, by which consent, until when.

    `pending`: an older key still waits for somebody who holds it.
    """

    holder: Holder
    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """That a service read something, and when (« Qui a lu »)."""

    organisation_id: OrganisationId
    profession: Profession
    compartments: tuple[Compartment, ...]
    time: datetime


def explain(
    store: Store, caller: Caller, reference: str, *, now: datetime
) -> tuple[HolderView, ...]:
    """Return who sees what, in the order of the matrix, as far as the caller may know.

    Source: V6, S01-R5, S05-R4
    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded, overview = _begin(work, caller, reference, audit.Event.OVERVIEW_READ, now)
        found = () if loaded is None else _holders(work, loaded, now)
    if loaded is None or overview.refusal is not None:
        _access.refuse(loaded, caller, overview.refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    return tuple(one for one in found if _shown(one.holder, overview, caller.hat))


def _begin(
    work: Work, caller: Caller, reference: str, event: audit.Event, now: datetime
) -> tuple[Loaded | None, Overview]:
    loaded = _facts.to_read(work, reference)
    overview = (
        Overview(refusal=Refusal.UNKNOWN_DOSSIER)
        if loaded is None
        else policy.decide_overview(loaded.facts, caller.actor, now=now)
    )
    of = _access.dossier_id(loaded)
    _records.note(work, caller, event, of, overview.refusal, now=now)
    return loaded, overview


def _holders(work: Work, loaded: Loaded, now: datetime) -> tuple[HolderView, ...]:
    owed = {
        (one.compartment, one.part, one.recipient_key) for one in work.keys.owed(loaded.dossier.id)
    }
    resolve = Recipients(work, loaded.register)
    order = list(Compartment)
    found = sorted(
        policy.holders(loaded.register, now=now),
        key=lambda one: (order.index(one.compartment), one.profession, str(one.organisation_id)),
    )
    return tuple(
        HolderView(
            holder=one,
            pending=any((one.compartment, _part(one), key) in owed for key, _ in resolve(one)),
        )
        for one in found
    )


def _part(one: Holder) -> str:
    return Part.FLAG if one.level is Level.FLAG else Part.BODY


def _shown(one: Holder, overview: Overview, hat: Hat) -> bool:
    if one.compartment not in overview.compartments:
        return False
    mine = (one.organisation_id, one.profession) == (hat.organisation_id, hat.profession)
    return mine or not overview.own_only


def readers(store: Store, caller: Caller, reference: str, *, now: datetime) -> tuple[Reading, ...]:
    """Return which services have read which compartments, latest first, from the log itself.

    Source: R49
    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded, overview = _begin(work, caller, reference, audit.Event.READERS_READ, now)
        found: tuple[Reading, ...] = ()
        if loaded is not None and overview.refusal is None:
            found = readings(work, loaded.dossier.id, overview.compartments)
    if loaded is None or overview.refusal is not None:
        _access.refuse(loaded, caller, overview.refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    own = (caller.hat.organisation_id, caller.hat.profession)
    return tuple(
        one
        for one in found
        if not overview.own_only or (one.organisation_id, one.profession) == own
    )


def readings(
    work: Work, dossier_id: DossierId, shown: frozenset[Compartment]
) -> tuple[Reading, ...]:
    """Return who has read any of the compartments *shown*, latest first, from the log itself."""
    wanted = LogFilter(
        dossier=dossier_id,
        event=audit.Event.DOSSIER_READ.value,
        outcome=audit.Outcome.ALLOWED.value,
    )
    found = (_reading(one, shown) for one in work.log.find(wanted, before=None, most=_MOST))
    return tuple(one for one in found if one is not None)


def _reading(entry: audit.Entry, shown: frozenset[Compartment]) -> Reading | None:
    read = tuple(one for one in Compartment if one.value in entry.compartments and one in shown)
    if not read or entry.organisation is None:
        return None
    return Reading(
        organisation_id=entry.organisation,
        profession=Profession(entry.profession),
        compartments=read,
        time=entry.time,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MyAccess:
    """What a function can see at most, whatever anybody consents to (« Mes accès »)."""

    hat: Hat
    ceiling: Mapping[Compartment, Ceiling | None]
    version: str
    professional_id: ProfessionalId


def my_access(store: Store, caller: Caller, *, now: datetime) -> MyAccess:
    """Return the ceiling of the caller's function, compartment by compartment.

    Raises:
        ActRefusedError: the account, the function or the undertaking is not in force.

    """
    with store.begin() as work:
        refusal = policy.decide_standing(caller.standing, now=now)
        _records.note(work, caller, audit.Event.ACCESS_READ, None, refusal, now=now)
    if refusal is not None:
        raise ActRefusedError(refusal)
    cells = {one: policy.matrix().cell(caller.hat.profession, one) for one in Compartment}
    return MyAccess(
        hat=caller.hat,
        ceiling=MappingProxyType(cells),
        version=policy.matrix().version,
        professional_id=caller.id,
    )

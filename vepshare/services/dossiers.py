"""Reading a dossier: decide, log, commit, and only then unseal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, policy
from vepshare.consent import Purpose
from vepshare.dossier import (
    Compartment,
    State,
)
from vepshare.ids import DossierId
from vepshare.policy import Decision, Level, Refusal
from vepshare.services import _access, _alarm, _draining, _facts, _handover, _records
from vepshare.services._caller import Caller
from vepshare.services._facts import Loaded
from vepshare.services._unsealing import EntryView, Opener
from vepshare.storage import EntryRow, Sealed, Store, TaskKind, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentView:
    """What a reader sees of one compartment: its level, and the entries their keys open."""

    level: Level
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """A dossier as one reader sees it. A compartment that is not granted is absent (V6)."""

    id: DossierId
    reference: str
    pseudonym: str
    state: State
    referent: bool
    place_declared: bool
    compartments: Mapping[Compartment, CompartmentView]


def read_dossier(
    store: Store, caller: Caller, reference: str, *, purpose: Purpose, now: datetime
) -> DossierView:
    """Disclose to *caller* their part of a dossier, after logging that they read it.

    Raises:
        UnknownDossierError, AccessEndedError: V5.
        TamperedError: a value or a key is not what was stored; nothing is disclosed.

    Source: V1, V8

    """
    with _alarm.watching(store, caller, reference, now=now):
        with store.begin() as work:
            loaded = _facts.to_read(work, reference)
            decision = _decide(loaded, caller, now)
            sealed = fetch(work, caller, loaded, decision)
            # The entry comes last: others who read wait for the head of the log until the commit.
            _log_reading(work, caller, loaded, decision, purpose, now)
        # Committed: the log tells of this reading, whatever happens next.
        if loaded is None or decision.refusal is not None:
            _access.refuse(loaded, caller, decision.refusal or Refusal.UNKNOWN_DOSSIER, now=now)
        opener = Opener(
            loaded.dossier.id,
            caller,
            loaded.register,
            wraps=sealed.wraps,
            entry_wraps=sealed.entry_wraps,
            anonymous=decision.flags_only,
            now=now,
        )
        view = _view(loaded, caller, decision, sealed, opener)
        if _draining.due(sealed.wraps):
            _draining.drain(store, caller, reference, now=now)
        if loaded.dossier.awaited:
            _handover.hand_over(store, caller, reference, sealed.wraps, now=now)
    return view


def _decide(loaded: Loaded | None, caller: Caller, now: datetime) -> Decision:
    if loaded is None:
        return Decision(refusal=Refusal.UNKNOWN_DOSSIER)
    return policy.decide_reading(loaded.facts, caller.actor, now=now)


def _log_reading(
    work: Work,
    caller: Caller,
    loaded: Loaded | None,
    decision: Decision,
    purpose: Purpose,
    now: datetime,
) -> None:
    if loaded is not None and Compartment.PROTECTED_PLACE in decision.cells:
        # Each opening of the address is told to whoever accompanies her (R30, S05-A2).
        work.tasks.add(
            TaskKind.PLACE_OPENED,
            loaded.dossier.id,
            professional_id=loaded.facts.referent_id,
            now=now,
        )
    event, refusal = audit.Event.DOSSIER_READ, decision.refusal
    of = _access.dossier_id(loaded)
    _records.note(
        work,
        caller,
        event,
        of,
        refusal,
        now=now,
        cells=decision.cells,
        purpose=purpose,
        last=True,
    )


def fetch(work: Work, caller: Caller, loaded: Loaded | None, decision: Decision) -> Sealed:
    """Return what the cells of *decision* hold, sealed, with the wraps of the caller's keys."""
    if loaded is None or not decision.cells:
        return Sealed()
    return work.readings.sealed(loaded.dossier.id, decision.cells, caller.key_ids)


def _view(
    loaded: Loaded, caller: Caller, decision: Decision, sealed: Sealed, opener: Opener
) -> DossierView:
    by_compartment: dict[Compartment, list[EntryRow]] = {}
    for row in sealed.rows:
        by_compartment.setdefault(row.compartment, []).append(row)
    return DossierView(
        id=loaded.dossier.id,
        reference=loaded.dossier.reference,
        pseudonym=loaded.dossier.pseudonym,
        state=loaded.dossier.state,
        referent=loaded.facts.referent_id == caller.id,
        place_declared=loaded.register.place is not None,
        compartments={
            compartment: CompartmentView(
                level=cell.level,
                entries=tuple(opener.views(cell, by_compartment.get(compartment, ()))),
            )
            for compartment, cell in decision.cells.items()
        },
    )

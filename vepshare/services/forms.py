"""What a form says before it is filled in: whom it is about, and who will read it."""

from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, policy
from vepshare.dossier import Compartment
from vepshare.policy import Decision, Holder, Level, Refusal
from vepshare.services import _access, _alarm, _facts, _records
from vepshare.services._caller import Caller
from vepshare.services._facts import Loaded
from vepshare.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """An empty form for one compartment.

    `readers` will read the entry whole, `flag_readers` its flag values, `addressees` only if
    it is addressed to them. The writer's own service is in none of the three.
    """

    reference: str
    pseudonym: str
    level: Level
    readers: tuple[Holder, ...]
    flag_readers: tuple[Holder, ...]
    addressees: tuple[Holder, ...]


def entry_form(
    store: Store, caller: Caller, reference: str, compartment: Compartment, *, now: datetime
) -> EntryForm:
    """Return the form for a new entry, after logging that it was shown.

    Raises:
        UnknownDossierError, AccessEndedError, ActRefusedError: the caller may not write there.

    Source: V1, V8

    """
    with _alarm.watching(store, caller, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        decision = _decide(loaded, caller, compartment, now)
        _records.note(
            work,
            caller,
            audit.Event.FORM_SHOWN,
            _access.dossier_id(loaded),
            decision.refusal,
            now=now,
            compartments={compartment: _records.NAMED},
        )
    if loaded is None or decision.refusal is not None:
        _access.refuse(loaded, caller, decision.refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    return _form(loaded, caller, compartment, decision.cells[compartment].level, now)


def _decide(
    loaded: Loaded | None, caller: Caller, compartment: Compartment, now: datetime
) -> Decision:
    if loaded is None:
        return Decision(refusal=Refusal.UNKNOWN_DOSSIER)
    return policy.decide_writing(loaded.facts, caller.actor, compartment, now=now)


def _form(
    loaded: Loaded, caller: Caller, compartment: Compartment, level: Level, now: datetime
) -> EntryForm:
    mine = (caller.hat.organisation_id, caller.hat.profession)
    others = [
        one
        for one in policy.holders(loaded.register, now=now)
        if one.compartment is compartment and (one.organisation_id, one.profession) != mine
    ]
    return EntryForm(
        reference=loaded.dossier.reference,
        pseudonym=loaded.dossier.pseudonym,
        level=level,
        readers=tuple(one for one in others if _reads(one, caller)),
        flag_readers=tuple(one for one in others if one.level is Level.FLAG),
        addressees=tuple(
            one for one in others if one.level is Level.WRITE_OWN and not _reads(one, caller)
        ),
    )


def _reads(one: Holder, caller: Caller) -> bool:
    """Tell whether a holder reads what the caller writes without being addressed."""
    if one.level is Level.WRITE_OWN:
        return one.organisation_id == caller.hat.organisation_id
    return one.level is not Level.FLAG

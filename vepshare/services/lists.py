"""Lists and searches: which dossiers a professional may open, and nothing of what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, policy
from vepshare.dossier import Compartment, State
from vepshare.policy import Decision, Level
from vepshare.services import _access, _alarm, _facts, _records
from vepshare.services._caller import Caller
from vepshare.services._facts import Loaded
from vepshare.services._unsealing import Opener
from vepshare.services.dossiers import fetch
from vepshare.storage import Sealed, Store, Work

_NAMES = ("family_name", "first_name", "usual_name", "chosen_first_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierLine:
    """A dossier in a list: no value, no name (R26)."""

    reference: str
    pseudonym: str
    state: State
    referent: bool


def may_open(caller: Caller, *, now: datetime) -> bool:
    """Tell whether the caller's function may open a dossier on a consent."""
    return policy.decide_opening(caller.actor, now=now) is None


def list_dossiers(store: Store, caller: Caller, *, now: datetime) -> tuple[DossierLine, ...]:
    """Return the dossiers the caller may open now, after logging that they listed them.

    Source: V10, R26
    """
    with _alarm.watching(store, caller, now=now), store.begin() as work:
        lines = _lines(_open_to(work, caller, now), caller)
        event = audit.Event.DOSSIER_LISTED
        _records.note(work, caller, event, None, None, now=now, count=len(lines))
    return lines


def search_dossiers(
    store: Store, caller: Caller, wanted: str, *, now: datetime
) -> tuple[DossierLine, ...]:
    """Return those of the caller's own dossiers that *wanted* names exactly.

    By reference or pseudonym, or by her name where the caller may read it. Whoever is no
    participant gets the same empty answer for a name that is in a dossier and for one that is
    in none.

    Source: V10, S01-R3
    """
    with _alarm.watching(store, caller, now=now):
        with store.begin() as work:
            mine = _open_to(work, caller, now)
            event = audit.Event.DOSSIER_SEARCHED
            _records.note(work, caller, event, None, None, now=now, count=len(mine))
            sealed = {
                one.dossier.id: fetch(work, caller, one, _identity_only(one, caller, now))
                for one in mine
            }
        found = [
            one
            for one in mine
            if _folded(wanted) in {_folded(one.dossier.reference), _folded(one.dossier.pseudonym)}
            or _named(one, caller, sealed[one.dossier.id], wanted, now)
        ]
    return _lines(tuple(found), caller)


def _open_to(work: Work, caller: Caller, now: datetime) -> tuple[Loaded, ...]:
    ids = work.dossiers.of(caller.hat)
    return tuple(one for one in _facts.several(work, ids) if _access.visible(one, caller, now=now))


def _lines(found: tuple[Loaded, ...], caller: Caller) -> tuple[DossierLine, ...]:
    return tuple(
        DossierLine(
            reference=one.dossier.reference,
            pseudonym=one.dossier.pseudonym,
            state=one.dossier.state,
            referent=one.facts.referent_id == caller.id,
        )
        for one in found
    )


def _identity_only(loaded: Loaded, caller: Caller, now: datetime) -> Decision:
    cells = policy.decide_reading(loaded.facts, caller.actor, now=now).cells
    cell = cells.get(Compartment.IDENTITY)
    if cell is None or cell.level is Level.FLAG:
        return Decision()
    return Decision(cells={Compartment.IDENTITY: cell})


def _named(loaded: Loaded, caller: Caller, sealed: Sealed, wanted: str, now: datetime) -> bool:
    opener = Opener(
        loaded.dossier.id,
        caller,
        loaded.register,
        wraps=sealed.wraps,
        entry_wraps=sealed.entry_wraps,
        now=now,
    )
    for cell in _identity_only(loaded, caller, now).cells.values():
        for view in opener.views(cell, sealed.rows):
            if view.values is not None and view.values.satisfies(
                lambda values: _has_name(values, wanted)
            ):
                return True
    return False


def _has_name(values: Mapping[str, object], wanted: str) -> bool:
    words = set(_folded(wanted).split())
    names = " ".join(str(values[key]) for key in _NAMES if key in values)
    return bool(words) and words <= set(_folded(names).split())


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())

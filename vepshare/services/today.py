"""« Aujourd'hui »: what somebody has to do, without an identity on the screen."""

from dataclasses import dataclass
from datetime import date, datetime

from vepshare import audit, policy
from vepshare.consent import local_day
from vepshare.dossier import State
from vepshare.ids import TaskId
from vepshare.policy import Refusal
from vepshare.services import _access, _alarm, _facts, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError
from vepshare.services._facts import Loaded
from vepshare.storage import Store, TaskKind, Work

_ENDS_WITHIN_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One thing to do. The pseudonym is there only for somebody who may open the dossier."""

    id: TaskId
    kind: TaskKind
    created_at: datetime
    reference: str
    pseudonym: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A dossier whose consent for the caller's service ends soon (R9)."""

    reference: str
    pseudonym: str
    on: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The page of the day."""

    tasks: tuple[TaskView, ...]
    endings: tuple[Ending, ...]
    dossiers: int
    closing: tuple[str, ...]


def today(store: Store, caller: Caller, *, now: datetime) -> Today:
    """Return what the caller has to do, and which consents end soon, after logging it."""
    with _alarm.watching(store, caller, now=now), store.begin() as work:
        refusal = policy.decide_standing(caller.standing, now=now)
        _records.note(work, caller, audit.Event.TASKS_READ, None, refusal, now=now)
        found = _today(work, caller, now) if refusal is None else None
    if found is None:
        raise ActRefusedError(refusal or Refusal.ACCOUNT_INACTIVE)
    return found


def _today(work: Work, caller: Caller, now: datetime) -> Today:
    tasks = work.tasks.open_for(caller.hat)
    mine = frozenset(work.dossiers.of(caller.hat)) | {one.dossier_id for one in tasks}
    loaded = {one.dossier.id: one for one in _facts.several(work, mine)}
    open_to_me = [one for one in loaded.values() if _access.visible(one, caller, now=now)]
    visible = {one.dossier.id for one in open_to_me}
    return Today(
        tasks=tuple(
            TaskView(
                id=one.id,
                kind=one.kind,
                created_at=one.created_at,
                reference=loaded[one.dossier_id].dossier.reference,
                pseudonym=loaded[one.dossier_id].dossier.pseudonym
                if one.dossier_id in visible
                else None,
            )
            for one in tasks
            if _concerns(loaded[one.dossier_id], caller)
        ),
        endings=tuple(ending for one in open_to_me if (ending := _ending(one, caller, now))),
        dossiers=len(open_to_me),
        closing=tuple(
            one.dossier.reference
            for one in loaded.values()
            if policy.decide_closing_sheet(one.facts, caller.actor, now=now) is None
        ),
    )


def _concerns(loaded: Loaded, caller: Caller) -> bool:
    """Leave out what belongs to a dossier from which the caller is kept out (V7)."""
    return loaded.register.bar(caller.hat) is None and loaded.dossier.state is not State.ERASED


def _ending(loaded: Loaded, caller: Caller, now: datetime) -> Ending | None:
    cells = policy.decide_reading(loaded.facts, caller.actor, now=now).cells
    if not cells:
        return None
    last = local_day(max(cell.grant.ends for cell in cells.values()))
    days = (last - local_day(now)).days
    if days > _ENDS_WITHIN_DAYS:
        return None
    dossier = loaded.dossier
    return Ending(reference=dossier.reference, pseudonym=dossier.pseudonym, on=last, days=days)


def take_up(store: Store, caller: Caller, task_id: TaskId, *, now: datetime) -> str | None:
    """Strike a task off and return the reference of its dossier; None for one that is not shown."""
    with _alarm.watching(store, caller, now=now), store.begin() as work:
        task = next((one for one in work.tasks.open_for(caller.hat) if one.id == task_id), None)
        loaded = () if task is None else _facts.several(work, {task.dossier_id})
        work.tasks.finish(task_id, caller.hat, now=now)
        event = audit.Event.TASKS_READ
        _records.note(work, caller, event, None, None, now=now, subject=task_id)
    shown = (one.dossier.reference for one in loaded if _concerns(one, caller))
    return next(shown, None)


def finish(store: Store, caller: Caller, task_id: TaskId, *, now: datetime) -> None:
    """Strike a task off the caller's page; one that is not on it is left alone."""
    with store.begin() as work:
        work.tasks.finish(task_id, caller.hat, now=now)
        event = audit.Event.TASKS_READ
        _records.note(work, caller, event, None, None, now=now, subject=task_id)

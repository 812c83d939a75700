"""What the database and the log keep of somebody's ways to unlock."""

from datetime import datetime

from vepshare import audit
from vepshare.crypto import Method
from vepshare.services import _records
from vepshare.services._caller import Caller
from vepshare.storage import UnlockRow, Work

MOST_DEVICES = 10
"""The one that was not used for longest makes room for another."""


def ground(kind: str) -> str:
    """Return how the log names a kind of ways to unlock."""
    return f"unlock.{kind}"


def add(work: Work, caller: Caller, row: UnlockRow, *, now: datetime) -> None:
    """Keep a way to unlock; a kit replaces the one before."""
    work.sessions.lock_methods(caller.id)
    same = [one for one in work.sessions.methods(caller.id) if one.kind == row.kind]
    if row.kind == Method.KIT.value:
        remove(work, caller, *same, now=now)
    elif row.kind == Method.DEVICE.value and len(same) >= MOST_DEVICES:
        remove(work, caller, min(same, key=lambda one: one.used_at), now=now)
    work.sessions.add_method(row)
    _note(work, caller, audit.Event.UNLOCK_ADDED, row, now)


def remove(work: Work, caller: Caller, *rows: UnlockRow, now: datetime) -> None:
    """Destroy ways to unlock."""
    work.sessions.drop_methods(rows)
    for row in rows:
        _note(work, caller, audit.Event.UNLOCK_REMOVED, row, now)


def _note(work: Work, caller: Caller, event: audit.Event, row: UnlockRow, now: datetime) -> None:
    by = ground(row.kind)
    _records.note(work, caller, event, None, None, now=now, ground=by, subject=row.id)

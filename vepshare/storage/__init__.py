"""Storage: rows in, values out; no keys, no plaintext. SQLite and PostgreSQL, the same code."""

from vepshare.storage._log import LogFilter
from vepshare.storage._migrate import current_revision, migrate
from vepshare.storage._rows import (
    EntryRow,
    EntryWrap,
    Epoch,
    KeyWrap,
    LiveSession,
    MemberWrap,
    PendingWrap,
    PlatformRow,
    PublicKeys,
    ServiceKey,
    SessionRow,
    Task,
    TaskKind,
    UnlockRow,
)
from vepshare.storage._store import LostRaceError, Store, Work

__all__ = [
    "EntryRow",
    "EntryWrap",
    "Epoch",
    "KeyWrap",
    "LiveSession",
    "LogFilter",
    "LostRaceError",
    "MemberWrap",
    "PendingWrap",
    "PlatformRow",
    "PublicKeys",
    "ServiceKey",
    "SessionRow",
    "Store",
    "Task",
    "TaskKind",
    "UnlockRow",
    "Work",
    "current_revision",
    "migrate",
]

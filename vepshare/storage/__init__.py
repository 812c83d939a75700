"""Storage: rows in, values out; no keys, no plaintext. SQLite and PostgreSQL, the same code."""

from vepshare.storage._backups import Cell, PlaceTakenError, columns, new_file, tables
from vepshare.storage._errors import LostRaceError
from vepshare.storage._ledger import LedgerFact
from vepshare.storage._log import LogFilter
from vepshare.storage._migrate import (
    current_revision,
    migrate,
    migrate_within,
    newest_revision,
)
from vepshare.storage._readings import Sealed, Stored
from vepshare.storage._rows import (
    EntryRow,
    EntryWrap,
    Epoch,
    KeyStatement,
    KeyWrap,
    LiveSession,
    LogKeyRow,
    MemberWrap,
    PendingWrap,
    PepperRow,
    PepperState,
    PlatformRow,
    PublicKeys,
    PublishedKey,
    ServiceKey,
    SessionRow,
    SignedAct,
    StatementKind,
    Task,
    TaskKind,
    UnlockRow,
)
from vepshare.storage._store import Store, Work

__all__ = [
    "Cell",
    "EntryRow",
    "EntryWrap",
    "Epoch",
    "KeyStatement",
    "KeyWrap",
    "LedgerFact",
    "LiveSession",
    "LogFilter",
    "LogKeyRow",
    "LostRaceError",
    "MemberWrap",
    "PendingWrap",
    "PepperRow",
    "PepperState",
    "PlaceTakenError",
    "PlatformRow",
    "PublicKeys",
    "PublishedKey",
    "Sealed",
    "ServiceKey",
    "SessionRow",
    "SignedAct",
    "StatementKind",
    "Store",
    "Stored",
    "Task",
    "TaskKind",
    "UnlockRow",
    "Work",
    "columns",
    "current_revision",
    "migrate",
    "migrate_within",
    "new_file",
    "newest_revision",
    "tables",
]

"""Notices to operators: codes, ids and numbers, through this one door."""

from enum import StrEnum
from uuid import UUID

import structlog


class Notice(StrEnum):
    """What an operator is told of."""

    STARTED = "started"
    TAMPERED = "tampered"
    LOG_UNAVAILABLE = "log_unavailable"
    CUSTODY_UNAVAILABLE = "custody_unavailable"
    UNEXPECTED = "unexpected"
    DUE_RUN = "due_run"
    UNDRAINED = "undrained"
    NOT_MOVED = "not_moved"
    LEDGER_UNWRITTEN = "ledger_unwritten"


def note(notice: Notice, **facts: UUID | int | StrEnum | str) -> None:
    """Tell the operator *notice*. Facts are ids, numbers and codes of one word, never prose."""
    for value in facts.values():
        if isinstance(value, str) and not value.replace("_", "").replace(".", "").isalnum():
            raise ValueError("a notice holds codes and ids only")
    shown = {name: value if isinstance(value, int) else str(value) for name, value in facts.items()}
    structlog.get_logger("vepshare").info(notice.value, **shown)

"""Failed attempts to unlock an account: counted by login, whether it exists or not."""

import hashlib
from datetime import datetime, timedelta

from vepshare.services._errors import ThrottledError
from vepshare.storage import Work

WINDOW = timedelta(minutes=15)
MOST = 10


def throttle(work: Work, login: str, *, now: datetime) -> None:
    """Let an attempt through.

    Raises:
        ThrottledError: too many have failed in the last quarter of an hour.

    """
    if work.sessions.count_attempts(_account(login), since=now - WINDOW) >= MOST:
        raise ThrottledError(int(WINDOW.total_seconds()))


def count(work: Work, login: str, *, now: datetime) -> None:
    """Count one more that failed."""
    work.sessions.note_attempt(_account(login), now=now, forget_before=now - WINDOW)


def forget(work: Work, login: str) -> None:
    """Forget those that failed, after one that succeeded."""
    work.sessions.forget_attempts(_account(login))


def _account(login: str) -> bytes:
    return hashlib.sha256(login.casefold().encode()).digest()

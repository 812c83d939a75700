"""The keys that sign the log, one after the other, and why each of them is believed."""

from hashlib import sha256
from itertools import pairwise

from vepshare import audit
from vepshare.errors import TamperedError
from vepshare.services.custody import Custody
from vepshare.storage import LogKeyRow, PlatformRow, Work

GROUND = "log-key"
"""What an entry that announces a signing key rests on."""


def current(rows: tuple[LogKeyRow, ...]) -> LogKeyRow:
    """Return the key that signs now."""
    return next(one for one in rows if one.from_size is not None and one.until_size is None)


def waiting(rows: tuple[LogKeyRow, ...], custody: Custody) -> audit.LogSigner | None:
    """Return the announced key that waits to take over, if this process runs with it."""
    announced = {one.public for one in rows if one.from_size is None}
    return next((one for one in custody.log_keys if one.public in announced), None)


def digest(public: bytes) -> bytes:
    """Return what announces a key: the SHA-256 of its 32 bytes."""
    return sha256(public).digest()


def spans(work: Work, row: PlatformRow) -> tuple[audit.KeySpan, ...]:
    """Return which key signs which sizes, once every key after the first is accounted for.

    The table alone proves nothing, since whoever writes to the database can add a row: each key
    stands in an entry of the log below the checkpoint at which it takes over, and this checkpoint
    is there. That it bears both signatures is seen when it is opened.

    Raises:
        audit.CheckpointError: key; they do not follow from one another.

    """
    signed = [one for one in work.custody.log_keys() if one.from_size is not None]
    first = signed[0] if signed else None
    if first is None or (first.public, first.from_size) != (row.log_public, 0):
        raise audit.CheckpointError(audit.CheckpointProblem.KEY)
    for before, after in pairwise(signed):
        size = after.from_size
        kept = size is not None and work.log.has_checkpoint(size)
        if size != before.until_size or not kept or not _is_announced(work, after):
            raise audit.CheckpointError(audit.CheckpointProblem.KEY)
    if signed[-1].until_size is not None:
        raise audit.CheckpointError(audit.CheckpointProblem.KEY)
    return tuple(
        audit.KeySpan(public=one.public, first=one.from_size or 0, last=one.until_size)
        for one in signed
    )


def _is_announced(work: Work, row: LogKeyRow) -> bool:
    if row.announced is None or row.from_size is None or row.announced >= row.from_size:
        return False
    try:
        entry = work.log.entry(row.announced)
    except TamperedError:
        return False
    return (
        entry is not None
        and entry.event is audit.Event.KEY_ROTATED
        and entry.ground == GROUND
        and entry.digest == digest(row.public)
    )

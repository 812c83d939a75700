"""Appending: the next entry, its leaf, and the head that follows."""

from dataclasses import dataclass
from datetime import datetime

from vepshare.audit._canonical import encode
from vepshare.audit._entries import Record
from vepshare.audit._tree import Head, Node, leaf_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What storage writes for one entry, all of it in one transaction."""

    entry_bytes: bytes
    """Canonical, at most MAX_ENTRY_BYTES."""
    leaf: bytes
    """32 bytes."""
    index: int
    time: datetime
    head: Head
    nodes: tuple[Node, ...]
    """The perfect nodes this entry completed, level 1 and up; none twice in the life of a log."""


def append(head: Head, record: Record, *, now: datetime) -> Appended:
    """Return *record* as the entry that follows *head*. The caller holds the lock on the head.

    When the clock was set back, the entry takes the time of the one before it: the order of the
    times is part of what the log proves.

    Raises: EntryRefusedError, EntryTooLongError.
    """
    time = now if head.last_time is None else max(now, head.last_time)
    entry_bytes = encode(record, index=head.size, time=time)
    leaf = leaf_hash(entry_bytes)
    grown, nodes = head.grown(leaf, time)
    return Appended(
        entry_bytes=entry_bytes, leaf=leaf, index=head.size, time=time, head=grown, nodes=nodes
    )

"""Logs to test with, and the tree of RFC 6962 as its text defines it: recursive and slow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from vepshare import audit
from vepshare.ids import DossierId, OrganisationId, ProfessionalId, RequestId

MORNING = datetime(2027, 3, 2, 13, 35, tzinfo=UTC)
ORIGIN = "log.example.org/vepshare"
RECORD = audit.Record(
    event=audit.Event.DOSSIER_READ,
    outcome=audit.Outcome.ALLOWED,
    actor=ProfessionalId(UUID(int=1)),
    profession="SVA",
    organisation=OrganisationId(UUID(int=2)),
    dossier=DossierId(UUID(int=3)),
    compartments={"identity": "W", "health": "R"},
    purpose="coordination",
    ground="c1",
    reason="none",
    request=RequestId(UUID(int=4)),
    matrix="v0",
    digest=bytes(range(32)),
    subject=UUID(int=5),
    count=7,
)
BARE = audit.Record(
    event=audit.Event.LOG_READ,
    outcome=audit.Outcome.REFUSED,
    actor=None,
    organisation=None,
    dossier=None,
    request=RequestId(UUID(int=4)),
)


def make_record(**changes: Any) -> audit.Record:
    """Return a full record with *changes*, of the right types or not."""
    return replace(RECORD, **changes)


class Nodes:
    """Interior nodes and leaves in memory."""

    def __init__(self, hashes: dict[tuple[int, int], bytes]) -> None:
        self.hashes = hashes

    def get(self, level: int, index: int) -> bytes:
        """Return a hash, or raise KeyError."""
        return self.hashes[level, index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A whole log, as storage would keep it."""

    rows: list[audit.StoredEntry]
    heads: list[audit.Head]
    nodes: Nodes

    @property
    def head(self) -> audit.Head:
        """The last head."""
        return self.heads[-1]

    def checkpoint(self, size: int) -> audit.Checkpoint:
        """Return what was committed to at *size*."""
        return audit.Checkpoint(origin=ORIGIN, size=size, root=self.heads[size].root())


def make_log(size: int, *, record: audit.Record = BARE, rewritten_from: int | None = None) -> Log:
    """Return a log of *size* entries a second apart; from *rewritten_from* on, another story."""
    rows, heads, nodes = [], [audit.EMPTY], Nodes({})
    for index in range(size):
        told = rewritten_from is None or index < rewritten_from
        entry = record if told else replace(record, reason="rewritten")
        added = audit.append(heads[-1], entry, now=MORNING + timedelta(seconds=index))
        rows.append(make_row(index, added.entry_bytes))
        heads.append(added.head)
        nodes.hashes[0, index] = added.leaf
        nodes.hashes.update({(level, place): node for level, place, node in added.nodes})
    return Log(rows=rows, heads=heads, nodes=nodes)


def make_row(index: int, entry: bytes) -> audit.StoredEntry:
    """Return a row whose leaf is that of its entry."""
    return audit.StoredEntry(index=index, entry=entry, leaf=audit.leaf_hash(entry))


def forge(row: audit.StoredEntry) -> audit.StoredEntry:
    """Return *row* telling of something else, its leaf made to fit."""
    return make_row(row.index, row.entry.replace(b'"refused"', b'"allowed"'))


class Reference:
    """RFC 6962, sections 2.1, 2.1.1 and 2.1.2, word for word."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._entries = tuple(entries)
        self.root = cache(self._root)

    def _root(self, low: int, high: int) -> bytes:
        if low == high:
            return sha256(b"").digest()
        if high - low == 1:
            return sha256(b"\x00" + self._entries[low]).digest()
        middle = low + self.split(high - low)
        return sha256(b"\x01" + self.root(low, middle) + self.root(middle, high)).digest()

    @staticmethod
    def split(count: int) -> int:
        """Return the largest power of two smaller than *count*."""
        power = 1
        while power * 2 < count:
            power *= 2
        return power

    def path(self, index: int, low: int, high: int) -> tuple[bytes, ...]:
        """Return PATH(index, D[low:high])."""
        if high - low == 1:
            return ()
        middle = low + self.split(high - low)
        if index < middle - low:
            return (*self.path(index, low, middle), self.root(middle, high))
        return (*self.path(index - (middle - low), middle, high), self.root(low, middle))

    def proof(self, first: int, low: int, high: int, *, known: bool = True) -> tuple[bytes, ...]:
        """Return SUBPROOF(first, D[low:high], known)."""
        if first == high - low:
            return () if known else (self.root(low, high),)
        left = self.split(high - low)
        middle = low + left
        if first <= left:
            return (*self.proof(first, low, middle, known=known), self.root(middle, high))
        return (*self.proof(first - left, middle, high, known=False), self.root(low, middle))


def grow(entries: Sequence[bytes]) -> tuple[list[audit.Head], Nodes]:
    """Return the heads of every size and the nodes of a tree over *entries*."""
    heads, nodes = [audit.EMPTY], Nodes({})
    for index, entry in enumerate(entries):
        leaf = audit.leaf_hash(entry)
        head, completed = heads[-1].grown(leaf, MORNING)
        heads.append(head)
        nodes.hashes[0, index] = leaf
        nodes.hashes.update({(level, place): node for level, place, node in completed})
    return heads, nodes

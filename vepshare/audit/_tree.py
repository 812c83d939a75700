"""The Merkle tree of the log: hashes, and the head that grows by one leaf at a time.

Source: RFC 9162, section 2.1 (the hashes of RFC 6962, with SHA-256).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple, Self

from vepshare.errors import Tampered, TamperedError

HASH_BYTES: Final = 32

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORMAT = b"\x01"
_PREFIX_BYTES = 17


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of an entry's bytes as a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of two subtrees.

    The prefix differs from a leaf's, so that no entry can pass for a subtree.
    """
    return sha256(b"\x01" + left + right).digest()


class Node(NamedTuple):
    """The root of a perfect subtree: leaves place << level to (place + 1) << level, open."""

    level: int
    place: int
    hash: bytes


def carry(size: int, frontier: list[bytes], leaf: bytes) -> list[Node]:
    """Add leaf number *size* to *frontier* in place; return the perfect nodes this completed.

    As in binary addition, each one bit at the end of *size* merges two subtrees.
    """
    node, level, completed = leaf, 0, []
    while size >> level & 1:
        node = node_hash(frontier.pop(), node)
        level += 1
        completed.append(Node(level, size >> level, node))
    frontier.append(node)
    return completed


def fold(frontier: tuple[bytes, ...]) -> bytes:
    """Return the 32-byte root of the tree whose perfect subtrees are *frontier*, left to right."""
    if not frontier:
        return sha256().digest()
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """All that appending needs to know of the log so far (tête), in O(log size) hashes."""

    size: int
    frontier: tuple[bytes, ...]
    """Roots of the perfect subtrees, 32 bytes each, left to right."""
    last_time: datetime | None
    """Time of the last entry, UTC; None when the log is empty."""

    def __post_init__(self) -> None:
        """Raises: TamperedError when the parts do not belong together."""
        sound = (
            self.size >= 0
            and len(self.frontier) == self.size.bit_count()
            and all(len(one) == HASH_BYTES for one in self.frontier)
            and (self.last_time is None) == (self.size == 0)
        )
        if not sound:
            raise TamperedError(Tampered.LOG)

    def root(self) -> bytes:
        """Return the 32-byte root of the tree; of an empty log, the hash of nothing."""
        return fold(self.frontier)

    def appended(self, leaf: bytes, time: datetime) -> Self:
        """Return the head with one more *leaf* (32 bytes), entered at *time*."""
        return self.grown(leaf, time)[0]

    def grown(self, leaf: bytes, time: datetime) -> tuple[Self, tuple[Node, ...]]:
        """Return the head with one more *leaf* and the perfect nodes it completed, lowest first.

        Raises: TamperedError when *leaf* is not 32 bytes.
        """
        if len(leaf) != HASH_BYTES:
            raise TamperedError(Tampered.LOG)
        frontier = list(self.frontier)
        nodes = carry(self.size, frontier, leaf)
        head = type(self)(size=self.size + 1, frontier=tuple(frontier), last_time=time)
        return head, tuple(nodes)

    def encode(self) -> bytes:
        """Return the bytes of one column: 17 bytes, then 32 for each subtree.

        Format byte 1, size (8 bytes, big-endian), time in microseconds since 1970 (8 bytes,
        big-endian, signed; 0 when the log is empty), frontier.
        """
        elapsed = 0 if self.last_time is None else (self.last_time - _EPOCH) // _MICROSECOND
        numbers = self.size.to_bytes(8, "big") + elapsed.to_bytes(8, "big", signed=True)
        return _FORMAT + numbers + b"".join(self.frontier)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return the head whose bytes are *data*.

        Raises: TamperedError when they are not exactly those of a head.
        """
        if len(data) < _PREFIX_BYTES or data[:1] != _FORMAT:
            raise TamperedError(Tampered.LOG)
        size = int.from_bytes(data[1:9], "big")
        starts = range(_PREFIX_BYTES, len(data), HASH_BYTES)
        frontier = tuple(data[start : start + HASH_BYTES] for start in starts)
        head = cls(size=size, frontier=frontier, last_time=_time(data[9:17]) if size else None)
        if head.encode() != data:
            raise TamperedError(Tampered.LOG)
        return head


def _time(data: bytes) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(data, "big", signed=True))
    except OverflowError:
        raise TamperedError(Tampered.LOG) from None


EMPTY: Final = Head(size=0, frontier=(), last_time=None)
"""The head of a log without entries."""

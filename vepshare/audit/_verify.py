"""Reading the whole log once and naming the first place where it is not what was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from vepshare.audit._canonical import scan
from vepshare.audit._checkpoint import Checkpoint
from vepshare.audit._proofs import NodeSource
from vepshare.audit._tree import HASH_BYTES, Head, Node, carry, fold, leaf_hash
from vepshare.errors import TamperedError

MAX_FAULTS: Final = 100


class FaultCode(StrEnum):
    """What is wrong at a place of the log."""

    GAP = "gap"
    """An entry is missing."""
    OUT_OF_PLACE = "out_of_place"
    """An entry comes again, too early, or says it is another."""
    NOT_CANONICAL = "not_canonical"
    WRONG_LEAF = "wrong_leaf"
    """The entry is not the one its leaf was made of."""
    WRONG_NODE = "wrong_node"
    """The leaves are not the ones a stored interior node was made of."""
    TIME_BACKWARDS = "time_backwards"
    CHECKPOINT_MISMATCH = "checkpoint_mismatch"
    """The log is not the one a checkpoint was signed for."""
    TRUNCATED = "truncated"
    """The log ends before the size of its head or of a checkpoint."""
    BEYOND_HEAD = "beyond_head"
    WRONG_ROOT = "wrong_root"
    """The log is not the one the stored head was made of."""
    WRONG_HEAD_TIME = "wrong_head_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A row of the log as storage keeps it."""

    index: int
    entry: bytes
    leaf: bytes
    """32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A place that is wrong: entry *index*, or one at least from *index* to *end*, open."""

    index: int
    code: FaultCode
    end: int | None = None
    """None when *index* itself is the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the verification found; the log is whole when there is no fault."""

    size: int
    """Entries read: all of them, unless a gap or MAX_FAULTS faults ended the reading."""
    root: bytes
    """Root of their leaves, 32 bytes."""
    faults: tuple[Fault, ...]
    """In the order of reading: the first is the first place found wrong. A checkpoint is compared
    once the entries it covers have been read, so what they show by themselves comes before it."""

    @property
    def whole(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def verify(
    rows: Iterable[StoredEntry],
    *,
    expected: Head | None,
    checkpoints: Iterable[Checkpoint],
    nodes: NodeSource | None = None,
) -> Report:
    """Read *rows*, in the order of their indexes, and report what does not hold together.

    The checkpoints are of this log, opened; a mismatch is laid on the entries that no earlier
    one vouches for. With *nodes* the interior nodes are compared too: the lowest that differs
    names a pair of entries. Memory is O(log n), and the checkpoints.
    """
    walk = _Walk(nodes)
    pending = sorted(checkpoints, key=lambda one: one.size, reverse=True)
    walk.meet(pending)
    for row in rows:
        if not walk.take(row):
            break
        walk.meet(pending)
    else:
        walk.end(expected, pending)
    root = fold(tuple(walk.frontier))
    return Report(size=walk.size, root=root, faults=tuple(walk.faults))


class _Walk:
    """The state of one reading."""

    __slots__ = ("_last_time", "_nodes", "_vouched", "_wrong_node", "faults", "frontier", "size")

    def __init__(self, nodes: NodeSource | None) -> None:
        self.size = 0
        self.frontier: list[bytes] = []
        self.faults: list[Fault] = []
        self._nodes = nodes
        self._last_time: datetime | None = None
        # Entries below this index are under the root of a checkpoint that matched.
        self._vouched = 0
        self._wrong_node: Fault | None = None

    def take(self, row: StoredEntry) -> bool:
        """Check one row; False when what follows can no longer be placed."""
        if row.index != self.size:
            self._misplaced(row.index)
            return False
        self._check_entry(row.entry)
        computed = leaf_hash(row.entry)
        if row.leaf != computed:
            self._add(FaultCode.WRONG_LEAF)
        # The tree is built of the stored leaves: when an entry alone was changed, the roots
        # still match, and so say that it is the only one.
        leaf = row.leaf if len(row.leaf) == HASH_BYTES else computed
        completed = carry(self.size, self.frontier, leaf)
        self.size += 1
        if self._nodes is not None:
            for node in completed:
                self._compare(node, self._nodes)
        return len(self.faults) < MAX_FAULTS

    def meet(self, pending: list[Checkpoint]) -> None:
        """Compare with the checkpoints of this size, which stand at the end of *pending*."""
        while pending and pending[-1].size == self.size:
            checkpoint = pending.pop()
            if checkpoint.root == fold(tuple(self.frontier)):
                self._vouched = self.size
            elif not any(one.code is FaultCode.CHECKPOINT_MISMATCH for one in self.faults):
                # Later ones must fail as well and would say nothing new.
                self._blame_unvouched(FaultCode.CHECKPOINT_MISMATCH)

    def end(self, expected: Head | None, pending: list[Checkpoint]) -> None:
        """Compare the end of the log with its head, and with the checkpoints it never reached."""
        sizes = [one.size for one in pending] + ([] if expected is None else [expected.size])
        longest = max(sizes, default=0)
        if longest > self.size:
            self._add(FaultCode.TRUNCATED, end=longest)
        if expected is not None and expected.size < self.size:
            self._blame(expected.size, FaultCode.BEYOND_HEAD, end=self.size)
        if expected is not None and expected.size == self.size:
            self._check_head(expected)

    def _check_head(self, head: Head) -> None:
        if head.root() != fold(tuple(self.frontier)):
            self._blame_unvouched(FaultCode.WRONG_ROOT)
        if head.last_time != self._last_time:
            self._blame(max(self.size - 1, 0), FaultCode.WRONG_HEAD_TIME)

    def _check_entry(self, entry: bytes) -> None:
        try:
            match, time = scan(entry)
        except TamperedError:
            self._add(FaultCode.NOT_CANONICAL)
            return
        if int(match["index"]) != self.size:
            self._add(FaultCode.OUT_OF_PLACE)
        if self._last_time is not None and time < self._last_time:
            self._add(FaultCode.TIME_BACKWARDS)
        self._last_time = time

    def _compare(self, node: Node, nodes: NodeSource) -> None:
        start = node.place << node.level
        # An ancestor of a wrong node is wrong for the same reason.
        if self._wrong_node is not None and start <= self._wrong_node.index:
            return
        try:
            stored = nodes.get(node.level, node.place)
        except LookupError:
            stored = b""
        if stored != node.hash:
            fault = Fault(index=start, code=FaultCode.WRONG_NODE, end=self.size)
            self._wrong_node = fault
            self.faults.append(fault)

    def _misplaced(self, index: int) -> None:
        if index > self.size:
            self._add(FaultCode.GAP, end=index)
        else:
            self._add(FaultCode.OUT_OF_PLACE)

    def _add(self, code: FaultCode, *, end: int | None = None) -> None:
        self._blame(self.size, code, end=end)

    def _blame(self, index: int, code: FaultCode, *, end: int | None = None) -> None:
        self.faults.append(Fault(index=index, code=code, end=end))

    def _blame_unvouched(self, code: FaultCode) -> None:
        # Not narrowed by the faults already found: one of them may have been planted to draw
        # the eye away from an earlier entry.
        self._blame(self._vouched, code, end=self.size)

"""Proofs that an entry is in the log, and that a later log only adds to an earlier one.

Source: RFC 9162, sections 2.1.3 and 2.1.4.
"""

from collections.abc import Sequence
from typing import Protocol

from vepshare.audit._tree import HASH_BYTES, fold, node_hash
from vepshare.errors import VepshareError


class ProofError(VepshareError):
    """A proof that cannot be made, or that does not prove what it should."""


class NodeSource(Protocol):
    """Where the hashes of the tree are kept."""

    def get(self, level: int, index: int) -> bytes:
        """Return the 32-byte root of leaves index << level to (index + 1) << level, open.

        Level 0 are the leaves.

        Raises: LookupError when it is not kept.
        """


def inclusion_proof(index: int, size: int, nodes: NodeSource) -> tuple[bytes, ...]:
    """Return the hashes that join leaf *index* to the root of the first *size* leaves, leaf first.

    Raises: ProofError when there is no such leaf, or a node is missing or not 32 bytes.
    """
    if not 0 <= index < size:
        raise ProofError("index", index, size)
    proof = []
    low, high = 0, size
    while high - low > 1:
        middle = _split(low, high)
        if index < middle:
            proof.append(_root(middle, high, nodes))
            high = middle
        else:
            proof.append(_root(low, middle, nodes))
            low = middle
    return tuple(reversed(proof))


def consistency_proof(first: int, second: int, nodes: NodeSource) -> tuple[bytes, ...]:
    """Return the hashes that prove the first *second* leaves begin with the first *first*.

    Raises: ProofError unless 1 <= first <= second, or when a node is missing or not 32 bytes.
    """
    if not 1 <= first <= second:
        raise ProofError("sizes", first, second)
    proof = []
    low, high = 0, second
    while high > first:
        middle = _split(low, high)
        if first <= middle:
            proof.append(_root(middle, high, nodes))
            high = middle
        else:
            proof.append(_root(low, middle, nodes))
            low = middle
    # The verifier has the root of the first leaves already when they are one perfect subtree.
    if low > 0:
        proof.append(_root(low, high, nodes))
    return tuple(reversed(proof))


def _split(low: int, high: int) -> int:
    """Return where the left subtree ends: the largest power of two below the number of leaves."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def _root(low: int, high: int, nodes: NodeSource) -> bytes:
    """Return the root of leaves *low* to *high*, open, out of its perfect subtrees."""
    frontier = []
    while low < high:
        level = (high - low).bit_length() - 1
        frontier.append(_kept(level, low >> level, nodes))
        low += 1 << level
    return fold(tuple(frontier))


def _kept(level: int, index: int, nodes: NodeSource) -> bytes:
    try:
        node = nodes.get(level, index)
    except LookupError:
        raise ProofError("node", level, index) from None
    if len(node) != HASH_BYTES:
        raise ProofError("node", level, index)
    return node


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return when *proof* shows *leaf* at *index* under the *root* of *size* leaves.

    Raises: ProofError otherwise; also when a hash is not 32 bytes or *size* is 0.
    """
    _require_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofError("index", index, size)
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("length", len(proof))
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            place, last = _past_left_turns(place, last)
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or node != root:
        raise ProofError("inclusion", index, size)


def _past_left_turns(place: int, last: int) -> tuple[int, int]:
    """Skip the levels at which the last node has no sibling and goes up unhashed."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return when *proof* shows that the log of *second* entries only adds to that of *first*.

    Raises: ProofError otherwise; also when a hash is not 32 bytes or *first* is 0.
    """
    _require_hashes(first_root, second_root, *proof)
    if not 1 <= first <= second:
        raise ProofError("sizes", first, second)
    if first == second:
        if proof or first_root != second_root:
            raise ProofError("consistency", first, second)
        return
    perfect = first & first - 1 == 0
    path = [first_root, *proof] if perfect else list(proof)
    if not path or _both_roots(first, second, path) != (first_root, second_root):
        raise ProofError("consistency", first, second)


def _both_roots(first: int, second: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that *path* leads to."""
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("length", len(path))
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            place, last = _past_left_turns(place, last)
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofError("length", len(path))
    return old, new


def _require_hashes(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError("hash")

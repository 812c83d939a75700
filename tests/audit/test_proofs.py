"""Inclusion and consistency: every proof of a tree, and what must not pass for one."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vepshare import audit

from .builders import Nodes, Reference, grow

ENTRIES = [f"entry {index}".encode() for index in range(300)]
HEADS, NODES = grow(ENTRIES)
REFERENCE = Reference(ENTRIES)
ROOTS = [head.root() for head in HEADS]
LEAVES = [audit.leaf_hash(entry) for entry in ENTRIES]
SIZES = st.integers(1, 300)


class Counting:
    """A source that counts what it is asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, level: int, index: int) -> bytes:
        """Return a hash."""
        self.asked += 1
        return audit.leaf_hash(f"{level} {index}".encode())


def spoilt(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """Return proofs that differ from *proof* by one thing."""
    wrong = [(*proof, bytes(32)), (bytes(32), *proof)]
    if proof:
        flipped = bytes([proof[-1][0] ^ 1]) + proof[-1][1:]
        wrong += [proof[:-1], proof[1:], (*proof[:-1], flipped), (*proof[:-1], proof[-1][:31])]
    return wrong


@settings(max_examples=30, deadline=None)
@given(SIZES)
@example(1)
@example(256)
@example(300)
def test_every_inclusion_proof_of_a_tree(size: int) -> None:
    for index in range(size):
        proof = audit.inclusion_proof(index, size, NODES)
        assert proof == REFERENCE.path(index, 0, size)
        audit.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@settings(max_examples=30, deadline=None)
@given(SIZES)
@example(1)
@example(256)
@example(300)
def test_every_consistency_proof_of_a_tree(size: int) -> None:
    for first in range(1, size + 1):
        proof = audit.consistency_proof(first, size, NODES)
        assert proof == REFERENCE.proof(first, 0, size)
        audit.verify_consistency(first, size, ROOTS[first], ROOTS[size], proof)


@pytest.mark.parametrize("size", range(1, 18))
def test_a_spoilt_inclusion_proof_proves_nothing(size: int) -> None:
    for index in range(size):
        proof = audit.inclusion_proof(index, size, NODES)
        for wrong in spoilt(proof):
            with pytest.raises(audit.ProofError):
                audit.verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])


@pytest.mark.parametrize("size", range(2, 18))
def test_an_inclusion_proof_is_for_one_place_and_one_leaf(size: int) -> None:
    for index in range(size):
        proof = audit.inclusion_proof(index, size, NODES)
        other = (index + 1) % size
        with pytest.raises(audit.ProofError):
            audit.verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])
        with pytest.raises(audit.ProofError):
            audit.verify_inclusion(LEAVES[other], index, size, proof, ROOTS[size])
        with pytest.raises(audit.ProofError):
            audit.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size - 1])


@pytest.mark.parametrize("size", range(1, 18))
def test_a_spoilt_consistency_proof_proves_nothing(size: int) -> None:
    for first in range(1, size + 1):
        proof = audit.consistency_proof(first, size, NODES)
        for wrong in spoilt(proof):
            with pytest.raises(audit.ProofError):
                audit.verify_consistency(first, size, ROOTS[first], ROOTS[size], wrong)


@pytest.mark.parametrize("first", range(1, 17))
def test_a_consistency_proof_holds_both_roots(first: int) -> None:
    proof = audit.consistency_proof(first, 17, NODES)
    with pytest.raises(audit.ProofError):
        audit.verify_consistency(first, 17, ROOTS[first - 1], ROOTS[17], proof)
    with pytest.raises(audit.ProofError):
        audit.verify_consistency(first, 17, ROOTS[first], ROOTS[16], proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (4, 4), (0, -1)])
def test_a_place_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(audit.ProofError):
        audit.inclusion_proof(index, size, NODES)
    with pytest.raises(audit.ProofError):
        audit.verify_inclusion(LEAVES[0], index, size, (), LEAVES[0])


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (0, 5), (3, 2), (-1, 1)])
def test_nothing_is_consistent_with_an_empty_or_longer_log(first: int, second: int) -> None:
    with pytest.raises(audit.ProofError):
        audit.consistency_proof(first, second, NODES)
    with pytest.raises(audit.ProofError):
        audit.verify_consistency(first, second, ROOTS[2], ROOTS[2], ())


@pytest.mark.parametrize("short", [b"", bytes(31), bytes(33)])
def test_a_hash_is_32_bytes(short: bytes) -> None:
    with pytest.raises(audit.ProofError):
        audit.verify_inclusion(short, 0, 1, (), short)
    with pytest.raises(audit.ProofError):
        audit.verify_consistency(1, 1, short, short, ())
    with pytest.raises(audit.ProofError):
        audit.inclusion_proof(0, 2, Nodes({(0, 1): short}))


def test_a_missing_node_is_an_error_of_the_proof() -> None:
    with pytest.raises(audit.ProofError):
        audit.consistency_proof(3, 7, Nodes({}))


def test_a_proof_asks_for_few_nodes() -> None:
    counting = Counting()
    audit.inclusion_proof(123_456, 999_999, counting)
    assert 20 <= counting.asked <= 40

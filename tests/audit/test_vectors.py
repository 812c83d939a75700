"""The known answers of tests/vectors/log.json, computed again by the library and without it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vepshare import audit

from .builders import Reference

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "log.json").read_text("utf-8"))
ENTRIES = VECTORS["entries"]
DATA = [one["entry"].encode() for one in ENTRIES]
REFERENCE = Reference(DATA)


def unhexed(hashes: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(one) for one in hashes)


def test_the_log_appends_to_the_same_bytes() -> None:
    head = audit.EMPTY
    for known in ENTRIES:
        entry = audit.decode(known["entry"].encode())
        added = audit.append(head, entry, now=entry.time)
        assert added.entry_bytes.decode() == known["entry"]
        assert added.leaf.hex() == known["leaf"]
        assert [[level, place, node.hex()] for level, place, node in added.nodes] == known["nodes"]
        assert added.head.root().hex() == known["root"]
        assert added.head.encode().hex() == known["head"]
        head = added.head


def test_the_reference_finds_the_same_hashes() -> None:
    for index, known in enumerate(ENTRIES):
        assert REFERENCE.root(index, index + 1).hex() == known["leaf"]
        assert REFERENCE.root(0, index + 1).hex() == known["root"]
        for level, place, node in known["nodes"]:
            assert REFERENCE.root(place << level, place + 1 << level).hex() == node


def test_the_entries_are_json_with_sorted_keys() -> None:
    times = []
    for index, known in enumerate(ENTRIES):
        parsed = json.loads(known["entry"])
        assert json.dumps(parsed, sort_keys=True, separators=(",", ":")) == known["entry"]
        assert parsed["index"] == index
        times.append(datetime.fromisoformat(parsed["time"]))
    assert times == sorted(times)


@pytest.mark.parametrize("known", VECTORS["inclusion"], ids=lambda one: one["index"])
def test_inclusion(known: dict[str, Any]) -> None:
    index, size, proof = known["index"], known["size"], unhexed(known["proof"])
    assert REFERENCE.path(index, 0, size) == proof
    leaf = bytes.fromhex(ENTRIES[index]["leaf"])
    root = bytes.fromhex(ENTRIES[size - 1]["root"])
    audit.verify_inclusion(leaf, index, size, proof, root)


@pytest.mark.parametrize("known", VECTORS["consistency"], ids=lambda one: one["first"])
def test_consistency(known: dict[str, Any]) -> None:
    first, second, proof = known["first"], known["second"], unhexed(known["proof"])
    assert REFERENCE.proof(first, 0, second) == proof
    old, new = unhexed([ENTRIES[first - 1]["root"], ENTRIES[second - 1]["root"]])
    audit.verify_consistency(first, second, old, new, proof)


def test_the_checkpoint() -> None:
    known = VECTORS["checkpoint"]
    key = audit.LogKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(known["seed"])))
    root = bytes.fromhex(known["root"])
    assert key.public.hex() == known["public"]
    assert key.verifier(known["origin"]) == known["verifier"]
    assert audit.sign_checkpoint(known["origin"], known["size"], root, key) == known["note"]
    opened = audit.open_checkpoint(known["note"], known["origin"], key.public)
    assert (opened.size, opened.root) == (len(ENTRIES), root)
    assert known["root"] == ENTRIES[-1]["root"]

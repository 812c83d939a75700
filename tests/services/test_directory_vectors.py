"""The bytes of statements, approvals and epochs: as stored, and as docs/crypto.md spells them."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import make_directory_vectors as made

VECTORS = json.loads(made.FILE.read_text(encoding="utf-8"))


def test_nothing_has_changed() -> None:
    assert made.known() == VECTORS


def spelled(kind: str, *fields: bytes) -> bytes:
    """Return a binding, from the page alone."""
    head = b"vepshare/" + kind.encode() + b"/v1\0"
    return head + b"".join(len(one).to_bytes(4, "big") + one for one in fields)


def number(value: int) -> bytes:
    return value.to_bytes(8, "big")


def hashed(*blobs: bytes) -> bytes:
    return hashlib.sha256(spelled("sealed-hash", *blobs)).digest()


REGISTRAR, SERVICE, ORGANISATION, DOSSIER = (number(0) + number(one) for one in (1, 2, 3, 4))

STATEMENT = spelled(
    "key-directory",
    b"service",
    SERVICE,
    ORGANISATION,
    b"MED",
    number(2),
    bytes([5]) * 32,
    b"",
    bytes([6]) * 32,
    REGISTRAR,
)
APPROVAL = spelled(
    "approval",
    DOSSIER,
    number(1),
    b"participant.invited",
    SERVICE,
    ORGANISATION,
    b"MED",
    b"follow_up",
    b"2027-03-02T13:35:00.000000+00:00",
    REGISTRAR,
    ORGANISATION,
    b"SVA",
    bytes(32),
)
EPOCH = spelled(
    "key-directory",
    DOSSIER,
    b"health",
    number(1),
    bytes([7]) * 32,
    bytes([8]) * 32,
    bytes([9]) * 1216,
    bytes([10]) * 1216,
)


@pytest.mark.parametrize(
    ("name", "said"), [("statement", STATEMENT), ("approval", APPROVAL), ("epochs", EPOCH)]
)
def test_a_second_implementation_finds_the_same_digest(name: str, said: bytes) -> None:
    """Source: R48."""
    assert hashed(said).hex() == VECTORS[name]["digest"]


@pytest.mark.parametrize(
    ("name", "kind"), [("statement", "key-directory"), ("approval", "approval")]
)
def test_a_second_implementation_verifies_the_signature(name: str, kind: str) -> None:
    """It raises when the signature is of anything else. Source: R48."""
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(VECTORS["signer"]["public"]))
    signature = bytes.fromhex(VECTORS[name]["signature"])

    public.verify(signature, spelled(kind, bytes.fromhex(VECTORS[name]["digest"])))

"""Derivation: one secret from another, by HKDF-SHA256 (RFC 5869) under a label."""

from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vepshare.crypto._secrets import S


class Label(StrEnum):
    """What a derived secret is for; the derived bytes depend on it, so never renamed."""

    WRAP_SEED = "wrap-seed"
    SIGNING_SEED = "signing-seed"
    FLAG = "flag"
    ENTRY_FLAG = "entry-flag"
    COMMITMENT = "kid"
    INBOX = "inbox"
    PEPPER_ID = "pepper-id"
    UNLOCK_PASSPHRASE = "unlock/passphrase"  # noqa: S105  A label, not a passphrase.
    UNLOCK_DEVICE = "unlock/device"
    UNLOCK_PASSKEY = "unlock/passkey"
    UNLOCK_KIT = "unlock/kit"
    SESSION = "session"
    FORMS = "forms"
    REMEMBERED = "remembered"


def derive(cls: type[S], source: bytes, label: Label, *, salt: bytes | None = None) -> S:
    """Return the *cls* that follows from *source* under *label*; one way only."""
    return cls(derive_bytes(source, label, salt=salt))


def derive_bytes(source: bytes, label: Label, *, salt: bytes | None = None) -> bytes:
    """Return 32 bytes of HKDF-SHA256, with info `vepshare/key/<label>/v1`."""
    info = f"vepshare/key/{label.value}/v1".encode()
    return HKDF(SHA256(), 32, salt, info).derive(source)

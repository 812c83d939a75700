"""Wraps: a secret handed to the holder of a public key, bound to its place.

HPKE base mode (RFC 9180) with X-Wing, HKDF-SHA256 and AES-256-GCM. Base mode says
nothing of the sender: a wrap counts only beside the signed grant it names.
"""

import hashlib
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from vepshare.crypto._remembered import Memory, place_of
from vepshare.crypto._secrets import S, Secret, WrapSeed
from vepshare.errors import Tampered, TamperedError

PUBLIC_KEY_SIZE = 1216
"""Bytes of an X-Wing public key: 1184 of ML-KEM-768, then 32 of X25519."""

WRAP_SIZE = 1169
"""Bytes of a wrap: suite, 1120 of encapsulation, 32 of secret, 16 of tag."""

_SUITE_BYTE = b"\x01"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_PUBLIC_SIZE = 1184
_MLKEM_SEED_SIZE = 64


class PrivateKey:
    """An X-Wing private key, made once a request and used for many unwraps."""

    __slots__ = ("_expanded", "_memory", "_seed")

    def __init__(self, seed: WrapSeed) -> None:
        self._seed = seed
        self._memory = Memory(seed)
        self._expanded: MLKEM768X25519PrivateKey | None = None

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return what the HPKE message *sealed* holds; for this package only."""
        place = place_of(sealed, info)
        known = self._memory.recall(place)
        if known is None:
            known = _SUITE.decrypt(sealed, self._whole(), info)
            self._memory.keep(place, known)
        return known

    def _whole(self) -> MLKEM768X25519PrivateKey:
        if self._expanded is None:
            self._expanded = MLKEM768X25519PrivateKey(*_expand(self._seed))
        return self._expanded

    def __repr__(self) -> str:
        return "PrivateKey(•••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is neither pickled nor copied")


def private_key(seed: WrapSeed) -> PrivateKey:
    """Return the private key of *seed*; it is expanded, in 0.1 ms, when a first wrap needs it."""
    return PrivateKey(seed)


def public_key(seed: WrapSeed) -> bytes:
    """Return the public key of *seed*, 1216 bytes."""
    mlkem, x25519 = _expand(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def key_id(public: bytes) -> bytes:
    """Return the SHA-256 of a public key, 32 bytes: its name in rows and bindings."""
    return hashlib.sha256(public).digest()


def wrap(secret: Secret, to: bytes, info: bytes) -> bytes:
    """Return *secret* for the holder of the public key *to* (1216 bytes) and no one else.

    1169 bytes; they open only with the same *info*, which a place makes.

    Raises:
        TamperedError: wrap; *to* is not an X-Wing public key.

    """
    try:
        return _SUITE_BYTE + _SUITE.encrypt(secret.raw, _recipient(to), info)
    except ValueError:
        raise TamperedError(Tampered.WRAP) from None


def unwrap(cls: type[S], blob: bytes, key: PrivateKey, info: bytes) -> S:
    """Return the secret in *blob* as a *cls*.

    Raises:
        TamperedError: wrap; another key, another place, an unknown suite, or altered.

    """
    if len(blob) != WRAP_SIZE or blob[:1] != _SUITE_BYTE:
        raise TamperedError(Tampered.WRAP)
    try:
        return cls(key.open(blob[1:], info))
    except (InvalidTag, ValueError):
        raise TamperedError(Tampered.WRAP) from None


def _expand(seed: WrapSeed) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """Return the two keys of *seed*, as X-Wing's expandDecapsulationKey does."""
    expanded = hashlib.shake_256(seed.raw).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_SIZE]),
        X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_SIZE:]),
    )


def _recipient(public: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_SIZE]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_SIZE:]),
    )

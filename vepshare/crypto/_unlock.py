"""Locks on the root seed. No verifier is stored: a secret is right if the lock opens."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, Self
from uuid import UUID

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._derive import Label, derive
from vepshare.crypto._messages import OVERHEAD, SUITE, decrypt, encrypt
from vepshare.crypto._secrets import DeviceSecret, RootSeed, UnlockSecret
from vepshare.errors import Tampered, TamperedError, VepshareError
from vepshare.ids import MethodId, ProfessionalId

PRF_SIZE = 32
_ID_SIZE = 16
LOCK_SIZE = OVERHEAD + RootSeed.SIZE


class Method(StrEnum):
    """How a root seed is unlocked; stored by value, so never renamed."""

    PASSPHRASE = "passphrase"  # noqa: S105  A name, not a passphrase.
    DEVICE = "device"
    PASSKEY = "passkey"
    KIT = "kit"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeviceToken:
    """What an enrolled device keeps in its cookie: which method it is, and its secret."""

    method: MethodId
    secret: DeviceSecret

    def encode(self) -> str:
        """Return 64 URL-safe characters: base64 of the id and of the secret."""
        return base64.urlsafe_b64encode(self.method.bytes + self.secret.raw).decode()

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """Return the token that `encode` wrote, or None for any other text."""
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
            method = MethodId(UUID(bytes=raw[:_ID_SIZE]))
            token = cls(method=method, secret=DeviceSecret(raw[_ID_SIZE:]))
        except (binascii.Error, ValueError):
            return None
        return token if token.encode() == text else None

    def __repr__(self) -> str:
        return "DeviceToken(•••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied")


class WrongSecretError(VepshareError):
    """The lock does not open: a wrong passphrase, device, passkey or code, or an altered lock."""


def prf_secret(output: bytes) -> UnlockSecret:
    """Return the unlock secret of a passkey from its 32-byte PRF output.

    Raises:
        ValueError: *output* is of another length.

    """
    if len(output) != PRF_SIZE:
        raise ValueError(f"a PRF output is {PRF_SIZE} bytes")
    return derive(UnlockSecret, output, Label.UNLOCK_PASSKEY)


def lock_root(
    root: RootSeed, secret: UnlockSecret, *, professional: ProfessionalId, method: MethodId
) -> bytes:
    """Return *root* under *secret*, bound to its owner and to this method: 105 bytes."""
    return encrypt(secret, binding(Kind.UNLOCK, professional, method), root.raw)


def unlock_root(
    blob: bytes, secret: UnlockSecret, *, professional: ProfessionalId, method: MethodId
) -> RootSeed:
    """Return the root seed.

    Raises:
        WrongSecretError: it does not open.
        TamperedError: unlock; *blob* cannot be a lock: an unknown suite or a wrong length.

    """
    if len(blob) != LOCK_SIZE or blob[:1] != SUITE:
        raise TamperedError(Tampered.UNLOCK)
    context = binding(Kind.UNLOCK, professional, method)
    try:
        return RootSeed(decrypt(secret, context, blob, what=Tampered.UNLOCK))
    except TamperedError:
        raise WrongSecretError from None

"""Locks on the root seed. No verifier is stored: a secret is right if the lock opens."""

from enum import StrEnum

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._derive import Label, derive
from vepshare.crypto._messages import OVERHEAD, SUITE, decrypt, encrypt
from vepshare.crypto._secrets import RootSeed, UnlockSecret
from vepshare.errors import Tampered, TamperedError, VepshareError
from vepshare.ids import MethodId, ProfessionalId

PRF_SIZE = 32
KIT_SIZE = 20
LOCK_SIZE = OVERHEAD + RootSeed.SIZE


class Method(StrEnum):
    """How a root seed is unlocked; stored by value, so never renamed."""

    PASSPHRASE = "passphrase"  # noqa: S105  A name, not a passphrase.
    DEVICE = "device"
    PASSKEY = "passkey"
    KIT = "kit"
    RECOVERY = "recovery"


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


def kit_secret(code: bytes) -> UnlockSecret:
    """Return the unlock secret of a printed kit from its random 20-byte code.

    Raises:
        ValueError: *code* is of another length.

    """
    if len(code) != KIT_SIZE:
        raise ValueError(f"the code of a kit is {KIT_SIZE} bytes")
    return derive(UnlockSecret, code, Label.UNLOCK_KIT)


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

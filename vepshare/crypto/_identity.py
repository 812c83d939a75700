"""The two seeds of a professional, and what they sign."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._derive import Label, derive
from vepshare.crypto._secrets import RootSeed, SigningSeed, WrapSeed
from vepshare.errors import Tampered, TamperedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a session keeps of a professional; the root seed itself is forgotten."""

    wrap: WrapSeed
    signing: SigningSeed


def identity_of(root: RootSeed) -> Identity:
    """Return the two seeds that follow from *root*; neither tells the other."""
    return Identity(
        wrap=derive(WrapSeed, root.raw, Label.WRAP_SEED),
        signing=derive(SigningSeed, root.raw, Label.SIGNING_SEED),
    )


def signing_public_key(seed: SigningSeed) -> bytes:
    """Return the 32-byte Ed25519 public key of *seed*."""
    return Ed25519PrivateKey.from_private_bytes(seed.raw).public_key().public_bytes_raw()


def sign(seed: SigningSeed, kind: Kind, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature of `binding(kind, message)`.

    The kind keeps a signed consent from being shown as a signed withdrawal.
    """
    return Ed25519PrivateKey.from_private_bytes(seed.raw).sign(binding(kind, message))


def verify(public: bytes, kind: Kind, message: bytes, signature: bytes) -> None:
    """Return if *signature* is that of *message*, as a *kind*, by *public* (32 bytes).

    Raises:
        TamperedError: consent; for any other signature, and a public key that is none.

    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, binding(kind, message))
    except (InvalidSignature, ValueError):
        raise TamperedError(Tampered.CONSENT) from None

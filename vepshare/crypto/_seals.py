"""Seals: values at rest, padded so that their length tells little."""

import hashlib

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._messages import decrypt, encrypt
from vepshare.crypto._secrets import Secret
from vepshare.errors import Tampered, TamperedError
from vepshare.plain import Plain

SMALLEST = 256
"""Bytes to which a short content is padded, its end mark included."""

_END_MARK = b"\x80"


def seal(key: Secret, context: bytes, plaintext: bytes) -> bytes:
    """Return *plaintext* padded, then encrypted under *key* and bound to *context*.

    329 bytes for a content of up to 255; above, at most 12 % more than the content.
    """
    return encrypt(key, context, pad(plaintext))


def unseal(key: Secret, context: bytes, blob: bytes) -> Plain[bytes]:
    """Return the content of *blob*.

    Raises:
        TamperedError: value; another key, another place, an unknown suite, or altered.

    """
    return Plain(unpad(decrypt(key, context, blob, what=Tampered.VALUE), what=Tampered.VALUE))


def sealed_hash(*blobs: bytes) -> bytes:
    """Return the SHA-256 of the binding of *blobs*, 32 bytes: the name of them all, in order."""
    return hashlib.sha256(binding(Kind.SEALED_HASH, *blobs)).digest()


def pad(content: bytes) -> bytes:
    """Return *content*, the byte 0x80, and zeros up to the next size that is allowed."""
    marked = content + _END_MARK
    return marked.ljust(_padded_size(len(marked)), b"\0")


def unpad(padded: bytes, *, what: Tampered) -> bytes:
    """Return what was padded.

    Raises:
        TamperedError: *what*; there is no end mark, so another program made this.

    """
    content = padded.rstrip(b"\0")
    if not content.endswith(_END_MARK):
        raise TamperedError(what)
    return content[:-1]


def _padded_size(size: int) -> int:
    """Return the Padmé size: the last E - floor(log2 E) - 1 bits are 0, E the exponent of *size*.

    At most 12 % more than *size*, where a power of two could double it.
    """
    if size <= SMALLEST:
        return SMALLEST
    exponent = size.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (size + mask) & ~mask

"""Messages: Cobblestone-256 behind a suite byte; what seals, locks and sessions share."""

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from vepshare.crypto._secrets import Secret
from vepshare.errors import Tampered, TamperedError

SUITE = b"\x01"

OVERHEAD = 73
"""Bytes a message below 16 KiB is longer than its content: suite, salt, commitment, tag."""


def encrypt(key: Secret, context: bytes, content: bytes) -> bytes:
    """Return *content* under *key*, bound to *context*; two calls never give the same bytes."""
    encryptor = Cobblestone256Encryptor(key.raw, context)
    return SUITE + encryptor.update(content) + encryptor.finalize()


def decrypt(key: Secret, context: bytes, blob: bytes, *, what: Tampered) -> bytes:
    """Return the content of *blob*; nothing of it before its end has been authenticated.

    Raises:
        TamperedError: *what*; another key, another context, an unknown suite, or altered.

    """
    if blob[:1] != SUITE:
        raise TamperedError(what)
    decryptor = Cobblestone256Decryptor(key.raw, context)
    try:
        return decryptor.update(blob[1:]) + decryptor.finalize()
    except InvalidTag:
        raise TamperedError(what) from None

"""Sessions: seeds at rest that open only with the cookie and the row together."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from typing import NoReturn, Self

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._derive import Label, derive
from vepshare.crypto._messages import decrypt, encrypt
from vepshare.crypto._seals import pad, unpad
from vepshare.crypto._secrets import SessionKey
from vepshare.errors import Tampered
from vepshare.plain import Plain

HALF_SIZE = 32


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Token:
    """What the cookie or the bearer holds: `id` finds the row, `half` helps open it.

    32 random bytes each. The row keeps the hash of the id only, so that a copy of
    the database does not yield a cookie.

    Raises:
        ValueError: one of the two is of another length.

    """

    id: bytes
    half: bytes

    def __post_init__(self) -> None:
        if len(self.id) != HALF_SIZE or len(self.half) != HALF_SIZE:
            raise ValueError(f"a token is made of twice {HALF_SIZE} bytes")

    @classmethod
    def new(cls) -> Self:
        """Return a token of 64 fresh random bytes."""
        return cls(id=secrets.token_bytes(HALF_SIZE), half=secrets.token_bytes(HALF_SIZE))

    def encode(self) -> str:
        """Return 86 URL-safe characters: base64 of both halves, without padding."""
        return base64.urlsafe_b64encode(self.id + self.half).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """Return the token that `encode` wrote, or None for any other text."""
        try:
            raw = base64.b64decode(text + "==", altchars=b"-_", validate=True)
            token = cls(id=raw[:HALF_SIZE], half=raw[HALF_SIZE:])
        except (binascii.Error, ValueError):
            return None
        # The last character has spare bits: several texts would pass for one token.
        return token if token.encode() == text else None

    def __repr__(self) -> str:
        return "Token(•••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is neither pickled nor copied")


def token_hash(token: Token) -> bytes:
    """Return the SHA-256 of the id of *token*, 32 bytes: the key of its row."""
    return hashlib.sha256(token.id).digest()


def seal_session(token: Token, row_half: bytes, session_context: bytes, plaintext: bytes) -> bytes:
    """Return *plaintext* padded and sealed under both halves, bound to token and context.

    *row_half* is 32 random bytes, kept in the row and nowhere else.

    Raises:
        ValueError: it is of another length.

    """
    if len(row_half) != HALF_SIZE:
        raise ValueError(f"the half in the row is {HALF_SIZE} bytes")
    return encrypt(_key(token, row_half), _context(token, session_context), pad(plaintext))


def unseal_session(
    token: Token, row_half: bytes, session_context: bytes, blob: bytes
) -> Plain[bytes]:
    """Return what was sealed.

    Raises:
        TamperedError: session; another token, row or context, an unknown suite, or altered.

    """
    key, context = _key(token, row_half), _context(token, session_context)
    padded = decrypt(key, context, blob, what=Tampered.SESSION)
    return Plain(unpad(padded, what=Tampered.SESSION))


def _key(token: Token, row_half: bytes) -> SessionKey:
    return derive(SessionKey, token.half, Label.SESSION, salt=row_half)


def _context(token: Token, session_context: bytes) -> bytes:
    return binding(Kind.SESSION, token_hash(token), session_context)

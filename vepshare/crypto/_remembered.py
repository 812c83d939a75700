"""Remembered wraps: what a wrap held, kept in memory under a key that only its holder can make.

Opening a wrap costs 60 µs, a dossier has a dozen, and whoever works in one opens them on every
page. So a worker keeps what it has opened, sealed anew under a key that follows from the seed
that opened it and from a salt of this process. To use it again one must hold the same wrap (the
row that a withdrawal deletes) and the same seed (which a session yields to its cookie only): the
memory by itself opens nothing, and answers to nobody who could not open the wrap.
"""

import secrets
from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vepshare.crypto._derive import Label, derive_bytes
from vepshare.crypto._secrets import WrapSeed

MOST = 8192
"""How many wraps a process remembers, of some 200 bytes each; the longest unused goes first."""

_NONCE_SIZE = 12
_SALT = secrets.token_bytes(32)


class _Kept:
    """Sealed secrets by the digest of the wrap they came from, for all threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sealed: OrderedDict[bytes, bytes] = OrderedDict()

    def get(self, place: bytes) -> bytes | None:
        with self._lock:
            found = self._sealed.get(place)
            if found is not None:
                self._sealed.move_to_end(place)
            return found

    def put(self, place: bytes, sealed: bytes) -> None:
        with self._lock:
            self._sealed[place] = sealed
            if len(self._sealed) > MOST:
                self._sealed.popitem(last=False)


_KEPT = _Kept()


def place_of(sealed: bytes, info: bytes) -> bytes:
    """Return the digest under which a wrap is remembered: all its bytes, and where it belongs."""
    return sha256(len(info).to_bytes(4, "big") + info + sealed).digest()


class Memory:
    """What the holder of one seed has opened in this process."""

    __slots__ = ("_cipher",)

    def __init__(self, seed: WrapSeed) -> None:
        self._cipher = AESGCM(derive_bytes(seed.raw, Label.REMEMBERED, salt=_SALT))

    def recall(self, place: bytes) -> bytes | None:
        """Return what the wrap at *place* held, or None when this seed has not opened it here."""
        found = _KEPT.get(place)
        if found is None:
            return None
        try:
            return self._cipher.decrypt(found[:_NONCE_SIZE], found[_NONCE_SIZE:], place)
        except InvalidTag:
            return None

    def keep(self, place: bytes, secret: bytes) -> None:
        """Remember what the wrap at *place* held."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        _KEPT.put(place, nonce + self._cipher.encrypt(nonce, secret, place))

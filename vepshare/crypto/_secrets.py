"""Secrets: 32 raw bytes that do not print themselves, one type for each use."""

import hashlib
import hmac
import secrets
from typing import ClassVar, NoReturn, Self, TypeVar


class Secret:
    """Hold exactly 32 bytes; show dots wherever they are printed, formatted or logged.

    Each use has a subclass, so that the type checker refuses a flag key where a
    compartment key is asked for. Two secrets are equal if type and bytes are;
    the time taken tells nothing of the bytes.
    """

    SIZE: ClassVar[int] = 32

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != self.SIZE:
            raise ValueError(f"{type(self).__name__} takes {self.SIZE} bytes, not {len(raw)}")
        self._raw = bytes(raw)

    @classmethod
    def new(cls) -> Self:
        """Return 32 fresh random bytes of the operating system."""
        return cls(secrets.token_bytes(cls.SIZE))

    @property
    def raw(self) -> bytes:
        """Return the 32 bytes in clear; for this package only."""
        return self._raw

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Secret):
            return False
        return hmac.compare_digest(self._raw, other._raw)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(•••)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied")


S = TypeVar("S", bound=Secret)


class Seed(Secret):
    """A secret from which a key pair or other seeds are derived."""

    __slots__ = ()


class RootSeed(Seed):
    """The one secret of a professional; opened by an unlock method (graine racine)."""

    __slots__ = ()


class WrapSeed(Seed):
    """The seed of an X-Wing pair, which receives wraps."""

    __slots__ = ()


class SigningSeed(Seed):
    """The seed of an Ed25519 pair, which signs consents, withdrawals and approvals."""

    __slots__ = ()


class CompartmentKey(Secret):
    """The key of one compartment of one dossier in one epoch (clé de compartiment)."""

    __slots__ = ()


class FlagKey(Secret):
    """The key of the flag values of a compartment; tells nothing of the compartment key."""

    __slots__ = ()


class EntryKey(Secret):
    """The own key of an entry whose author may not read the compartment."""

    __slots__ = ()


class EntryFlagKey(Secret):
    """The key of the flag values of an entry that has its own key."""

    __slots__ = ()


class Stretched(Secret):
    """What Argon2id makes of a passphrase; opens nothing without the pepper."""

    __slots__ = ()


class DeviceSecret(Secret):
    """The secret that an enrolled device keeps in a cookie."""

    __slots__ = ()


class KitCode(Secret):
    """The 20-byte code of a printed kit; opens nothing without the passphrase."""

    SIZE = 20

    __slots__ = ()

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """Return the code that `encode` printed, or None where it cannot have been copied well.

        Capitals, spaces and hyphens do not matter; an O is read as a zero, an I and an L as a one.
        """
        typed = "".join(one for one in text.upper() if one not in " -\u00a0\u2010\u2011\u2013")
        typed = typed.translate(_READ)
        if len(typed) != _CODE_LENGTH or not set(typed) <= set(_CROCKFORD):
            return None
        number = int("".join(f"{_CROCKFORD.index(one):05b}" for one in typed), 2)
        raw, check = divmod(number, 1 << _CHECK_BITS)
        code = cls(raw.to_bytes(cls.SIZE, "big"))
        return code if check == _check(code.raw) else None

    def encode(self) -> str:
        """Return the code in nine groups of four, as it is printed: 160 bits and 20 to check."""
        number = int.from_bytes(self._raw, "big") << _CHECK_BITS | _check(self._raw)
        shifts = range(5 * (_CODE_LENGTH - 1), -1, -5)
        text = "".join(_CROCKFORD[number >> shift & 31] for shift in shifts)
        return "-".join(text[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = str.maketrans("OIL", "011")
_CHECK_BITS = 20
_CODE_LENGTH = 36


def _check(raw: bytes) -> int:
    """Return 20 bits by which a slip of the pen is noticed; they tell nothing of the code."""
    return int.from_bytes(hashlib.sha256(b"vepshare/kit/v1\0" + raw).digest()[:3], "big") >> 4


class UnlockSecret(Secret):
    """What an unlock method yields: the key under which a root seed is locked."""

    __slots__ = ()


class SessionKey(Secret):
    """The key of one session, made of a half in the cookie and a half in the row."""

    __slots__ = ()

"""From a passphrase to an unlock secret: Argon2id, then the pepper and the device."""

import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Self

from argon2.low_level import Type, hash_secret_raw

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._derive import Label, derive
from vepshare.crypto._secrets import DeviceSecret, KitCode, Stretched, UnlockSecret
from vepshare.crypto.ports import Pepper
from vepshare.errors import Tampered, TamperedError, VepshareError
from vepshare.plain import Plain

SALT_SIZE = 16

_ENCODED = re.compile(r"m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,3}),p=([1-9][0-9]{0,3})", re.ASCII)

# A derivation takes 64 MiB for 0.14 s: a burst of sign-ins queues here instead of
# exhausting the memory of the host. One limit a process is the point of it.
_TWO_AT_A_TIME = threading.BoundedSemaphore(2)


class WeakParametersError(VepshareError, ValueError):
    """The Argon2 parameters lie outside what this code accepts, whoever asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Parameters:
    """The cost of one Argon2id derivation; stored beside the lock that needs it.

    The floor is in code, so that no stored row makes a passphrase cheap to guess; the
    ceiling too, so that no stored row makes a sign-in exhaust the host.

    Raises:
        WeakParametersError: below `FLOOR` or above `CEILING` in any of the three.

    """

    DEFAULT: ClassVar[Self]
    FLOOR: ClassVar[tuple[int, int, int]] = (19_456, 2, 1)
    CEILING: ClassVar[tuple[int, int, int]] = (1_048_576, 16, 16)

    memory_kib: int
    time: int
    lanes: int

    def __post_init__(self) -> None:
        ours = (self.memory_kib, self.time, self.lanes)
        bounds = zip(self.FLOOR, ours, self.CEILING, strict=True)
        if not all(low <= one <= high for low, one, high in bounds):
            raise WeakParametersError

    def encode(self) -> str:
        """Return `m=<KiB>,t=<passes>,p=<lanes>`."""
        return f"m={self.memory_kib},t={self.time},p={self.lanes}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return the parameters that `encode` wrote.

        Raises:
            TamperedError: unlock; *text* is not of that form.
            WeakParametersError: it is, with a cost out of bounds.

        """
        found = _ENCODED.fullmatch(text)
        if found is None:
            raise TamperedError(Tampered.UNLOCK)
        memory_kib, time, lanes = map(int, found.groups())
        return cls(memory_kib=memory_kib, time=time, lanes=lanes)


Argon2Parameters.DEFAULT = Argon2Parameters(memory_kib=65_536, time=3, lanes=1)


def new_salt() -> bytes:
    """Return 16 fresh random bytes, one salt for each lock."""
    return secrets.token_bytes(SALT_SIZE)


def passphrase_secret(
    passphrase: Plain[str],
    *,
    salt: bytes,
    parameters: Argon2Parameters,
    pepper: Pepper,
    device: DeviceSecret | None,
) -> UnlockSecret:
    """Return the unlock secret of a passphrase, on an enrolled device or on none.

    Raises:
        ValueError: the salt is of another length than 16 bytes.
        CustodyUnavailableError: the pepper cannot be had just now.

    """
    stretched = stretch(passphrase, salt=salt, parameters=parameters)
    return peppered(stretched, pepper=pepper, device=device)


def stretch(passphrase: Plain[str], *, salt: bytes, parameters: Argon2Parameters) -> Stretched:
    """Return what Argon2id makes of a passphrase; *salt* is 16 bytes.

    Takes 0.14 s with the default parameters, longer while two others are under way.

    Raises:
        ValueError: the salt is of another length.

    """
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt is {SALT_SIZE} bytes")
    return Stretched(_stretch(_prepared(passphrase.reveal()), salt, parameters))


def peppered(stretched: Stretched, *, pepper: Pepper, device: DeviceSecret | None) -> UnlockSecret:
    """Return the unlock secret of a stretched passphrase, on an enrolled device or on none.

    The pepper comes in by an HMAC, so that whatever keeps it can do this without giving it out.

    Raises:
        CustodyUnavailableError: the pepper cannot be had just now.

    """
    mixed = pepper.mix(binding(Kind.PEPPER, "passphrase", stretched.raw))
    if device is None:
        return derive(UnlockSecret, mixed, Label.UNLOCK_PASSPHRASE)
    return derive(UnlockSecret, mixed + device.raw, Label.UNLOCK_DEVICE)


def kit_secret(stretched: Stretched, code: KitCode) -> UnlockSecret:
    """Return the unlock secret of a stretched passphrase with the code of a printed kit.

    No pepper: the code cannot be guessed, and losing the pepper must never lose data.
    """
    return derive(UnlockSecret, stretched.raw + code.raw, Label.UNLOCK_KIT)


def _stretch(passphrase: bytes, salt: bytes, parameters: Argon2Parameters) -> bytes:
    with _TWO_AT_A_TIME:
        return hash_secret_raw(
            passphrase,
            salt,
            time_cost=parameters.time,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.lanes,
            hash_len=32,
            type=Type.ID,
        )


def _prepared(passphrase: str) -> bytes:
    """Return the UTF-8 bytes after the mapping of OpaqueString (RFC 8265, 4.2).

    Two keyboards write « é » in two ways, and some type a no-break space before « ? »:
    any space becomes the plain one, then NFC. Nothing is trimmed or folded.
    """
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in passphrase)
    return unicodedata.normalize("NFC", spaced).encode()

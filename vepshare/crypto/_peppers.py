"""The pepper: what is made of it, and the peppers that a process runs with."""

import hmac
from collections.abc import Callable
from typing import Final

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._derive import Label, derive_bytes
from vepshare.crypto._secrets import Secret
from vepshare.crypto.ports import Pepper
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

ID_MESSAGE: Final = binding(Kind.PEPPER, "id")
"""What is mixed to name a pepper."""

_ID_BYTES = 8


class PepperKey(Secret):
    """A pepper that lies in the memory of the process: a `Pepper`."""

    __slots__ = ()

    @property
    def id(self) -> str:
        """Return its name: 16 hexadecimal digits."""
        return pepper_id(self.mix)

    def mix(self, message: bytes) -> bytes:
        """Return the HMAC-SHA-256 of *message*: 32 bytes."""
        return hmac.digest(self.raw, message, "sha256")


def pepper_id(mix: Callable[[bytes], bytes]) -> str:
    """Return 16 hexadecimal digits that name the pepper behind *mix* and tell nothing of it.

    They follow from the pepper itself: one that moves to another custody keeps its name.
    """
    return named_by(mix(ID_MESSAGE))


def named_by(mixed: bytes) -> str:
    """Return the name of the pepper that made *mixed* of `ID_MESSAGE`."""
    return derive_bytes(mixed, Label.PEPPER_ID)[:_ID_BYTES].hex()


def form_secret(pepper: Pepper) -> bytes:
    """Return the 32 bytes that sign the anti-forgery tokens of forms; they open nothing."""
    return derive_bytes(pepper.mix(binding(Kind.PEPPER, "forms")), Label.FORMS)


class Peppers:
    """The peppers a process runs with, by name. Which one is current, the database says.

    Raises:
        ConfigurationError: there is none, or the same one twice.

    """

    __slots__ = ("_by_id",)

    def __init__(self, *peppers: Pepper) -> None:
        self._by_id = {one.id: one for one in peppers}
        if not peppers or len(self._by_id) != len(peppers):
            raise ConfigurationError("the pepper is not configured, or configured twice")

    @property
    def ids(self) -> tuple[str, ...]:
        """Return their names, in the order of the configuration."""
        return tuple(self._by_id)

    def __contains__(self, pepper_id: str) -> bool:
        return pepper_id in self._by_id

    def or_first(self, pepper_id: str) -> Pepper:
        """Return one of them, or the first where this process does not run with it."""
        return self._by_id.get(pepper_id, next(iter(self._by_id.values())))

    def named(self, pepper_id: str) -> Pepper:
        """Return one of them.

        Raises:
            CustodyUnavailableError: not configured; this process does not run with it.

        """
        found = self._by_id.get(pepper_id)
        if found is None:
            raise CustodyUnavailableError(CustodyProblem.NOT_CONFIGURED)
        return found

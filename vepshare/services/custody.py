"""The keys a process runs under, and the places that keep them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from vepshare import audit, crypto
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What a process runs under: peppers, and keys that sign the log.

    There is one of each, but for the time that a new one takes over; the database says which
    one is current.
    """

    peppers: crypto.Peppers
    log_keys: tuple[audit.LogSigner, ...]

    def log_key(self, public: bytes) -> audit.LogSigner:
        """Return the signing key whose public half is *public* (32 bytes).

        Raises:
            CustodyUnavailableError: not configured; this process does not run with it.

        """
        for one in self.log_keys:
            if one.public == public:
                return one
        raise CustodyUnavailableError(CustodyProblem.NOT_CONFIGURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the keys are kept: addresses such as `file:/etc/vepshare/pepper`.

    `credentials` is the folder of the service manager, empty where there is none.
    """

    peppers: tuple[str, ...]
    log_keys: tuple[str, ...]
    credentials: str = ""


def open_custody(places: Places) -> Custody:
    """Return the keys that lie at *places*, each of them tried once.

    Raises:
        ConfigurationError: one cannot be had, or is open to others; one line that names it.

    """
    peppers: Mapping[str, Callable[[str], crypto.Pepper]] = {
        "file": lambda name: crypto.read_pepper(Path(name)),
        "systemd": lambda name: crypto.read_pepper_credential(name, folder=places.credentials),
    }
    log_keys: Mapping[str, Callable[[str], audit.LogSigner]] = {
        "file": lambda name: audit.LogKey.load(Path(name)),
        "systemd": lambda name: audit.LogKey.load_credential(name, folder=places.credentials),
    }
    opened = tuple(_opened(peppers, places.peppers, "the pepper"))
    signers = tuple(_opened(log_keys, places.log_keys, "the log key"))
    if not signers or len({one.public for one in signers}) != len(signers):
        raise ConfigurationError("the log key is not configured, or configured twice")
    return Custody(peppers=crypto.Peppers(*opened), log_keys=signers)


def _opened(
    openers: Mapping[str, Callable[[str], T]], addresses: Iterable[str], what: str
) -> Iterable[T]:
    for address in addresses:
        kind, _, name = address.partition(":")
        opener = openers.get(kind)
        if opener is None or not name:
            known = ", ".join(f"{one}:…" for one in openers)
            raise ConfigurationError(f"{what}: {address!r} is none of {known}")
        try:
            yield opener(name)
        except CustodyUnavailableError as error:
            raise ConfigurationError(f"{what} at {address}: {SAID[error.problem]}") from None


SAID: Mapping[CustodyProblem, str] = {
    CustodyProblem.UNREACHABLE: "its custody does not answer",
    CustodyProblem.TIMEOUT: "its custody takes too long to answer",
    CustodyProblem.SEALED: "the vault is sealed",
    CustodyProblem.FORBIDDEN: "its custody does not let this process use it",
    CustodyProblem.NO_KEY: "there is no such key",
    CustodyProblem.WRONG_KEY: "it is not the key that it was",
    CustodyProblem.UNUSABLE_KEY: "the key is of the wrong kind, or could be given out",
    CustodyProblem.GARBAGE: "its custody answers something else than it should",
    CustodyProblem.NOT_CONFIGURED: "it is not configured",
}
"""What an operator is told of a custody that fails at the start."""

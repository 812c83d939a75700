"""The keys a process runs under, and the places that keep them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from vepshare import audit, crypto
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError
from vepshare.private import read_credential, read_private

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What a process runs under: peppers, and keys that sign the log.

    There is one of each, but for the time that a new one takes over; the database says which
    one is current.
    """

    peppers: crypto.Peppers
    log_keys: tuple[audit.LogSigner, ...]
    close: Callable[[], None] = lambda: None
    """Gives back what does not survive a fork; the custody is not used afterwards."""

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
class VaultPlace:
    """Where a vault is; its token lies in a file or a credential, such as `file:/run/token`."""

    address: str
    token: str
    ca_file: Path | None = None
    mount: str = "transit"
    namespace: str = ""
    seconds: float = 3.0
    plain_on_loopback: bool = False
    """For tests: nothing sets it from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HsmPlace:
    """Which module and token; the PIN lies in a file or a credential, such as `file:/run/pin`."""

    module: Path
    token: str
    pin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the keys are kept: addresses such as `file:/etc/vepshare/pepper`.

    `credentials` is the folder of the service manager, empty where there is none.
    """

    peppers: tuple[str, ...]
    log_keys: tuple[str, ...]
    credentials: str = ""
    vault: VaultPlace | None = None
    hsm: HsmPlace | None = None


def open_custody(places: Places) -> Custody:
    """Return the keys that lie at *places*, each of them tried once.

    Raises:
        ConfigurationError: one cannot be had, or is open to others; one line that names it.

    """
    opening = _Opening(places)
    peppers = tuple(_opened(opening.peppers(), places.peppers, "the pepper"))
    log_keys = tuple(_opened(opening.log_keys(), places.log_keys, "the log key"))
    if not log_keys or len({one.public for one in log_keys}) != len(log_keys):
        raise ConfigurationError("the log key is not configured, or configured twice")
    return Custody(peppers=crypto.Peppers(*peppers), log_keys=log_keys, close=opening.close)


class _Opening:
    """How each kind of address is opened; what several keys share is opened once."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def peppers(self) -> Mapping[str, Callable[[str], crypto.Pepper]]:
        folder = self._places.credentials
        return {
            "file": lambda name: crypto.read_pepper(Path(name)),
            "systemd": lambda name: crypto.read_pepper_credential(name, folder=folder),
            "pkcs11": lambda name: crypto.HsmPepper(self._hsm, name),
            "vault": lambda name: crypto.VaultPepper(self._vault, name),
        }

    def log_keys(self) -> Mapping[str, Callable[[str], audit.LogSigner]]:
        folder = self._places.credentials
        return {
            "file": lambda name: audit.LogKey.load(Path(name)),
            "systemd": lambda name: audit.LogKey.load_credential(name, folder=folder),
            "pkcs11": lambda name: audit.tried(crypto.HsmSigner(self._hsm, name)),
            "vault": lambda name: audit.tried(crypto.VaultSigner(self._vault, name)),
        }

    def close(self) -> None:
        if "_hsm" in vars(self):
            self._hsm.close()

    @cached_property
    def _vault(self) -> crypto.Vault:
        place = self._places.vault
        if place is None:
            raise ConfigurationError("VEPSHARE_VAULT_ADDRESS is not set")
        token = self._secret(place.token, "vault token")
        token()
        return crypto.Vault(
            crypto.VaultAt(
                address=place.address,
                token=token,
                ca_file=place.ca_file,
                mount=place.mount,
                namespace=place.namespace,
                seconds=place.seconds,
                plain_on_loopback=place.plain_on_loopback,
            )
        )

    @cached_property
    def _hsm(self) -> crypto.Hsm:
        place = self._places.hsm
        if place is None:
            raise ConfigurationError("VEPSHARE_PKCS11_MODULE is not set")
        pin = self._secret(place.pin, "PIN of the hardware module")
        pin()
        return crypto.Hsm(crypto.HsmAt(module=place.module, token=place.token, pin=pin))

    def _secret(self, address: str, what: str) -> Callable[[], bytes]:
        """Return what reads a token or a PIN, each time it is asked for."""
        kind, _, name = address.partition(":")
        if kind == "systemd":
            folder = self._places.credentials
            return lambda: read_credential(name, folder=folder, what=what)
        if kind == "file" and name:
            return lambda: read_private(Path(name), what=what)
        raise ConfigurationError(f"{what}: {address!r} is neither file:… nor systemd:…")


def _opened(
    openers: Mapping[str, Callable[[str], T]], addresses: tuple[str, ...], what: str
) -> Iterator[T]:
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
    CustodyProblem.UNTRUSTED: "its custody shows a certificate that this process does not trust",
    CustodyProblem.SEALED: "the vault is sealed",
    CustodyProblem.FORBIDDEN: "its custody does not let this process use it",
    CustodyProblem.NO_KEY: "there is no such key",
    CustodyProblem.WRONG_KEY: "it is not the key that it was",
    CustodyProblem.UNUSABLE_KEY: "the key is of the wrong kind, or could be given out",
    CustodyProblem.GARBAGE: "its custody answers something else than it should",
    CustodyProblem.NOT_CONFIGURED: "it is not configured",
}
"""What an operator is told of a custody that fails at the start."""

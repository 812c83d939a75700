"""A pepper and a signing key that never leave an OpenBao or Vault."""

import base64
import binascii
from collections.abc import Mapping

from vepshare.crypto._peppers import ID_MESSAGE, named_by
from vepshare.crypto._vault import Vault
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

# What a key must not be: it could be given out, or would not be one key but a family of them.
_NEVER = ("exportable", "allow_plaintext_backup", "derived")


class VaultPepper:
    """A `Pepper` in the transit engine: a key of the type `hmac`, in one fixed version.

    Raises:
        ConfigurationError: *address* is not `name` or `name@version`.
        CustodyUnavailableError: there is no such key, it is of another type or could be given
            out, or the vault does not answer.

    """

    __slots__ = ("_id", "_key", "_vault", "_version")

    def __init__(self, vault: Vault, address: str) -> None:
        self._vault = vault
        self._key, self._version = _key_and_version(address)
        _require(vault.describe(self._key), "hmac", self._version)
        [named] = vault.hmacs(self._key, self._version, ID_MESSAGE)
        self._id = named_by(named)

    @property
    def id(self) -> str:
        """Return its name: 16 hexadecimal digits."""
        return self._id

    def mix(self, message: bytes) -> bytes:
        """Return the HMAC-SHA-256 of *message*: 32 bytes.

        In the same exchange the key says its name: one that was deleted and made again would
        make every passphrase wrong, and every new lock one that never opens.

        Raises:
            CustodyUnavailableError: it cannot be had just now, or is another than it was.

        """
        named, mixed = self._vault.hmacs(self._key, self._version, ID_MESSAGE, message)
        if named_by(named) != self._id:
            raise CustodyUnavailableError(CustodyProblem.WRONG_KEY)
        return mixed


class VaultSigner:
    """An Ed25519 key in the transit engine, in one fixed version; what signs the log.

    Raises:
        ConfigurationError: *address* is not `name` or `name@version`.
        CustodyUnavailableError: there is no such key, it is of another type or could be given
            out, or the vault does not answer.

    """

    __slots__ = ("_key", "_public", "_vault", "_version")

    def __init__(self, vault: Vault, address: str) -> None:
        self._vault = vault
        self._key, self._version = _key_and_version(address)
        described = _require(vault.describe(self._key), "ed25519", self._version)
        self._public = _public(described)

    @property
    def public(self) -> bytes:
        """Return the 32-byte public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of *message*; whoever uses it verifies it.

        Raises:
            CustodyUnavailableError: the vault does not answer, or with something else.

        """
        return self._vault.sign(self._key, self._version, message)


def _key_and_version(address: str) -> tuple[str, int]:
    name, at, version = address.partition("@")
    if not at:
        return name, 1
    # Never the latest one: a rotation inside the vault would be another pepper unannounced.
    if not (version.isascii() and version.isdigit() and 0 < int(version) < 10**9):
        raise ConfigurationError(f"{address!r} is not name@version")
    return name, int(version)


def _require(described: Mapping[str, object], kind: str, version: int) -> object:
    """Return what is said of that version of the key, if it can serve."""
    if described.get("type") != kind or any(described.get(one) is not False for one in _NEVER):
        raise CustodyUnavailableError(CustodyProblem.UNUSABLE_KEY)
    versions = described.get("keys")
    if not isinstance(versions, dict) or str(version) not in versions:
        raise CustodyUnavailableError(CustodyProblem.NO_KEY)
    return versions[str(version)]


def _public(described: object) -> bytes:
    text = described.get("public_key") if isinstance(described, dict) else None
    try:
        public = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except binascii.Error:
        public = b""
    if len(public) != 32:  # noqa: PLR2004
        raise CustodyUnavailableError(CustodyProblem.GARBAGE)
    return public

"""A pepper and a signing key that never leave a hardware module, by PKCS#11.

python-pkcs11 is the extra `hsm`, imported when such a key is configured and not before.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from vepshare.crypto._peppers import ID_MESSAGE, named_by
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

if TYPE_CHECKING:
    from pkcs11 import Key, KeyType, ObjectClass, Session

T = TypeVar("T")

# The library is initialised without locks of its own: one call at a time in a process.
_ONE_AT_A_TIME = threading.Lock()

_MOST_TRIES: Final = 4
_PAUSE: Final = 0.1
_PUBLIC_BYTES: Final = 32
# The point stands in a DER octet string, as the standard wants, or bare, as some modules do.
_OCTET_STRING: Final = b"\x04\x20"

_PROBLEMS: Mapping[str, CustodyProblem] = {
    "NoSuchKey": CustodyProblem.NO_KEY,
    "MultipleObjectsReturned": CustodyProblem.UNUSABLE_KEY,
    "KeyTypeInconsistent": CustodyProblem.UNUSABLE_KEY,
    "MechanismInvalid": CustodyProblem.UNUSABLE_KEY,
    "AttributeTypeInvalid": CustodyProblem.UNUSABLE_KEY,
    "PinIncorrect": CustodyProblem.FORBIDDEN,
    "PinInvalid": CustodyProblem.FORBIDDEN,
    "PinLenRange": CustodyProblem.FORBIDDEN,
    "PinExpired": CustodyProblem.FORBIDDEN,
    "PinLocked": CustodyProblem.FORBIDDEN,
    "UserPinNotInitialized": CustodyProblem.FORBIDDEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HsmAt:
    """Which module of PKCS#11, which token in it, and what reads the PIN of its user."""

    module: Path
    token: str
    pin: Callable[[], bytes]
    seconds: float = 5.0
    """How long a call waits for the one before it."""


class Hsm:
    """One token of a hardware module, opened when it is needed and again after a failure.

    Raises:
        ConfigurationError: the extra `hsm` is not installed, or the module cannot be loaded.

    """

    def __init__(self, at: HsmAt) -> None:
        self._at = at
        self._session: _Session | None = None
        self._process = 0
        self._locked_out = False
        if not at.module.is_file():
            raise ConfigurationError(f"there is no PKCS#11 module at {at.module}")
        try:
            import pkcs11  # noqa: F401, PLC0415
        except ImportError:
            raise ConfigurationError(
                "a key in a hardware module needs python-pkcs11: install vepshare[hsm]"
            ) from None

    def use(self, act: Callable[["_Session"], T]) -> T:
        """Return what *act* does in a session of the token.

        Raises:
            CustodyUnavailableError: the token is not there, does not let us in, or cannot do it.

        """
        if not _ONE_AT_A_TIME.acquire(timeout=self._at.seconds):
            raise CustodyUnavailableError(CustodyProblem.TIMEOUT)
        try:
            return self._tried(act)
        finally:
            _ONE_AT_A_TIME.release()

    def close(self) -> None:
        """Give the module back, before a process of ours is forked."""
        import pkcs11  # noqa: PLC0415

        with _ONE_AT_A_TIME:
            if self._session is not None and self._process == os.getpid():
                self._session = None
                pkcs11.lib(str(self._at.module)).finalize()

    def _tried(self, act: Callable[["_Session"], T]) -> T:
        from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415

        if self._locked_out:
            raise CustodyUnavailableError(CustodyProblem.FORBIDDEN)
        problem = CustodyProblem.UNREACHABLE
        # A session may have been lost with the module's power or network; and a module that
        # several processes open at once may refuse for an instant.
        for turn in range(_MOST_TRIES):
            time.sleep(turn * _PAUSE)
            try:
                return act(self._opened())
            except PKCS11Error as error:
                problem = _PROBLEMS.get(type(error).__name__, CustodyProblem.UNREACHABLE)
            if problem is not CustodyProblem.UNREACHABLE:
                break
            self._session = None
        # A wrong PIN is not tried again: the token would lock itself.
        self._locked_out = problem is CustodyProblem.FORBIDDEN
        # Outside of the handler: the error would keep an operation of the session open.
        raise CustodyUnavailableError(problem)

    def _opened(self) -> "_Session":
        import pkcs11  # noqa: PLC0415

        if self._session is not None and self._process == os.getpid():
            return self._session
        self._session = None
        library = pkcs11.lib(str(self._at.module))
        if self._process:
            # The state of a module does not survive a fork, nor its own failure.
            library.reinitialize()
        self._process = os.getpid()
        token = library.get_token(token_label=self._at.token)
        try:
            session = token.open(user_pin=self._pin())
        except pkcs11.exceptions.UserAlreadyLoggedIn:
            session = token.open()
        self._session = _Session(session)
        return self._session

    def _pin(self) -> str:
        try:
            return self._at.pin().strip().decode("utf-8")
        except (ConfigurationError, UnicodeDecodeError):
            raise CustodyUnavailableError(CustodyProblem.FORBIDDEN) from None


class _Session:
    """A session, and the keys that were looked up in it."""

    __slots__ = ("_found", "_session")

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._found: dict[tuple[ObjectClass, KeyType, str], Key] = {}

    def require(self, mechanism: int) -> None:
        """Refuse a module that cannot do *mechanism*: nothing falls back to a weaker one."""
        if mechanism not in self._session.token.slot.get_mechanisms():
            raise CustodyUnavailableError(CustodyProblem.UNUSABLE_KEY)

    def key(self, kind: "ObjectClass", key_type: "KeyType", label: str) -> "Key":
        """Return the one key of that kind, type and label."""
        wanted = (kind, key_type, label)
        if wanted not in self._found:
            self._found[wanted] = self._session.get_key(
                object_class=kind, key_type=key_type, label=label
            )
        return self._found[wanted]


class HsmPepper:
    """A `Pepper` in a hardware module: a generic secret key that it does not give out.

    Raises:
        CustodyUnavailableError: there is no such key, it is of another type or could be given
            out, or the module does not answer.

    """

    __slots__ = ("_hsm", "_id", "_label")

    def __init__(self, hsm: Hsm, label: str) -> None:
        self._hsm, self._label = hsm, label
        [named] = hsm.use(lambda session: _hmacs(session, label, ID_MESSAGE))
        self._id = named_by(named)

    @property
    def id(self) -> str:
        """Return its name: 16 hexadecimal digits."""
        return self._id

    def mix(self, message: bytes) -> bytes:
        """Return the HMAC-SHA-256 of *message*: 32 bytes.

        Raises:
            CustodyUnavailableError: it cannot be had just now, or is another than it was.

        """
        named, mixed = self._hsm.use(
            lambda session: _hmacs(session, self._label, ID_MESSAGE, message)
        )
        if named_by(named) != self._id:
            raise CustodyUnavailableError(CustodyProblem.WRONG_KEY)
        return mixed


class HsmSigner:
    """An Ed25519 key in a hardware module; what signs the log.

    Raises:
        CustodyUnavailableError: there is no such pair, it is of another type or could be given
            out, the module cannot do EdDSA, or does not answer.

    """

    __slots__ = ("_hsm", "_label", "_public")

    def __init__(self, hsm: Hsm, label: str) -> None:
        self._hsm, self._label = hsm, label
        self._public = hsm.use(lambda session: _public(session, label))

    @property
    def public(self) -> bytes:
        """Return the 32-byte public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of *message*; whoever uses it verifies it.

        Raises:
            CustodyUnavailableError: the module does not answer, or cannot sign.

        """
        return self._hsm.use(lambda session: _signed(session, self._label, message))


def _hmacs(session: _Session, label: str, *messages: bytes) -> list[bytes]:
    from pkcs11 import KeyType, Mechanism, ObjectClass  # noqa: PLC0415

    key = session.key(ObjectClass.SECRET_KEY, KeyType.GENERIC_SECRET, label)
    return [_made(key, one, Mechanism.SHA256_HMAC, size=32) for one in messages]


def _signed(session: _Session, label: str, message: bytes) -> bytes:
    from pkcs11 import KeyType, Mechanism, ObjectClass  # noqa: PLC0415

    key = session.key(ObjectClass.PRIVATE_KEY, KeyType.EC_EDWARDS, label)
    return _made(key, message, Mechanism.EDDSA, size=64)


def _made(key: "Key", message: bytes, mechanism: int, *, size: int) -> bytes:
    """Return what a key makes of *message*, if it is one that never leaves the module."""
    from pkcs11 import Attribute  # noqa: PLC0415

    if not (key[Attribute.SENSITIVE] and key[Attribute.SIGN]) or key[Attribute.EXTRACTABLE]:
        raise CustodyUnavailableError(CustodyProblem.UNUSABLE_KEY)
    made = bytes(key.sign(message, mechanism=mechanism))  # type: ignore[attr-defined]
    if len(made) != size:
        raise CustodyUnavailableError(CustodyProblem.GARBAGE)
    return made


def _public(session: _Session, label: str) -> bytes:
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass  # noqa: PLC0415

    session.require(Mechanism.EDDSA)
    key = session.key(ObjectClass.PUBLIC_KEY, KeyType.EC_EDWARDS, label)
    point = bytes(key[Attribute.EC_POINT])
    if len(point) != _PUBLIC_BYTES:
        point = point.removeprefix(_OCTET_STRING)
    if len(point) != _PUBLIC_BYTES:
        raise CustodyUnavailableError(CustodyProblem.UNUSABLE_KEY)
    return point

"""Checkpoints: the size and root of the log, signed, so that it cannot be rewritten unseen.

Source: C2SP signed-note and tlog-checkpoint; the signature is Ed25519, algorithm byte 0x01.
"""

import base64
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vepshare.audit._tree import EMPTY, HASH_BYTES
from vepshare.audit.ports import LogSigner
from vepshare.errors import (
    ConfigurationError,
    CustodyProblem,
    CustodyUnavailableError,
    VepshareError,
)
from vepshare.private import read_credential, read_private

MAX_SIGNATURES: Final = 16

_ED25519 = b"\x01"
_KEY_HASH_BYTES = 4
# A zero byte: the first line of no note.
_TRIAL = b"vepshare/log-key-trial/v1\0"
# A checkpoint begins with an origin, in which no zero byte can stand.
_MANIFEST = b"vepshare/backup-manifest/v1\0"
# A key name holds neither space nor plus sign (signed-note); ours keep to visible ASCII.
_ORIGIN = re.compile(r"[!-*,-~]{1,255}")
_SIGNATURE = r"— [^\s+]{1,255} [A-Za-z0-9+/]{1,8192}={0,2}\n"
_NOTE = re.compile(
    r"(?P<body>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,14})\n(?P<root>[A-Za-z0-9+/]{43}=)\n)"
    rf"\n(?P<signatures>(?:{_SIGNATURE}){{1,{MAX_SIGNATURES}}})"
)


class CheckpointProblem(StrEnum):
    """Why a checkpoint is refused."""

    FORM = "form"
    ORIGIN = "origin"
    TREE = "tree"
    KEY = "key"
    UNSIGNED = "unsigned"
    SIGNATURE = "signature"


class CheckpointError(VepshareError):
    """A checkpoint that is not one of this log."""

    def __init__(self, problem: CheckpointProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What the log committed to (point de contrôle): its first *size* entries have this *root*."""

    origin: str
    """Name of the log, which is also the name of its key."""
    size: int
    root: bytes
    """32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpan:
    """Which sizes a key signs: from *first* to *last*, both included; None: it still does."""

    public: bytes
    """32 bytes."""
    first: int
    last: int | None


class LogKey:
    """The Ed25519 key that signs checkpoints. It prints its public half only."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the key kept in *path*: PEM (PKCS 8, no passphrase) or a 32-byte seed in base64.

        Raises: ConfigurationError when the file is missing, readable by others than its owner,
        or not such a key.
        """
        return cls._parsed(read_private(path, what="log key file"), f"log key file {path}")

    @classmethod
    def load_credential(cls, name: str, *, folder: str) -> Self:
        """Return the key of a credential that the service manager laid into *folder*.

        Raises: ConfigurationError as for `load`, or when there are no credentials.
        """
        data = read_credential(name, folder=folder, what="log key credential")
        return cls._parsed(data, f"log key credential {name}")

    @classmethod
    def _parsed(cls, data: bytes, what: str) -> Self:
        try:
            if data.startswith(b"-----BEGIN"):
                key = serialization.load_pem_private_key(data, password=None)
            else:
                seed = base64.b64decode(data.strip(), validate=True)
                key = Ed25519PrivateKey.from_private_bytes(seed)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # Without its cause: a parser's message could quote the key.
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(f"{what}: not an Ed25519 private key")
        return cls(key)

    @property
    def public(self) -> bytes:
        """The 32-byte public key."""
        return self._key.public_key().public_bytes_raw()

    def verifier(self, origin: str) -> str:
        """Return the signed-note verifier key: name, key hash in hex, key in base64.

        Raises: CheckpointError when *origin* cannot name a log.
        """
        key_hash = _key_hash(origin, self.public).hex()
        return f"{_checked(origin)}+{key_hash}+{_base64(_ED25519 + self.public)}"

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of *message*."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"LogKey(public={self.public.hex()})"


def create_log_key_file(path: Path) -> LogKey:
    """Make a key, write it to the new file *path* (PEM, mode 0600) and return it.

    Raises: ConfigurationError when the file exists or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        # O_EXCL: neither another's key nor a link someone planted is written over.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigurationError(f"log key file {path}: {error.strerror}") from None
    return LogKey(key)


def sign_checkpoint(origin: str, size: int, root: bytes, *keys: LogSigner) -> str:
    """Return the signed note that commits the log *origin* to *size* entries under *root*.

    Two keys sign when one takes over from the other. Nothing leaves here that the key itself
    would not verify, whatever a custody has answered.

    Raises: CheckpointError when the name, the size or the root cannot be one;
    CustodyUnavailableError when a key cannot be had, or what it gave is no signature of its own.
    """
    body = f"{_checked(origin)}\n{size}\n{_base64(root)}\n"
    if not _is_tree(size, root):
        raise CheckpointError(CheckpointProblem.TREE)
    return "\n".join([body, *(_signed(origin, body, key) for key in keys)]) + "\n"


def tried(key: LogSigner) -> LogSigner:
    """Return *key*, which has signed something that is no checkpoint and opens nothing.

    Raises: CustodyUnavailableError when it cannot sign, or what it gave is no signature of its own.
    """
    _signature(key, _TRIAL)
    return key


def _signature(key: LogSigner, message: bytes) -> bytes:
    signature = key.sign(message)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (ValueError, InvalidSignature):
        raise CustodyUnavailableError(CustodyProblem.WRONG_KEY) from None
    return signature


def _signed(origin: str, body: str, key: LogSigner) -> str:
    signature = _signature(key, body.encode())
    return f"— {origin} {_base64(_key_hash(origin, key.public) + signature)}"


def sign_manifest(body: bytes, key: LogSigner) -> bytes:
    """Return the 64-byte signature of the manifest of a backup, which is no checkpoint's."""
    return key.sign(_MANIFEST + body)


def is_manifest(body: bytes, signature: bytes, public: bytes) -> bool:
    """Tell whether *signature* (64 bytes) is the log key's on the manifest *body*."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _MANIFEST + body)
    except (ValueError, InvalidSignature):
        return False
    return True


def open_checkpoint(text: str, origin: str, public: bytes) -> Checkpoint:
    """Return what the log *origin*, whose key is *public* (32 bytes), committed to in *text*.

    Signatures of others (cosigners) may stand beside the log's own and are not examined. Nothing
    else is let through: no extension line, no byte before or after, no second spelling.

    Raises: CheckpointError.
    """
    note = _NOTE.fullmatch(text)
    if note is None:
        raise CheckpointError(CheckpointProblem.FORM)
    if note["origin"] != _checked(origin):
        raise CheckpointError(CheckpointProblem.ORIGIN)
    signature = _own_signature(note["signatures"], origin, public)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, note["body"].encode())
    except ValueError:
        raise CheckpointError(CheckpointProblem.KEY) from None
    except InvalidSignature:
        raise CheckpointError(CheckpointProblem.SIGNATURE) from None
    size, root = int(note["size"]), _unbase64(note["root"])
    if not _is_tree(size, root):
        raise CheckpointError(CheckpointProblem.TREE)
    return Checkpoint(origin=origin, size=size, root=root)


def open_spanned(text: str, origin: str, spans: Sequence[KeySpan]) -> Checkpoint:
    """Return what the log *origin* committed to in *text*, signed by the key of that size.

    The size at which one key takes over from another belongs to both: both must have signed,
    and this is what carries the trust in the old key over to the new one.

    Raises: CheckpointError, also when no key signs that size.
    """
    note = _NOTE.fullmatch(text)
    if note is None:
        raise CheckpointError(CheckpointProblem.FORM)
    size = int(note["size"])
    due = [one for one in spans if one.first <= size and (one.last is None or size <= one.last)]
    opened = [open_checkpoint(text, origin, one.public) for one in due]
    if not opened:
        raise CheckpointError(CheckpointProblem.KEY)
    return opened[0]


def _own_signature(lines: str, origin: str, public: bytes) -> bytes:
    key_hash = _key_hash(origin, public)
    own = []
    for line in lines.splitlines():
        _, name, text = line.split(" ")
        blob = _unbase64(text)
        if name == origin and blob[:_KEY_HASH_BYTES] == key_hash:
            own.append(blob[_KEY_HASH_BYTES:])
    if len(own) != 1:
        raise CheckpointError(CheckpointProblem.FORM if own else CheckpointProblem.UNSIGNED)
    return own[0]


def _checked(origin: str) -> str:
    if _ORIGIN.fullmatch(origin) is None:
        raise CheckpointError(CheckpointProblem.ORIGIN)
    return origin


def _is_tree(size: int, root: bytes) -> bool:
    if size == 0:
        return root == EMPTY.root()
    return 0 < size < 10**15 and len(root) == HASH_BYTES


def _key_hash(origin: str, public: bytes) -> bytes:
    return sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_HASH_BYTES]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise CheckpointError(CheckpointProblem.FORM) from None
    # The last character may carry unused bits: one signature, one spelling.
    if _base64(data) != text:
        raise CheckpointError(CheckpointProblem.FORM)
    return data

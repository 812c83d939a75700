"""A pepper kept in a file that only its owner can read."""

import base64
import binascii
import os
import stat
from pathlib import Path

from vepshare.crypto._secrets import Pepper
from vepshare.errors import ConfigurationError

# Longer than any accepted form with its line end; the rest is not worth reading.
_READ_AT_MOST = 256
_HEXADECIMAL_DIGITS = 2 * Pepper.SIZE


class FilePepper:
    """A `PepperSource` over a file: 32 bytes in hexadecimal or base64, mode 0600 or less.

    Raises:
        ConfigurationError: missing, not a plain file, open to others, or not 32 bytes.

    """

    __slots__ = ("_pepper",)

    def __init__(self, path: Path) -> None:
        self._pepper = _parse(_read_private(path), path)

    def current(self) -> Pepper:
        """Return the pepper as it was when the process started."""
        return self._pepper


def create_pepper_file(path: Path) -> None:
    """Write a new random pepper to *path*, mode 0600; a file that exists is left alone.

    Raises:
        ConfigurationError: the file exists already, or cannot be written.

    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(Pepper.new().raw.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise ConfigurationError(f"pepper file exists already: {path}") from None
    except OSError as error:
        raise ConfigurationError(f"pepper file not written: {path}: {error.strerror}") from None


def _read_private(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            _require_private(file.fileno(), path)
            return file.read(_READ_AT_MOST)
    except OSError as error:
        raise ConfigurationError(f"pepper file not read: {path}: {error.strerror}") from None


def _without_waiting(path: str, flags: int) -> int:
    # A pipe put in place of the file must not hang the start.
    return os.open(path, flags | os.O_NONBLOCK)


def _require_private(descriptor: int, path: Path) -> None:
    # Asked of the open file, not of the path, which could be exchanged in between.
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise ConfigurationError(f"pepper file is not a plain file: {path}")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(f"pepper file is open to others, chmod 600 it: {path}")


def _parse(content: bytes, path: Path) -> Pepper:
    text = content.strip()
    try:
        if len(text) == _HEXADECIMAL_DIGITS:
            return Pepper(binascii.unhexlify(text))
        return Pepper(base64.b64decode(text, validate=True))
    except ValueError:
        raise ConfigurationError(
            f"pepper file does not hold 32 bytes in hexadecimal or base64: {path}"
        ) from None

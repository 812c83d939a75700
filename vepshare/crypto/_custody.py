"""A pepper that is read at the start: from a file of its owner's, or a credential."""

import base64
import binascii
import os
from pathlib import Path

from vepshare.crypto._peppers import PepperKey
from vepshare.errors import ConfigurationError
from vepshare.private import read_credential, read_private

_HEXADECIMAL_DIGITS = 2 * PepperKey.SIZE


def read_pepper(path: Path) -> PepperKey:
    """Return the pepper of a file: 32 bytes in hexadecimal or base64, mode 0600 or less.

    Raises:
        ConfigurationError: missing, not a plain file, open to others, or not 32 bytes.

    """
    return _parse(read_private(path, what="pepper file"), f"pepper file {path}")


def read_pepper_credential(name: str, *, folder: str) -> PepperKey:
    """Return the pepper of a credential of the service manager, which lies in *folder*.

    Raises:
        ConfigurationError: as for `read_pepper`, or there are no credentials.

    """
    content = read_credential(name, folder=folder, what="pepper credential")
    return _parse(content, f"pepper credential {name}")


def create_pepper_file(path: Path) -> None:
    """Write a new random pepper to *path*, mode 0600; a file that exists is left alone.

    Raises:
        ConfigurationError: the file exists already, or cannot be written.

    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(PepperKey.new().raw.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise ConfigurationError(f"pepper file exists already: {path}") from None
    except OSError as error:
        raise ConfigurationError(f"pepper file not written: {path}: {error.strerror}") from None


def _parse(content: bytes, what: str) -> PepperKey:
    text = content.strip()
    try:
        if len(text) == _HEXADECIMAL_DIGITS:
            return PepperKey(binascii.unhexlify(text))
        return PepperKey(base64.b64decode(text, validate=True))
    except ValueError:
        raise ConfigurationError(
            f"{what} does not hold 32 bytes in hexadecimal or base64"
        ) from None

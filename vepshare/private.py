"""Files that hold a secret: read when nobody but this process can, refused otherwise."""

import os
import stat
import struct
from collections.abc import Callable
from pathlib import Path

from vepshare.errors import ConfigurationError

# Longer than any accepted form with its line end; the rest is not worth reading.
_READ_AT_MOST = 4096

_ACL = "system.posix_acl_access"
_ACL_ENTRY = struct.Struct("<HHI")
_ACL_HEADER = 4
_OWNER, _NAMED_USER, _MASK = 0x01, 0x02, 0x10


def read_private(path: Path, *, what: str) -> bytes:
    """Return the first 4096 bytes of a file of mode 0600 or less; *what* names it in refusals.

    Raises:
        ConfigurationError: missing, not a plain file, or open to others; one line.

    """
    return _read(path, what, _require_own)


def read_credential(name: str, *, folder: str, what: str) -> bytes:
    """Return a credential that the service manager laid into *folder* for this process alone.

    The manager may own the file and let us in by an access list, which the mode then shows as
    the rights of a group: the list itself is read, and must name nobody else.

    Raises:
        ConfigurationError: there is no folder, the name is none, or as for `read_private`.

    """
    if not folder:
        raise ConfigurationError(f"{what}: CREDENTIALS_DIRECTORY is not set, see systemd.exec(5)")
    if not name or "/" in name or name in {".", ".."}:
        raise ConfigurationError(f"{what}: {name!r} is not the name of a credential")
    return _read(Path(folder) / name, what, _require_credential)


class _OpenToOthersError(Exception):
    """Somebody else could read the secret."""


def _read(path: Path, what: str, require: Callable[[int], None]) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            # Asked of the open file, not of the path, which could be exchanged in between.
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigurationError(f"{what} is not a plain file: {path}")
            require(file.fileno())
            return file.read(_READ_AT_MOST)
    except _OpenToOthersError:
        raise ConfigurationError(f"{what} is open to others, chmod 0600 it: {path}") from None
    except OSError as error:
        raise ConfigurationError(f"{what} not read: {path}: {error.strerror}") from None


def _without_waiting(path: str, flags: int) -> int:
    # A pipe put in place of the file must not hang the start.
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _require_own(descriptor: int) -> None:
    if stat.S_IMODE(os.fstat(descriptor).st_mode) & ~0o600:
        raise _OpenToOthersError


def _require_credential(descriptor: int) -> None:
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    try:
        acl = os.getxattr(descriptor, _ACL)
    except OSError:
        # No list, or a file system that knows none: the mode says everything.
        _require_own(descriptor)
        return
    if mode & ~0o640 or not all(map(_is_for_us, _ACL_ENTRY.iter_unpack(acl[_ACL_HEADER:]))):
        raise _OpenToOthersError


def _is_for_us(entry: tuple[int, int, int]) -> bool:
    tag, rights, who = entry
    if tag == _NAMED_USER and who == os.geteuid():
        return True
    return tag in {_OWNER, _MASK} or not rights

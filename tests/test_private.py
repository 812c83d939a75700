"""A secret is read where nobody else can read it, and refused elsewhere."""

import os
import struct
from pathlib import Path

import pytest

from vepshare.errors import ConfigurationError
from vepshare.private import read_credential, read_private

SOMEBODY_ELSE = 65534 if os.geteuid() != 65534 else 65533
OWNER, USER, GROUP, NAMED_GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
NOBODY = 0xFFFFFFFF


def laid(path: Path, mode: int = 0o400) -> Path:
    path.write_bytes(b"secret")
    path.chmod(mode)
    return path


def access_list(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in entries)


def let_in(path: Path, user: int, *more: tuple[int, int, int]) -> None:
    """Lay an access list as the service manager does: the mode then shows a group that reads."""
    entries = [(OWNER, 4, NOBODY), (USER, 4, user), (GROUP, 0, NOBODY), *more]
    acl = access_list(*entries, (MASK, 4, NOBODY), (OTHER, 0, NOBODY))
    os.setxattr(path, "system.posix_acl_access", acl)


def credential(folder: Path, name: str = "pepper") -> bytes:
    return read_credential(name, folder=str(folder), what="pepper credential")


def refusal(folder: Path, name: str = "pepper") -> str:
    with pytest.raises(ConfigurationError) as caught:
        credential(folder, name)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    return str(caught.value)


def test_a_credential_is_read(tmp_path: Path) -> None:
    laid(tmp_path / "pepper")

    assert credential(tmp_path) == b"secret"


def test_a_credential_that_lets_us_in_by_an_access_list_is_read(tmp_path: Path) -> None:
    path = laid(tmp_path / "pepper")
    let_in(path, os.geteuid())

    assert path.stat().st_mode & 0o777 == 0o440
    assert credential(tmp_path) == b"secret"


@pytest.mark.parametrize("more", [(USER, 4, SOMEBODY_ELSE), (NAMED_GROUP, 4, 100)])
def test_a_credential_that_lets_others_in_is_refused(
    tmp_path: Path, more: tuple[int, int, int]
) -> None:
    entries = [(OWNER, 4, NOBODY), (USER, 4, os.geteuid()), (GROUP, 0, NOBODY)]
    entries = sorted([*entries, more])
    acl = access_list(*entries, (MASK, 4, NOBODY), (OTHER, 0, NOBODY))
    path = laid(tmp_path / "pepper")
    os.setxattr(path, "system.posix_acl_access", acl)

    assert "open to others" in refusal(tmp_path)


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o444, 0o640, 0o604, 0o777])
def test_a_credential_of_a_readable_mode_is_refused(tmp_path: Path, mode: int) -> None:
    laid(tmp_path / "pepper", mode)

    assert "open to others" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["", ".", "..", "../pepper", "/etc/passwd"])
def test_a_credential_has_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    assert "not the name" in refusal(tmp_path, name)


def test_without_credentials_it_is_said_that_there_are_none(tmp_path: Path) -> None:
    assert "not read" in refusal(tmp_path)
    with pytest.raises(ConfigurationError, match="CREDENTIALS_DIRECTORY"):
        read_credential("pepper", folder="", what="pepper credential")


def test_a_file_of_ours_is_read_however_little_we_may_do_with_it(tmp_path: Path) -> None:
    assert read_private(laid(tmp_path / "key"), what="key") == b"secret"
    with pytest.raises(ConfigurationError, match="open to others"):
        read_private(laid(tmp_path / "key2", 0o440), what="key")


def test_an_access_list_is_no_excuse_for_a_plain_file(tmp_path: Path) -> None:
    path = laid(tmp_path / "key")
    let_in(path, os.geteuid())

    with pytest.raises(ConfigurationError, match="open to others"):
        read_private(path, what="key")

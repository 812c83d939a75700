import base64
import os
from pathlib import Path

import pytest

from vepshare import crypto
from vepshare.errors import ConfigurationError

RAW = bytes(range(32))


def pepper_file(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigurationError) as raised:
        crypto.read_pepper(path)
    return str(raised.value)


def test_a_new_pepper_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    crypto.create_pepper_file(path)
    pepper: crypto.Pepper = crypto.read_pepper(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert pepper == crypto.read_pepper(path)
    assert pepper != crypto.PepperKey(bytes(32))


def test_a_pepper_file_is_never_overwritten(tmp_path: Path) -> None:
    path = pepper_file(tmp_path / "pepper", RAW.hex().encode())
    with pytest.raises(ConfigurationError):
        crypto.create_pepper_file(path)
    assert crypto.read_pepper(path) == crypto.PepperKey(RAW)


def test_a_pepper_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError):
        crypto.create_pepper_file(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_pepper_file_in_no_directory_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not written"):
        crypto.create_pepper_file(tmp_path / "missing" / "pepper")


@pytest.mark.parametrize(
    "content",
    [RAW.hex().encode(), RAW.hex().upper().encode() + b"\n", base64.b64encode(RAW) + b"\r\n"],
)
def test_hexadecimal_and_base64_are_read(tmp_path: Path, content: bytes) -> None:
    path = pepper_file(tmp_path / "pepper", content)
    assert crypto.read_pepper(path) == crypto.PepperKey(RAW)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777])
def test_a_pepper_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = pepper_file(tmp_path / "pepper", RAW.hex().encode(), mode)
    assert "open to others" in refusal(path)


def test_a_pepper_that_nobody_writes_is_fine(tmp_path: Path) -> None:
    path = pepper_file(tmp_path / "pepper", RAW.hex().encode(), 0o400)
    assert crypto.read_pepper(path) == crypto.PepperKey(RAW)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        RAW.hex().encode()[:-2],
        RAW.hex().encode() + b"00",
        b"zz" * 32,
        base64.b64encode(RAW[:-1]),
        b"=" * 44,
        "é".encode() * 32,
        b"A" * 5000,
    ],
)
def test_what_is_not_32_bytes_is_refused_without_being_shown(
    tmp_path: Path, content: bytes
) -> None:
    text = refusal(pepper_file(tmp_path / "pepper", content))

    assert "32 bytes" in text
    assert "\n" not in text
    assert content.strip().decode() not in text or not content.strip()


def test_a_missing_file_a_directory_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "directory").mkdir(mode=0o700)

    assert "not read" in refusal(tmp_path / "missing")
    assert "not a plain file" in refusal(tmp_path / "pipe")
    assert "not read" in refusal(tmp_path / "directory")

"""Checkpoints: whose signature, over what, and how the key is kept."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vepshare import audit
from vepshare.errors import ConfigurationError

from .builders import ORIGIN

KEY = audit.LogKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = audit.LogKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROOT = bytes(range(32, 64))
NOTE = audit.sign_checkpoint(ORIGIN, 42, ROOT, KEY)
BODY, SIGNATURE = NOTE.split("\n\n")
Problem = audit.CheckpointProblem


def test_it_opens_to_what_was_signed() -> None:
    opened = audit.open_checkpoint(NOTE, ORIGIN, KEY.public)
    assert opened == audit.Checkpoint(origin=ORIGIN, size=42, root=ROOT)


def test_it_has_the_form_of_a_signed_note() -> None:
    assert f"{ORIGIN}\n42\n{base64.b64encode(ROOT).decode()}" == BODY
    assert SIGNATURE.startswith(f"— {ORIGIN} ")
    assert SIGNATURE.endswith("\n")


def test_the_key_of_the_published_example() -> None:
    """Source: the example of golang.org/x/mod/sumdb/note."""
    private = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    key = audit.LogKey(Ed25519PrivateKey.from_private_bytes(private[1:]))
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert key.verifier("PeterNeumann") == vkey
    text = (
        b"If you think cryptography is the answer to your problem,\n"
        b"then you don't know what your problem is.\n"
    )
    published = (
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn"
        "NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert base64.b64decode(published)[4:] == key.sign(text)


def test_a_cosigner_may_sign_beside_the_log() -> None:
    line = audit.sign_checkpoint("dpo.example.org", 42, ROOT, OTHER).split("\n\n")[1]
    for text in (NOTE + line, f"{BODY}\n\n{line}{SIGNATURE}"):
        assert audit.open_checkpoint(text, ORIGIN, KEY.public).size == 42


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", Problem.FORM, id="empty"),
        pytest.param(NOTE + "x", Problem.FORM, id="trailing bytes"),
        pytest.param(NOTE + "\n", Problem.FORM, id="trailing newline"),
        pytest.param(NOTE[:-1], Problem.FORM, id="no last newline"),
        pytest.param(NOTE.replace("\n", "\r\n"), Problem.FORM, id="carriage returns"),
        pytest.param(BODY + "\n", Problem.FORM, id="no signature"),
        pytest.param(f"{BODY}\nextension\n\n{SIGNATURE}", Problem.FORM, id="extension line"),
        pytest.param(NOTE.replace("\n42\n", "\n042\n"), Problem.FORM, id="leading zero"),
        pytest.param(NOTE.replace("\n42\n", "\n-42\n"), Problem.FORM, id="negative"),
        pytest.param(NOTE.replace("—", "-"), Problem.FORM, id="hyphen"),
        pytest.param(NOTE + SIGNATURE, Problem.FORM, id="signed twice"),
        pytest.param(NOTE + SIGNATURE * 16, Problem.FORM, id="too many signatures"),
        pytest.param(NOTE + "— dpo AAA\n", Problem.FORM, id="not base64"),
        pytest.param(NOTE + "— dpo AAAAAAB=\n", Problem.FORM, id="unused bits"),
        pytest.param(NOTE.replace("\n42\n", "\n43\n"), Problem.SIGNATURE, id="other size"),
        pytest.param(
            audit.sign_checkpoint("other.example.org", 42, ROOT, KEY), Problem.ORIGIN, id="origin"
        ),
        pytest.param(
            audit.sign_checkpoint(ORIGIN, 42, ROOT, OTHER), Problem.UNSIGNED, id="other key"
        ),
        pytest.param(
            NOTE.replace(f"— {ORIGIN}", "— other.example.org"), Problem.UNSIGNED, id="other name"
        ),
    ],
)
def test_anything_else_is_refused(text: str, problem: audit.CheckpointProblem) -> None:
    with pytest.raises(audit.CheckpointError) as caught:
        audit.open_checkpoint(text, ORIGIN, KEY.public)
    assert caught.value.problem is problem


def test_every_bit_of_the_signature_counts() -> None:
    blob = bytearray(base64.b64decode(SIGNATURE.split(" ")[2]))
    assert len(blob) == 4 + 64
    for place in range(4, 68):
        changed = bytearray(blob)
        changed[place] ^= 1
        text = f"{BODY}\n\n— {ORIGIN} {base64.b64encode(changed).decode()}\n"
        with pytest.raises(audit.CheckpointError, match="signature"):
            audit.open_checkpoint(text, ORIGIN, KEY.public)


def test_a_public_key_is_32_bytes() -> None:
    short = KEY.public[:31]
    with pytest.raises(audit.CheckpointError):
        audit.open_checkpoint(NOTE, ORIGIN, short)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb", "é", "x" * 256])
def test_a_name_that_could_be_misread_signs_nothing(origin: str) -> None:
    with pytest.raises(audit.CheckpointError, match="origin"):
        audit.sign_checkpoint(origin, 1, ROOT, KEY)
    with pytest.raises(audit.CheckpointError, match="origin"):
        KEY.verifier(origin)


@pytest.mark.parametrize(("size", "root"), [(-1, ROOT), (1, ROOT[:31]), (0, ROOT), (10**15, ROOT)])
def test_what_is_no_tree_is_not_signed(size: int, root: bytes) -> None:
    with pytest.raises(audit.CheckpointError, match="tree"):
        audit.sign_checkpoint(ORIGIN, size, root, KEY)


def test_the_empty_log_can_be_committed_to() -> None:
    note = audit.sign_checkpoint(ORIGIN, 0, audit.EMPTY.root(), KEY)
    assert audit.open_checkpoint(note, ORIGIN, KEY.public).size == 0


def test_a_signed_checkpoint_of_no_tree_is_refused() -> None:
    body = f"{ORIGIN}\n0\n{base64.b64encode(ROOT).decode()}\n"
    blob = base64.b64decode(SIGNATURE.split(" ")[2])[:4] + KEY.sign(body.encode())
    text = f"{body}\n— {ORIGIN} {base64.b64encode(blob).decode()}\n"
    with pytest.raises(audit.CheckpointError, match="tree"):
        audit.open_checkpoint(text, ORIGIN, KEY.public)


def test_a_created_key_is_private_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    old = os.umask(0)
    try:
        created = audit.create_log_key_file(path)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert audit.LogKey.load(path).public == created.public


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    audit.create_log_key_file(path)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="exists"):
        audit.create_log_key_file(path)
    assert path.read_bytes() == before


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError):
        audit.create_log_key_file(tmp_path / "log.key")
    assert not (tmp_path / "elsewhere").exists()


def test_a_seed_in_base64_loads(tmp_path: Path) -> None:
    path = write_key(tmp_path, base64.b64encode(bytes(range(32))) + b"\n")
    assert audit.LogKey.load(path).public == KEY.public


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o700, 0o666])
def test_a_key_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = write_key(tmp_path, base64.b64encode(bytes(32)))
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="0600") as caught:
        audit.LogKey.load(path)
    assert "\n" not in str(caught.value)


def pem(key: serialization.PrivateFormat) -> bytes:
    return generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, key, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        base64.b64encode(bytes(31)),
        base64.b64encode(bytes(33)),
        b"not base64!",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(serialization.PrivateFormat.PKCS8),
    ],
)
def test_what_is_not_an_ed25519_key_is_refused_without_quoting_it(
    tmp_path: Path, data: bytes
) -> None:
    with pytest.raises(ConfigurationError, match="not an Ed25519 private key") as caught:
        audit.LogKey.load(write_key(tmp_path, data))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_missing_key_a_directory_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigurationError):
            audit.LogKey.load(path)


def test_a_key_prints_its_public_half_only() -> None:
    assert KEY.public.hex() in repr(KEY)
    assert bytes(range(32)).hex() not in repr(KEY)


def write_key(folder: Path, data: bytes) -> Path:
    path = folder / "log.key"
    path.write_bytes(data)
    path.chmod(0o600)
    return path

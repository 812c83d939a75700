"""A pepper and a signing key in a hardware module, played by SoftHSM."""

import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.softhsm import PIN, TOKEN, WITH_SOFTHSM, Token, token
from vepshare import audit, crypto
from vepshare.errors import ConfigurationError, CustodyProblem, CustodyUnavailableError

pytestmark = WITH_SOFTHSM

RAW = bytes(range(32))


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Token]:
    with token(tmp_path, monkeypatch) as made:
        made.add_pepper("pepper", RAW)
        made.add_signer("log")
        yield made


def opened(plugged: Token, **changes: object) -> crypto.Hsm:
    given = {"module": plugged.module, "token": TOKEN, "pin": lambda: PIN.encode() + b"\n"}
    return crypto.Hsm(crypto.HsmAt(**(given | changes)))


def problem(act: Callable[[], object]) -> CustodyProblem:
    with pytest.raises(CustodyUnavailableError) as caught:
        act()
    return caught.value.problem


def test_a_pepper_in_the_module_is_the_pepper_in_the_file(plugged: Token) -> None:
    kept: crypto.Pepper = crypto.HsmPepper(opened(plugged), "pepper")
    local = crypto.PepperKey(RAW)

    assert kept.id == local.id
    assert kept.mix(b"abc") == local.mix(b"abc")


def test_the_log_is_signed_in_the_module(plugged: Token) -> None:
    """SoftHSM of Debian 12 does EdDSA."""
    key: audit.LogSigner = audit.tried(crypto.HsmSigner(opened(plugged), "log"))

    Ed25519PublicKey.from_public_bytes(key.public).verify(key.sign(b"abc"), b"abc")
    note = audit.sign_checkpoint("test.example/log", 1, bytes(32), key)
    assert audit.open_checkpoint(note, "test.example/log", key.public).size == 1


@pytest.mark.parametrize("changes", [{"EXTRACTABLE": True}, {"SENSITIVE": False}, {"SIGN": False}])
def test_a_pepper_that_could_be_given_out_or_cannot_be_used_is_refused(
    plugged: Token, changes: dict[str, object]
) -> None:
    plugged.add_pepper("loose", RAW, **changes)

    assert problem(lambda: crypto.HsmPepper(opened(plugged), "loose")) is (
        CustodyProblem.UNUSABLE_KEY
    )


@pytest.mark.parametrize("changes", [{"EXTRACTABLE": True}, {"SENSITIVE": False}])
def test_a_signing_key_that_could_be_given_out_is_refused(
    plugged: Token, changes: dict[str, object]
) -> None:
    plugged.add_signer("loose", **changes)
    key = crypto.HsmSigner(opened(plugged), "loose")

    assert problem(lambda: audit.tried(key)) is CustodyProblem.UNUSABLE_KEY


def test_a_module_that_cannot_do_eddsa_signs_no_log(plugged: Token) -> None:
    """And still keeps the pepper: nothing falls back to a weaker signature."""
    with (plugged.folder / "softhsm2.conf").open("a") as file:
        file.write("slots.mechanisms = CKM_SHA256_HMAC\n")
    plugged.begin_anew()
    hsm = opened(plugged)

    assert problem(lambda: crypto.HsmSigner(hsm, "log")) is CustodyProblem.UNUSABLE_KEY
    assert crypto.HsmPepper(hsm, "pepper").id == crypto.PepperKey(RAW).id


def test_a_key_that_is_missing_double_or_of_another_kind_is_refused(plugged: Token) -> None:
    hsm = opened(plugged)
    plugged.add_pepper("twice", RAW)
    plugged.add_pepper("twice", bytes(32))

    assert problem(lambda: crypto.HsmPepper(hsm, "nothing")) is CustodyProblem.NO_KEY
    assert problem(lambda: crypto.HsmPepper(hsm, "log")) is CustodyProblem.NO_KEY
    assert problem(lambda: crypto.HsmSigner(hsm, "pepper")) is CustodyProblem.NO_KEY
    assert problem(lambda: crypto.HsmPepper(hsm, "twice")) is CustodyProblem.UNUSABLE_KEY


def test_a_key_that_was_made_again_is_noticed_before_it_is_used(plugged: Token) -> None:
    kept = crypto.HsmPepper(opened(plugged), "pepper")
    plugged.remove("pepper")
    assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.NO_KEY
    plugged.add_pepper("pepper", bytes(32))

    assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.WRONG_KEY


def test_a_wrong_pin_is_tried_once(plugged: Token) -> None:
    """A token locks itself after a few: nobody could sign in, for a typing error."""
    asked = []

    def wrong() -> bytes:
        asked.append(1)
        return b"0000"

    hsm = opened(plugged, pin=wrong)

    for _ in range(5):
        assert problem(lambda: crypto.HsmPepper(hsm, "pepper")) is CustodyProblem.FORBIDDEN
    assert len(asked) == 1


def test_a_token_that_is_not_there_is_said(plugged: Token) -> None:
    missing = opened(plugged, token="another")
    assert problem(lambda: crypto.HsmPepper(missing, "pepper")) is CustodyProblem.UNREACHABLE


def test_a_module_that_is_not_there_or_none_is_said(plugged: Token, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no PKCS#11 module"):
        opened(plugged, module=tmp_path / "missing.so")
    (tmp_path / "text.so").write_text("no module")
    none = opened(plugged, module=tmp_path / "text.so")
    assert problem(lambda: crypto.HsmPepper(none, "pepper")) is CustodyProblem.UNREACHABLE


def test_a_module_that_was_begun_anew_is_opened_again(plugged: Token) -> None:
    kept = crypto.HsmPepper(opened(plugged), "pepper")
    plugged.begin_anew()

    assert kept.mix(b"abc") == crypto.PepperKey(RAW).mix(b"abc")


# What the library left open in a module that went away complains when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_token_that_is_pulled_is_no_answer_and_comes_back(plugged: Token) -> None:
    kept = crypto.HsmPepper(opened(plugged), "pepper")
    plugged.unplug()
    for _ in range(3):
        assert problem(lambda: kept.mix(b"abc")) is CustodyProblem.UNREACHABLE
    plugged.plug()

    assert kept.mix(b"abc") == crypto.PepperKey(RAW).mix(b"abc")
    gc.collect()


def test_many_threads_get_the_right_answers(plugged: Token) -> None:
    """One session, whose operations would otherwise mix."""
    hsm = opened(plugged)
    kept, signer = crypto.HsmPepper(hsm, "pepper"), crypto.HsmSigner(hsm, "log")
    local, wrong = crypto.PepperKey(RAW), []

    def use(number: int) -> None:
        for turn in range(20):
            message = f"{number} {turn}".encode()
            if kept.mix(message) != local.mix(message):
                wrong.append(message)
            Ed25519PublicKey.from_public_bytes(signer.public).verify(signer.sign(message), message)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)

    assert wrong == []
    assert not any(one.is_alive() for one in threads)


FORKING = """
import os, sys
from pathlib import Path
from vepshare import crypto

def opened():
    at = crypto.HsmAt(module=Path(sys.argv[1]), token=sys.argv[2], pin=sys.argv[3].encode)
    return crypto.Hsm(at)

hsm = opened()
kept = crypto.HsmPepper(hsm, "pepper")
if sys.argv[4] == "close":
    hsm.close()
workers = []
for number in range(2):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        mine = crypto.HsmPepper(opened(), "pepper") if sys.argv[4] == "close" else kept
        said = b"".join(mine.mix(bytes([turn])) for turn in range(20))
        os.write(writer, said)
        os._exit(0)
    os.close(writer)
    workers.append((child, reader))
for child, reader in workers:
    print(os.read(reader, 4096).hex(), os.waitpid(child, 0)[1])
print(kept.mix(bytes([1])).hex() if sys.argv[4] == "keep" else "closed")
"""


@pytest.mark.parametrize("how", ["close", "keep"])
def test_workers_are_forked_and_use_the_module_at_the_same_time(plugged: Token, how: str) -> None:
    """As gunicorn does: the check is made, the module given back, then the workers begin.

    Kept by mistake, it is opened anew in each process, and the first one goes on.
    """
    arguments = [str(plugged.module), TOKEN, PIN, how]
    ran = subprocess.run(
        [sys.executable, "-c", FORKING, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    local = crypto.PepperKey(RAW)
    worker = b"".join(local.mix(bytes([turn])) for turn in range(20)).hex() + " 0"
    last = "closed" if how == "close" else local.mix(bytes([1])).hex()
    assert ran.stdout.split("\n") == [worker, worker, last, ""]

import pickle
import threading
import time

import pytest

from vepshare import crypto
from vepshare.crypto import _passphrases
from vepshare.errors import Tampered, TamperedError, VepshareError
from vepshare.plain import Plain

from .builders import LAPTOP, NURSE, PHONE, PHYSICIAN, altered, other_suites

FLOOR = crypto.Argon2Parameters(memory_kib=19_456, time=2, lanes=1)
ROOT = crypto.RootSeed(b"r" * 32)
PEPPER = crypto.PepperKey(b"p" * 32)
DEVICE = crypto.DeviceSecret(b"d" * 32)
SALT = b"salt" * 4
STRETCHED = crypto.Stretched(b"s" * 32)
KIT = crypto.KitCode(b"c" * 20)
SECRET = crypto.UnlockSecret(b"u" * 32)
LOCK = crypto.lock_root(ROOT, SECRET, professional=NURSE, method=LAPTOP)


def secret_of(
    passphrase: str = "neuf lacs gelés",
    *,
    salt: bytes = SALT,
    parameters: crypto.Argon2Parameters = FLOOR,
    pepper: crypto.Pepper = PEPPER,
    device: crypto.DeviceSecret | None = DEVICE,
) -> crypto.UnlockSecret:
    return crypto.passphrase_secret(
        Plain(passphrase), salt=salt, parameters=parameters, pepper=pepper, device=device
    )


def unlocked(blob: bytes, secret: crypto.UnlockSecret = SECRET) -> crypto.RootSeed:
    return crypto.unlock_root(blob, secret, professional=NURSE, method=LAPTOP)


def test_the_right_passphrase_on_the_right_device_opens_the_lock() -> None:
    lock = crypto.lock_root(ROOT, secret_of(), professional=NURSE, method=LAPTOP)

    assert len(lock) == 105
    assert unlocked(lock, secret_of()) == ROOT


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: secret_of("neuf lacs geles"),
        lambda: secret_of("neuf lacs gelés "),
        lambda: secret_of("Neuf lacs gelés"),
        lambda: secret_of(""),
        lambda: secret_of(pepper=crypto.PepperKey.new()),
        lambda: secret_of(device=crypto.DeviceSecret.new()),
        lambda: secret_of(device=None),
        lambda: secret_of(salt=b"tlas" * 4),
        lambda: secret_of(parameters=crypto.Argon2Parameters(memory_kib=19_456, time=3, lanes=1)),
        lambda: crypto.prf_secret(bytes(32)),
        lambda: crypto.kit_secret(STRETCHED, crypto.KitCode(bytes(20))),
    ],
    ids=[
        "passphrase",
        "trailing space",
        "case",
        "empty",
        "pepper",
        "device",
        "no device",
        "salt",
        "parameters",
        "passkey",
        "kit",
    ],
)
def test_anything_else_does_not(wrong) -> None:  # type: ignore[no-untyped-def]
    lock = crypto.lock_root(ROOT, secret_of(), professional=NURSE, method=LAPTOP)
    with pytest.raises(crypto.WrongSecretError):
        unlocked(lock, wrong())


@pytest.mark.parametrize("typed", ["gele\N{COMBINING ACUTE ACCENT}s\N{NO-BREAK SPACE}?"])
def test_a_passphrase_is_the_same_on_every_keyboard(typed: str) -> None:
    assert secret_of(typed) == secret_of("gelés ?")


def test_a_passphrase_is_not_folded_further() -> None:
    """RFC 8265 asks for NFC: a ligature or a wide letter stays what it is."""
    assert secret_of("ﬁn") != secret_of("fin")


def test_a_salt_has_one_size() -> None:
    assert len(crypto.new_salt()) == 16
    with pytest.raises(ValueError, match="16 bytes"):
        secret_of(salt=b"short")


@pytest.mark.parametrize(
    ("memory_kib", "time", "lanes"),
    [(19_455, 2, 1), (65_536, 1, 1), (65_536, 3, 0), (0, 0, 0), (-1, 3, 1)],
)
def test_parameters_below_the_floor_are_refused(memory_kib: int, time: int, lanes: int) -> None:
    with pytest.raises(crypto.WeakParametersError):
        crypto.Argon2Parameters(memory_kib=memory_kib, time=time, lanes=lanes)


def test_parameters_above_the_ceiling_are_refused() -> None:
    """A writer on the database could make every sign-in exhaust the host."""
    for text in ("m=1048577,t=3,p=1", "m=65536,t=17,p=1", "m=65536,t=3,p=17"):
        with pytest.raises(crypto.WeakParametersError):
            crypto.Argon2Parameters.decode(text)


def test_parameters_are_stored_as_short_text() -> None:
    default = crypto.Argon2Parameters.DEFAULT

    assert default.encode() == "m=65536,t=3,p=1"
    assert crypto.Argon2Parameters.decode(default.encode()) == default
    with pytest.raises(crypto.WeakParametersError):
        crypto.Argon2Parameters.decode("m=1024,t=1,p=1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m=65536,t=3",
        "m=65536,t=3,p=1 ",
        "m=65536,t=3,p=1\n",
        "m=065536,t=3,p=1",
        "m=65536,t=٣,p=1",
        "t=3,m=65536,p=1",
        "m=-1,t=3,p=1",
    ],
)
def test_other_texts_are_no_parameters(text: str) -> None:
    with pytest.raises(TamperedError) as raised:
        crypto.Argon2Parameters.decode(text)
    assert raised.value.what is Tampered.UNLOCK


def test_passkey_and_kit_open_their_locks_without_pepper_or_device() -> None:
    for secret in (crypto.prf_secret(b"o" * 32), crypto.kit_secret(STRETCHED, KIT)):
        lock = crypto.lock_root(ROOT, secret, professional=NURSE, method=PHONE)
        opened = crypto.unlock_root(lock, secret, professional=NURSE, method=PHONE)
        assert opened == ROOT


@pytest.mark.parametrize("size", [0, 16, 19, 21, 33])
def test_passkey_and_kit_take_one_size(size: int) -> None:
    with pytest.raises(ValueError, match="bytes"):
        crypto.prf_secret(bytes(size))
    with pytest.raises(ValueError, match="bytes"):
        crypto.KitCode(bytes(size))


def test_a_lock_opens_for_its_owner_and_method_only() -> None:
    for professional, method in ((PHYSICIAN, LAPTOP), (NURSE, PHONE)):
        with pytest.raises(crypto.WrongSecretError):
            crypto.unlock_root(LOCK, SECRET, professional=professional, method=method)


@pytest.mark.parametrize("blob", altered(LOCK))
def test_an_altered_lock_is_refused(blob: bytes) -> None:
    with pytest.raises(VepshareError):
        unlocked(blob)


def test_what_cannot_be_a_lock_is_an_alarm_not_a_wrong_passphrase() -> None:
    for blob in (*other_suites(LOCK), LOCK[:-1], LOCK + b"\0", b""):
        with pytest.raises(TamperedError) as raised:
            unlocked(blob)
        assert raised.value.what is Tampered.UNLOCK


def test_a_pepper_is_named_without_being_told() -> None:
    name = PEPPER.id

    assert len(bytes.fromhex(name)) == 8
    assert name not in PEPPER.raw.hex()
    assert name != crypto.PepperKey.new().id


def test_at_most_two_derivations_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def slow(*_: object, **__: object) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return bytes(32)

    monkeypatch.setattr(_passphrases, "hash_secret_raw", slow)
    threads = [threading.Thread(target=secret_of) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2


def test_a_kit_without_the_passphrase_opens_nothing() -> None:
    """Source: DESIGN 5: the passphrase is still asked."""
    secret = crypto.kit_secret(STRETCHED, KIT)
    lock = crypto.lock_root(ROOT, secret, professional=NURSE, method=PHONE)
    for wrong in (
        crypto.kit_secret(crypto.Stretched(b"t" * 32), KIT),
        crypto.kit_secret(STRETCHED, crypto.KitCode(b"d" * 20)),
    ):
        with pytest.raises(crypto.WrongSecretError):
            crypto.unlock_root(lock, wrong, professional=NURSE, method=PHONE)


def test_the_code_of_a_kit_is_read_as_people_copy_it() -> None:
    code = crypto.KitCode(bytes(range(235, 255)))
    text = code.encode()

    assert [len(group) for group in text.split("-")] == [4] * 9
    for typed in (text, text.lower(), text.replace("-", " "), text.replace("-", ""), f" {text} "):
        assert crypto.KitCode.decode(typed) == code


def test_letters_that_look_like_digits_are_read_as_them() -> None:
    text = crypto.KitCode(bytes(20)).encode()
    assert text.startswith("0000-0000")
    assert crypto.KitCode.decode(text.replace("0", "O")) == crypto.KitCode(bytes(20))


def test_slips_of_the_pen_are_noticed() -> None:
    """One character, or two exchanged, but for one in a million; told before a lock is tried."""
    text = crypto.KitCode(bytes(range(1, 21))).encode().replace("-", "")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    slips = {
        text[:at] + other + text[at + 1 :]
        for at in range(len(text))
        for other in alphabet
        if other != text[at]
    } | {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    slips.discard(text)

    assert len(slips) > 36 * 31
    assert [one for one in slips if crypto.KitCode.decode(one) is not None] == []


@pytest.mark.parametrize("text", ["", "-", "U" * 36, "0" * 35, "0" * 37, "é" * 36, "٣" * 36])
def test_other_texts_are_no_code(text: str) -> None:
    assert crypto.KitCode.decode(text) is None


def test_a_device_token_is_read_as_it_was_written() -> None:
    token = crypto.DeviceToken(method=LAPTOP, secret=DEVICE)

    assert len(token.encode()) == 64
    assert crypto.DeviceToken.decode(token.encode()) == token
    for text in ("", "A" * 63, "A" * 65, "A" * 66, "é" * 64, token.encode() + "=", " " * 64):
        assert crypto.DeviceToken.decode(text) is None


def test_a_device_token_and_a_code_do_not_print_themselves() -> None:
    token = crypto.DeviceToken(method=LAPTOP, secret=DEVICE)
    for one in (token, KIT):
        assert "•••" in repr(one)
        assert "•••" in f"{one}"
        with pytest.raises(TypeError):
            pickle.dumps(one)

import copy
import pickle

import pytest

from vepshare import crypto

SECRETS = [
    crypto.RootSeed,
    crypto.WrapSeed,
    crypto.SigningSeed,
    crypto.CompartmentKey,
    crypto.FlagKey,
    crypto.EntryKey,
    crypto.EntryFlagKey,
    crypto.PepperKey,
    crypto.Stretched,
    crypto.DeviceSecret,
    crypto.UnlockSecret,
]
RAW = b"q" * 32


def texts_of(value: object) -> list[str]:
    return [repr(value), str(value), f"{value}", f"{value!r}", repr([value])]


@pytest.mark.parametrize("cls", SECRETS)
def test_a_secret_never_shows_its_bytes(cls: type[crypto.Secret]) -> None:
    for text in (*texts_of(cls(RAW)), f"{cls(RAW):>80}"):
        assert "•••" in text
        assert "qq" not in text
        assert RAW.hex()[:8] not in text


def test_what_holds_secrets_does_not_show_them_either() -> None:
    holders = [
        crypto.Identity(wrap=crypto.WrapSeed(RAW), signing=crypto.SigningSeed(RAW)),
        crypto.Token(id=RAW, half=RAW),
        crypto.private_key(crypto.WrapSeed(RAW)),
    ]
    for holder in holders:
        for text in texts_of(holder):
            assert "•••" in text
            assert "qq" not in text


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_secret_is_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        crypto.CompartmentKey(bytes(size))


def test_the_error_over_a_wrong_size_shows_no_bytes() -> None:
    with pytest.raises(ValueError) as raised:
        crypto.RootSeed(b"q" * 33)
    assert "qq" not in str(raised.value)


@pytest.mark.parametrize(
    "held",
    [
        crypto.RootSeed(RAW),
        crypto.Token(id=RAW, half=RAW),
        crypto.private_key(crypto.WrapSeed(RAW)),
    ],
)
def test_a_secret_is_neither_pickled_nor_copied(held: object) -> None:
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(held)


def test_secrets_are_equal_by_type_and_bytes() -> None:
    assert crypto.FlagKey(RAW) == crypto.FlagKey(RAW)
    assert crypto.FlagKey(RAW) != crypto.FlagKey(b"r" * 32)
    assert crypto.FlagKey(RAW) != crypto.CompartmentKey(RAW)
    assert crypto.FlagKey(RAW) != RAW


def test_a_secret_has_no_hash_and_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        hash(crypto.FlagKey(RAW))
    with pytest.raises(AttributeError):
        crypto.FlagKey(RAW).raw = RAW  # type: ignore[misc]


def test_new_secrets_differ() -> None:
    assert len({crypto.EntryKey.new().raw for _ in range(50)}) == 50

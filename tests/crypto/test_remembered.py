"""What a process remembers of the wraps it has opened, and who can make use of it."""

import pytest

from vepshare import crypto
from vepshare.crypto import _remembered, _wraps
from vepshare.errors import TamperedError

from .builders import GRANT_PLACE

INFO = GRANT_PLACE.info()


@pytest.fixture
def seed() -> crypto.WrapSeed:
    return crypto.WrapSeed.new()


@pytest.fixture
def key() -> crypto.CompartmentKey:
    return crypto.CompartmentKey.new()


@pytest.fixture
def blob(seed: crypto.WrapSeed, key: crypto.CompartmentKey) -> bytes:
    """A wrap that its recipient has opened once in this process."""
    made = crypto.wrap(key, crypto.public_key(seed), INFO)
    assert crypto.unwrap(crypto.CompartmentKey, made, crypto.private_key(seed), INFO) == key
    return made


def test_a_wrap_is_opened_by_its_private_key_only_once(
    seed: crypto.WrapSeed,
    key: crypto.CompartmentKey,
    blob: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expanded: list[crypto.WrapSeed] = []
    monkeypatch.setattr(_wraps, "_expand", expanded.append)

    again = crypto.unwrap(crypto.CompartmentKey, blob, crypto.private_key(seed), INFO)

    assert again == key
    assert expanded == []


def test_what_one_has_opened_serves_nobody_else(blob: bytes) -> None:
    stranger = crypto.private_key(crypto.WrapSeed.new())
    with pytest.raises(TamperedError):
        crypto.unwrap(crypto.CompartmentKey, blob, stranger, INFO)


def test_what_was_opened_at_one_place_opens_at_no_other(seed: crypto.WrapSeed, blob: bytes) -> None:
    with pytest.raises(TamperedError):
        crypto.unwrap(crypto.CompartmentKey, blob, crypto.private_key(seed), INFO + b"\0")


@pytest.mark.parametrize("position", [1, 600, 1120, 1168])
def test_an_altered_wrap_is_not_recognised(
    seed: crypto.WrapSeed, blob: bytes, position: int
) -> None:
    altered = bytearray(blob)
    altered[position] ^= 1
    with pytest.raises(TamperedError):
        crypto.unwrap(crypto.CompartmentKey, bytes(altered), crypto.private_key(seed), INFO)


def test_an_altered_memory_is_opened_anew_from_the_wrap(
    seed: crypto.WrapSeed, key: crypto.CompartmentKey, blob: bytes
) -> None:
    place = _remembered.place_of(blob[1:], INFO)
    _remembered._KEPT.put(place, bytes(60))
    assert crypto.unwrap(crypto.CompartmentKey, blob, crypto.private_key(seed), INFO) == key


def test_the_memory_holds_no_key_in_clear(key: crypto.CompartmentKey, blob: bytes) -> None:
    kept = _remembered._KEPT._sealed
    assert _remembered.place_of(blob[1:], INFO) in kept
    assert not any(key.raw in sealed for sealed in kept.values())


def test_the_longest_unused_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_remembered, "MOST", 2)
    kept = _remembered._Kept()
    kept.put(b"a", b"1")
    kept.put(b"b", b"2")
    assert kept.get(b"a") == b"1"

    kept.put(b"c", b"3")

    assert [kept.get(place) for place in (b"a", b"b", b"c")] == [b"1", None, b"3"]

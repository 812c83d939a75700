import pytest

from vepshare import crypto
from vepshare.errors import Tampered, TamperedError

from .builders import (
    ENTRY_PLACE,
    ENTRY_WRAP_PLACE,
    GRANT_PLACE,
    MEMBER_PLACE,
    altered,
    neighbours,
    other_suites,
)

SEED = crypto.WrapSeed(b"s" * 32)
PRIVATE = crypto.private_key(SEED)
PUBLIC = crypto.public_key(SEED)
KEY = crypto.CompartmentKey(b"k" * 32)
INFO = GRANT_PLACE.info()
BLOB = crypto.wrap(KEY, PUBLIC, INFO)


def refused(blob: bytes, key: crypto.PrivateKey, info: bytes) -> bool:
    with pytest.raises(TamperedError) as raised:
        crypto.unwrap(crypto.CompartmentKey, blob, key, info)
    return raised.value.what is Tampered.WRAP


def test_a_wrap_opens_for_its_recipient_at_its_place() -> None:
    assert len(PUBLIC) == 1216
    assert len(BLOB) == 1169
    assert crypto.unwrap(crypto.CompartmentKey, BLOB, PRIVATE, INFO) == KEY


def test_an_unwrapped_secret_has_the_type_asked_for() -> None:
    seed = crypto.WrapSeed.new()
    blob = crypto.wrap(seed, PUBLIC, MEMBER_PLACE.info())
    opened = crypto.unwrap(crypto.WrapSeed, blob, PRIVATE, MEMBER_PLACE.info())

    assert type(opened) is crypto.WrapSeed
    assert opened == seed


def test_two_wraps_of_one_key_differ() -> None:
    assert crypto.wrap(KEY, PUBLIC, INFO) != BLOB


def test_a_wrap_opens_for_nobody_else() -> None:
    assert refused(BLOB, crypto.private_key(crypto.WrapSeed.new()), INFO)


@pytest.mark.parametrize("info", [place.info() for place in neighbours(GRANT_PLACE)])
def test_a_wrap_opens_at_no_other_grant(info: bytes) -> None:
    assert refused(BLOB, PRIVATE, info)


@pytest.mark.parametrize("place", neighbours(MEMBER_PLACE))
def test_a_member_wrap_opens_for_no_other_membership(place: crypto.MemberPlace) -> None:
    blob = crypto.wrap(KEY, PUBLIC, MEMBER_PLACE.info())
    assert refused(blob, PRIVATE, place.info())


@pytest.mark.parametrize(
    "place",
    [
        *neighbours(ENTRY_WRAP_PLACE),
        *(
            crypto.EntryWrapPlace(
                place=place, part=crypto.Part.BODY, recipient_key=bytes(range(32))
            )
            for place in neighbours(ENTRY_PLACE)
        ),
    ],
)
def test_an_entry_wrap_opens_at_no_other_entry(place: crypto.EntryWrapPlace) -> None:
    blob = crypto.wrap(KEY, PUBLIC, ENTRY_WRAP_PLACE.info())
    assert refused(blob, PRIVATE, place.info())


@pytest.mark.parametrize("kind", [kind for kind in crypto.Kind if kind is not crypto.Kind.RECORD])
def test_a_wrap_opens_under_no_other_kind(kind: crypto.Kind) -> None:
    blob = crypto.wrap(KEY, PUBLIC, crypto.binding(crypto.Kind.RECORD, b"a"))
    assert refused(blob, PRIVATE, crypto.binding(kind, b"a"))


@pytest.mark.parametrize("blob", altered(BLOB))
def test_an_altered_wrap_is_refused(blob: bytes) -> None:
    assert refused(blob, PRIVATE, INFO)


def test_an_unknown_suite_is_refused() -> None:
    assert all(refused(blob, PRIVATE, INFO) for blob in other_suites(BLOB))


@pytest.mark.parametrize(
    "public",
    [b"", PUBLIC[:-1], PUBLIC + b"\0", b"\xff" * 1216, PUBLIC[:1184] + bytes(32)],
    ids=["empty", "short", "long", "no residues", "low order"],
)
def test_nothing_is_wrapped_to_what_is_no_public_key(public: bytes) -> None:
    with pytest.raises(TamperedError) as raised:
        crypto.wrap(KEY, public, INFO)
    assert raised.value.what is Tampered.WRAP


def test_a_low_order_point_in_a_wrap_is_refused() -> None:
    start = 1 + 1088
    assert refused(BLOB[:start] + bytes(32) + BLOB[start + 32 :], PRIVATE, INFO)


def test_a_wrap_of_a_secret_of_another_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    short = crypto.CompartmentKey(b"k" * 32)
    monkeypatch.setattr(short, "_raw", b"k" * 31)
    assert refused(crypto.wrap(short, PUBLIC, INFO), PRIVATE, INFO)


def test_a_key_id_is_the_hash_of_the_public_key() -> None:
    assert len(crypto.key_id(PUBLIC)) == 32
    assert crypto.key_id(PUBLIC) != crypto.key_id(crypto.public_key(crypto.WrapSeed.new()))

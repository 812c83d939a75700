import pytest
from hypothesis import given
from hypothesis import strategies as st

from vepshare import crypto
from vepshare.crypto import _messages
from vepshare.errors import Tampered, TamperedError

from .builders import VERSION_PLACE, altered, neighbours, other_suites

KEY = crypto.CompartmentKey(b"k" * 32)
BODY, FLAG = (VERSION_PLACE.context(part) for part in crypto.Part)
BLOB = crypto.seal(KEY, BODY, b"rue des Vennes 12")


def refused(key: crypto.Secret, context: bytes, blob: bytes) -> bool:
    with pytest.raises(TamperedError) as raised:
        crypto.unseal(key, context, blob)
    return raised.value.what is Tampered.VALUE


def size_of(length: int) -> int:
    return len(crypto.seal(KEY, BODY, b"a" * length))


@given(content=st.binary(max_size=3000))
def test_what_is_sealed_is_unsealed(content: bytes) -> None:
    assert crypto.unseal(KEY, BODY, crypto.seal(KEY, BODY, content)).reveal() == content


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\x80", b"\x80\0\0", b"a\0", bytes(255), bytes(70_000)]
)
def test_contents_that_look_like_padding_come_back_whole(content: bytes) -> None:
    assert crypto.unseal(KEY, BODY, crypto.seal(KEY, BODY, content)).reveal() == content


def test_two_seals_of_one_value_differ() -> None:
    assert crypto.seal(KEY, BODY, b"rue des Vennes 12") != BLOB


def test_what_is_unsealed_does_not_show() -> None:
    assert "Vennes" not in repr(crypto.unseal(KEY, BODY, BLOB))


def test_short_contents_have_one_length() -> None:
    assert {size_of(length) for length in range(256)} == {329}
    assert size_of(256) > 329


@pytest.mark.parametrize(
    ("shortest", "longest", "padded"),
    # 1 byte goes to the end mark: 257 to 272 marked bytes become 272, and so on.
    [(256, 271, 272), (272, 287, 288), (992, 1023, 1024), (1024, 1087, 1088), (9216, 9727, 9728)],
)
def test_lengths_within_a_bucket_cannot_be_told_apart(
    shortest: int, longest: int, padded: int
) -> None:
    assert size_of(shortest) == size_of(longest) == padded + _messages.OVERHEAD
    assert size_of(shortest - 1) < size_of(shortest)
    assert size_of(longest + 1) > size_of(longest)


@given(length=st.integers(min_value=256, max_value=16_000))
def test_padding_costs_at_most_12_percent(length: int) -> None:
    assert length + 1 <= size_of(length) - _messages.OVERHEAD <= (length + 1) * 1.12


def test_a_seal_opens_under_no_other_key() -> None:
    assert refused(crypto.CompartmentKey.new(), BODY, BLOB)
    assert refused(crypto.flag_key(KEY), BODY, BLOB)


def test_a_body_does_not_pass_for_flags_nor_flags_for_a_body() -> None:
    assert refused(KEY, FLAG, BLOB)
    assert refused(KEY, BODY, crypto.seal(KEY, FLAG, b"{}"))


@pytest.mark.parametrize("place", neighbours(VERSION_PLACE))
def test_a_seal_opens_at_no_other_place(place: crypto.VersionPlace) -> None:
    assert refused(KEY, place.context(crypto.Part.BODY), BLOB)


@pytest.mark.parametrize("blob", altered(BLOB))
def test_an_altered_seal_is_refused(blob: bytes) -> None:
    assert refused(KEY, BODY, blob)


def test_chunks_of_a_long_seal_cannot_be_dropped_or_exchanged() -> None:
    blob = crypto.seal(KEY, BODY, bytes(60_000))
    start, chunk = 1 + 56, 16_384 + 16
    first, second = blob[start : start + chunk], blob[start + chunk : start + 2 * chunk]

    assert refused(KEY, BODY, blob[:start] + second + first + blob[start + 2 * chunk :])
    assert refused(KEY, BODY, blob[: start + chunk])
    assert refused(KEY, BODY, blob[:start] + blob[start + chunk :])


def test_an_unknown_suite_is_refused() -> None:
    assert all(refused(KEY, BODY, blob) for blob in other_suites(BLOB))


@pytest.mark.parametrize("padded", [b"", bytes(256), b"a" * 256])
def test_a_message_without_an_end_mark_is_refused(padded: bytes) -> None:
    assert refused(KEY, BODY, _messages.encrypt(KEY, BODY, padded))


def test_the_hash_of_a_version_tells_where_one_blob_ends() -> None:
    assert len(crypto.sealed_hash(b"ab", b"c")) == 32
    hashes = [
        crypto.sealed_hash(b"ab", b"c"),
        crypto.sealed_hash(b"a", b"bc"),
        crypto.sealed_hash(b"abc"),
        crypto.sealed_hash(b"c", b"ab"),
        crypto.sealed_hash(),
    ]
    assert len(set(hashes)) == len(hashes)


def test_the_digest_of_a_version_names_what_is_told_beside_its_values() -> None:
    digests = [place.digest(b"b", b"f") for place in (VERSION_PLACE, *neighbours(VERSION_PLACE))]
    digests += [VERSION_PLACE.digest(b"bf", b""), VERSION_PLACE.digest(b"f", b"b")]

    assert {len(one) for one in digests} == {32}
    assert len(set(digests)) == len(digests)

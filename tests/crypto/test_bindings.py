import enum
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from vepshare import crypto
from vepshare.crypto import Kind, binding

from .builders import (
    ENTRY_PLACE,
    ENTRY_WRAP_PLACE,
    GRANT_PLACE,
    MEMBER_PLACE,
    VERSION_PLACE,
    neighbours,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = st.sampled_from(Kind)
BYTE_FIELDS = st.lists(st.binary(max_size=40), max_size=6)
ALL_FIELDS = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.text(max_size=20),
        st.integers(min_value=0, max_value=2**64 - 1),
        st.uuids(),
        st.datetimes(min_value=EPOCH.replace(tzinfo=None), timezones=st.just(UTC)),
    ),
    max_size=6,
)


def read_back(raw: bytes) -> tuple[str, list[bytes]]:
    """Return the kind and the fields of a binding, read by its description alone."""
    head, _, rest = raw.partition(b"\0")
    prefix, kind, version = head.decode().split("/")
    assert (prefix, version) == ("vepshare", "v1")
    fields = []
    while rest:
        size = int.from_bytes(rest[:4], "big")
        assert len(rest) >= 4 + size
        fields.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return kind, fields


@given(kind=KINDS, fields=BYTE_FIELDS)
def test_a_binding_tells_its_kind_and_fields_and_so_stands_for_nothing_else(
    kind: Kind, fields: list[bytes]
) -> None:
    assert read_back(binding(kind, *fields)) == (kind.value, fields)


@given(
    first=st.tuples(KINDS, BYTE_FIELDS),
    second=st.tuples(KINDS, BYTE_FIELDS),
)
def test_two_places_share_a_binding_only_if_they_are_one(
    first: tuple[Kind, list[bytes]], second: tuple[Kind, list[bytes]]
) -> None:
    same = binding(first[0], *first[1]) == binding(second[0], *second[1])
    assert same == (first == second)


@given(parts=st.lists(st.binary(max_size=8), min_size=2, max_size=5))
def test_bytes_do_not_move_from_one_field_to_the_next(parts: list[bytes]) -> None:
    assert binding(Kind.RECORD, b"".join(parts)) != binding(Kind.RECORD, *parts)


@given(fields=ALL_FIELDS)
def test_each_type_has_its_encoding(fields: list[bytes | str | int | UUID | datetime]) -> None:
    def encoded(field: bytes | str | int | UUID | datetime) -> bytes:
        match field:
            case bytes():
                return field
            case str():
                return field.encode()
            case int():
                return field.to_bytes(8, "big")
            case UUID():
                return field.bytes
            case datetime():
                return ((field - EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big")

    assert read_back(binding(Kind.FLAGS, *fields))[1] == [encoded(field) for field in fields]


def test_the_bytes_of_a_binding() -> None:
    assert binding(Kind.UNLOCK, "é", 258) == (
        b"vepshare/unlock/v1\0\0\0\0\x02\xc3\xa9\0\0\0\x08\0\0\0\0\0\0\x01\x02"
    )


@pytest.mark.parametrize("field", [True, False, None, 1.0, ("a",), bytearray(b"a")])
def test_other_types_are_refused(field: object) -> None:
    with pytest.raises(TypeError):
        binding(Kind.RECORD, field)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [-1, 2**64])
def test_integers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="integer"):
        binding(Kind.RECORD, number)


@pytest.mark.parametrize(
    "moment", [datetime.fromisoformat("2027-03-02 14:35"), EPOCH - timedelta.resolution]
)
def test_times_without_a_zone_or_before_1970_are_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="binding"):
        binding(Kind.RECORD, moment)


def test_a_time_is_an_instant_whatever_its_zone() -> None:
    brussels = timezone(timedelta(hours=1))
    moment = datetime(2027, 3, 2, 14, 35, tzinfo=brussels)

    assert binding(Kind.RECORD, moment) == binding(Kind.RECORD, moment.astimezone(UTC))
    assert binding(Kind.RECORD, moment) != binding(Kind.RECORD, moment + timedelta.resolution)
    assert binding(Kind.RECORD, moment) == binding(Kind.RECORD, 1_803_994_500_000_000)


@freeze_time("2027-03-02 13:35")
def test_a_frozen_clock_gives_times_like_any_other() -> None:
    assert binding(Kind.RECORD, datetime.now(UTC)) == binding(Kind.RECORD, 1_803_994_500_000_000)


def test_kinds_are_distinct_and_hold_no_separator() -> None:
    assert enum.unique(Kind) is Kind
    assert all(set(kind.value) <= set("abcdefghijklmnopqrstuvwxyz-") for kind in Kind)


def test_places_that_differ_in_one_field_have_different_bindings() -> None:
    grants = [GRANT_PLACE, *neighbours(GRANT_PLACE)]
    members = [MEMBER_PLACE, *neighbours(MEMBER_PLACE)]
    wraps = [ENTRY_WRAP_PLACE, *neighbours(ENTRY_WRAP_PLACE)]
    versions = [VERSION_PLACE, *neighbours(VERSION_PLACE)]
    bindings = [place.info() for place in grants]
    bindings += [place.info() for place in members]
    bindings += [place.info() for place in wraps]
    bindings += [place.context(part) for place in versions for part in crypto.Part]

    assert len(bindings) == 7 + 4 + 9 + 2 * 12
    assert len(set(bindings)) == len(bindings)


def test_a_place_takes_hashes_of_32_bytes_only() -> None:
    with pytest.raises(ValueError, match="32"):
        crypto.EntryPlace(
            dossier=ENTRY_PLACE.dossier,
            compartment="children",
            epoch=1,
            entry=ENTRY_PLACE.entry,
            version=2,
            previous=b"",
        )
    with pytest.raises(ValueError, match="32"):
        crypto.EntryWrapPlace(place=ENTRY_PLACE, part=crypto.Part.FLAG, recipient_key=bytes(1216))
    with pytest.raises(ValueError, match="32"):
        crypto.GrantPlace(
            dossier=GRANT_PLACE.dossier,
            compartment="children",
            part=crypto.Part.BODY,
            epoch=1,
            recipient_key=bytes(32),
            grant=bytes(33),
        )

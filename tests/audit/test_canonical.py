"""The canonical bytes: one spelling of an entry, and no other is read."""

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare import audit
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import DossierId, OrganisationId, ProfessionalId, RequestId

from .builders import BARE, MORNING, RECORD, make_record

CODE = st.text("".join(set(string.printable) - set(string.whitespace) - set('"\\')), max_size=64)
RECORDS = st.builds(
    audit.Record,
    event=st.sampled_from(audit.Event),
    outcome=st.sampled_from(audit.Outcome),
    actor=st.none() | st.uuids().map(ProfessionalId),
    profession=CODE,
    organisation=st.none() | st.uuids().map(OrganisationId),
    dossier=st.none() | st.uuids().map(DossierId),
    compartments=st.dictionaries(CODE.filter(bool), st.sampled_from("FRwWP"), max_size=4),
    purpose=CODE,
    ground=CODE,
    reason=CODE,
    request=st.uuids().map(RequestId),
    matrix=CODE,
    digest=st.just(b"") | st.binary(min_size=32, max_size=32),
    subject=st.none() | st.uuids(),
    count=st.none() | st.integers(0, 10**15 - 1),
)
INDEXES = st.integers(0, 10**15 - 1)
TIMES = st.datetimes(timezones=st.just(UTC))
GOOD = audit.encode(RECORD, index=12, time=MORNING)
ESCAPED = GOOD.replace(b"coordination", b"\\u0063oordination")


@settings(max_examples=150, deadline=None)
@given(RECORDS, INDEXES, TIMES)
def test_what_is_encoded_is_read_back(record: audit.Record, index: int, time: datetime) -> None:
    data = audit.encode(record, index=index, time=time)
    entry = audit.decode(data)
    assert (entry.index, entry.time) == (index, time)
    assert {name: getattr(entry, name) for name in record.__slots__} == {
        name: getattr(record, name) for name in record.__slots__
    }
    assert audit.encode(entry, index=entry.index, time=entry.time) == data


@settings(max_examples=150, deadline=None)
@given(RECORDS, INDEXES, TIMES)
def test_it_is_canonical_json(record: audit.Record, index: int, time: datetime) -> None:
    data = audit.encode(record, index=index, time=time)
    parsed = json.loads(data)
    again = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == data
    assert None not in parsed.values()
    assert "" not in parsed.values()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_another_entry_or_none(place: int, byte: int) -> None:
    data = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    try:
        entry = audit.decode(data)
    except TamperedError:
        return
    assert audit.encode(entry, index=entry.index, time=entry.time) == data


def test_what_is_absent_is_left_out() -> None:
    data = audit.encode(BARE, index=0, time=MORNING)
    assert data == (
        b'{"event":"log.read","index":0,"outcome":"refused",'
        b'"request":"00000000-0000-0000-0000-000000000004",'
        b'"time":"2027-03-02T13:35:00.000000Z","v":1}'
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="no members"),
        pytest.param(GOOD.replace(b'{"actor"', b'{ "actor"'), id="space"),
        pytest.param(GOOD.replace(b'"v":1', b'"v": 1'), id="space after a colon"),
        pytest.param(GOOD + b"\n", id="newline at the end"),
        pytest.param(b"\xef\xbb\xbf" + GOOD, id="byte order mark"),
        pytest.param(GOOD + GOOD, id="twice"),
        pytest.param(GOOD[:-1], id="cut"),
        pytest.param(json.dumps(json.loads(GOOD)).encode(), id="not compact"),
        pytest.param(
            json.dumps(dict(reversed(json.loads(GOOD).items())), separators=(",", ":")).encode(),
            id="reordered",
        ),
        pytest.param(
            GOOD.replace(b'"health":"R","identity":"W"', b'"identity":"W","health":"R"'),
            id="reordered compartments",
        ),
        pytest.param(
            GOOD.replace(b'"health":"R"', b'"health":"R","health":"W"'), id="compartment twice"
        ),
        pytest.param(
            GOOD.replace(b'{"health":"R","identity":"W"}', b"{}"), id="empty compartments"
        ),
        pytest.param(GOOD.replace(b'"health":"R"', b'"health":"RW"'), id="level of two letters"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":7.0'), id="float"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":7e0'), id="exponent"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":07'), id="leading zero"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":-7'), id="negative"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":true'), id="boolean"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":' + b"9" * 16), id="large number"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":null'), id="null"),
        pytest.param(GOOD.replace(b'"count":7', b'"count":7,"count":7'), id="duplicate key"),
        pytest.param(GOOD.replace(b'"v":1', b'"v":1,"w":1'), id="unknown key"),
        pytest.param(GOOD.replace(b'"v":1', b'"v":2'), id="unknown version"),
        pytest.param(GOOD.replace(b'"v":1}', b"}").replace(b",}", b"}"), id="no version"),
        pytest.param(GOOD.replace(b"dossier.read", b"dossier.stolen"), id="unknown event"),
        pytest.param(GOOD.replace(b"allowed", b"perhaps"), id="unknown outcome"),
        pytest.param(GOOD.replace(b"coordination", b"co\xc3\xb6rd"), id="not ASCII"),
        pytest.param(GOOD.replace(b"coordination", b"co\xff"), id="not UTF-8"),
        pytest.param(GOOD.replace(b"coordination", b"co\nord"), id="newline"),
        pytest.param(GOOD.replace(b"coordination", b"x" * 65), id="long code"),
        pytest.param(GOOD.replace(b"coordination", b""), id="empty code"),
        pytest.param(ESCAPED, id="escape"),
        pytest.param(GOOD.replace(b"2027-03-02", b"2027-02-30"), id="no such day"),
        pytest.param(GOOD.replace(b"T13:", b"T24:"), id="no such hour"),
        pytest.param(GOOD.replace(b"000000Z", b"000Z"), id="milliseconds"),
        pytest.param(GOOD.replace(b"000000Z", b"000000+00:00"), id="offset"),
        pytest.param(GOOD.replace(b'1f"', b'1F"'), id="capital in the digest"),
        pytest.param(GOOD.replace(b'1f"', b'"'), id="short digest"),
        pytest.param(GOOD.replace(b"00000000-0000", b"000000000000", 1), id="other UUID form"),
    ],
)
def test_no_other_spelling_is_read(data: bytes) -> None:
    assert data != GOOD
    with pytest.raises(TamperedError) as caught:
        audit.decode(data)
    assert caught.value.what is Tampered.LOG


@pytest.mark.parametrize("member", ["profession", "purpose", "ground", "reason", "matrix"])
@pytest.mark.parametrize(
    "code",
    [
        "care\n2027-03-02 all is well",
        "care\r",
        "care\x00",
        "care\x7f",
        "two words",
        'care","reason":"none',
        "care\\",
        "soins médicaux",
        "care\u202e",
        "care\u2028",
        "\ud800",
        "x" * 65,
    ],
)
def test_a_code_cannot_forge_a_line(member: str, code: str) -> None:
    with pytest.raises(audit.EntryRefusedError) as caught:
        audit.encode(make_record(**{member: code}), index=0, time=MORNING)
    assert caught.value.args == (member,)


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"compartments": {"health\n": "R"}}, "compartments"),
        ({"compartments": {"": "R"}}, "compartments"),
        ({"compartments": {"health": "R\n"}}, "compartments"),
        ({"digest": bytes(31)}, "digest"),
        ({"count": -1}, "count"),
        ({"count": 10**15}, "count"),
        ({"count": True}, "count"),
        ({"actor": "the nurse"}, "actor"),
        ({"event": "dossier.stolen"}, "event"),
        ({"request": None}, "request"),
    ],
)
def test_what_has_no_form_is_refused_by_name(changes: dict[str, object], member: str) -> None:
    with pytest.raises(audit.EntryRefusedError) as caught:
        audit.encode(make_record(**changes), index=0, time=MORNING)
    assert caught.value.args == (member,)


@pytest.mark.parametrize("index", [-1, 10**15])
def test_an_index_is_a_small_natural_number(index: int) -> None:
    with pytest.raises(audit.EntryRefusedError, match="index"):
        audit.encode(BARE, index=index, time=MORNING)


def test_the_time_is_utc() -> None:
    brussels = MORNING.astimezone(timezone(timedelta(hours=1)))
    with pytest.raises(audit.EntryRefusedError, match="time"):
        audit.encode(BARE, index=0, time=brussels)


def test_an_entry_has_a_length() -> None:
    fits = {f"{number:0>64}": "R" for number in range(900)}
    data = audit.encode(replace(BARE, compartments=fits), index=0, time=MORNING)
    assert len(data) <= audit.MAX_ENTRY_BYTES
    assert audit.decode(data).compartments == fits
    with pytest.raises(audit.EntryTooLongError):
        audit.encode(
            replace(BARE, compartments={f"{number:0>64}": "R" for number in range(930)}),
            index=0,
            time=MORNING,
        )


def test_a_long_entry_is_not_read_either() -> None:
    levels = ",".join(f'"{number:0>64}":"R"' for number in range(930))
    data = audit.encode(replace(BARE, compartments={"a": "R"}), index=0, time=MORNING)
    long = data.replace(b'"a":"R"', levels.encode())
    assert len(long) > audit.MAX_ENTRY_BYTES
    with pytest.raises(TamperedError):
        audit.decode(long)


def test_codes_of_the_callers_are_plain_texts_once_read() -> None:
    entry = audit.decode(GOOD)
    assert entry.event is audit.Event.DOSSIER_READ
    assert entry.subject == UUID(int=5)
    assert entry.digest == RECORD.digest

"""An event that is missing, moved, altered or made up closes the dossier instead of opening it."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vepshare import consent
from vepshare.consent._events import digest_of
from vepshare.dossier import Compartment
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import DossierId

from .builders import (
    CLINIC,
    DOSSIER,
    FIRST,
    GIVEN_AT,
    NURSE,
    SECOND,
    SUPPORT,
    compose,
    make_given,
    make_proof,
    make_terms,
    store,
)

INTERPRETER = consent.Interpreter(
    service=consent.InterpreterService.SWORN_INTERPRETER,
    code="INT-204",
    mode=consent.InterpreterMode.TELEPHONE,
    language="ti",
)
CHAIN = store(
    compose(
        (
            GIVEN_AT,
            make_given(
                terms=make_terms(
                    refused=(consent.Refused(organisation_id=SUPPORT),),
                    proof=make_proof(interpreter=INTERPRETER, witness=NURSE),
                    replaces=frozenset({SECOND}),
                )
            ),
        ),
        (GIVEN_AT, consent.Confirmed(consent_id=FIRST)),
        (
            GIVEN_AT,
            consent.Withdrawn(
                consent_id=FIRST,
                targets=(consent.Target(organisation_id=CLINIC),),
                compartments=frozenset({Compartment.HEALTH}),
            ),
        ),
        (GIVEN_AT, consent.Excluded(organisation_id=CLINIC)),
        (GIVEN_AT, consent.Tied(professional_id=NURSE)),
    )
)
Chain = tuple[consent.Signed, ...]


def forged(stored: consent.Signed, payload: bytes) -> consent.Signed:
    """Return *stored* saying something else, with a digest that fits: all but the signature."""
    return replace(stored, payload=payload, digest=digest_of(stored.previous, payload))


def relinked(chain: Chain) -> Chain:
    """Return the chain with places, links and digests made to fit again."""
    previous, found = consent.GENESIS, []
    for seq, one in enumerate(chain, start=1):
        digest = digest_of(previous, one.payload)
        found.append(replace(one, seq=seq, previous=previous, digest=digest))
        previous = digest
    return tuple(found)


def assert_tampered(chain: Chain, seq: int) -> None:
    with pytest.raises(TamperedError) as caught:
        consent.read(chain)
    assert caught.value.what is Tampered.CONSENT
    assert caught.value.args[-1] == str(seq)


def test_a_whole_chain_reads() -> None:
    """Source: R10."""
    assert [one.seq for one in consent.read(CHAIN)] == [1, 2, 3, 4, 5]
    assert consent.read(()) == ()


def test_a_cut_off_end_reads_as_a_shorter_chain() -> None:
    """The chain alone cannot tell: the log names the last digest, and services compare them."""
    assert len(consent.read(CHAIN[:-1])) == 4


@pytest.mark.parametrize("gone", range(4))
def test_a_missing_event_is_noticed(gone: int) -> None:
    """Source: R10. A withdrawal that vanishes would open what she closed."""
    assert_tampered(CHAIN[:gone] + CHAIN[gone + 1 :], gone + 1)


@pytest.mark.parametrize("at", range(4))
def test_two_events_in_the_other_order_are_noticed(at: int) -> None:
    """Source: R10."""
    swapped = [*CHAIN]
    swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    assert_tampered(tuple(swapped), at + 1)


def test_moved_events_whose_links_were_made_to_fit_are_noticed() -> None:
    """The place of an event is inside what was signed."""
    assert_tampered(relinked((*CHAIN[1:], CHAIN[0])), 1)
    assert_tampered(relinked(CHAIN[:2] + CHAIN[3:]), 3)


def test_an_event_said_twice_is_noticed() -> None:
    assert_tampered((CHAIN[0], *CHAIN), 2)


@pytest.mark.parametrize("number", range(5))
def test_one_altered_byte_is_noticed(number: int) -> None:
    """Source: R10."""
    stored = CHAIN[number]
    for at in range(0, len(stored.payload), 7):
        changed = bytearray(stored.payload)
        changed[at] ^= 1
        chain = (*CHAIN[:number], replace(stored, payload=bytes(changed)), *CHAIN[number + 1 :])
        assert_tampered(chain, number + 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 2},
        {"previous": bytes(31) + b"\1"},
        {"digest": bytes(32)},
        {"digest": b""},
        {"signer": NURSE},
        {"dossier_id": DossierId(FIRST)},
    ],
    ids=str,
)
def test_an_event_out_of_its_place_is_noticed(changes: dict[str, object]) -> None:
    """Source: R10. Another dossier, another signer, another link."""
    assert_tampered((replace(CHAIN[0], **changes), *CHAIN[1:]), 1)


def test_the_payload_of_another_dossier_is_noticed_even_with_a_digest_that_fits() -> None:
    """A consent copied from one dossier into another must not open it."""
    elsewhere = DossierId(SECOND)
    assert_tampered(tuple(replace(one, dossier_id=elsewhere) for one in CHAIN), 1)


@given(payload=st.binary(max_size=60))
@example(payload=b"")
@example(payload=b"null")
@example(payload=b"[]")
@example(payload=b"\xff")
@example(payload=b"[" * 100_000)
@example(payload=b"1" * 5_000)
def test_garbage_is_tampering_and_nothing_else(payload: bytes) -> None:
    """Whoever can write the table can digest what they like: no other error comes out."""
    assert_tampered((forged(CHAIN[0], payload),), 1)


odd_values = st.sampled_from(
    [
        None,
        True,
        5,
        -1.5,
        "",
        "x",
        [],
        ["x"],
        [[]],
        [{}],
        {},
        {"x": 1},
        10**400,
        "2027-03-02T14:35:00",
        "0001-01-01T00:00:00+14:00",
        "{12345678123456781234567812345678}",
    ]
)


def edited(payload: bytes, edit: Callable[[dict[str, object]], None]) -> bytes:
    """Return the payload with one change, spelt as canonically as before."""
    data = json.loads(payload)
    edit(data)
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def paths(data: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the way to every value in a payload."""
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [at] * bool(at) + [one for key, value in pairs for one in paths(value, (*at, key))]


WHERE = [(number, path) for number in range(5) for path in paths(json.loads(CHAIN[number].payload))]


@given(where=st.sampled_from(WHERE), value=odd_values)
def test_any_value_of_the_wrong_kind_is_tampering_and_nothing_else(
    where: tuple[int, tuple[object, ...]], value: object
) -> None:
    """No KeyError, AttributeError or a text where a list should be reaches a page."""
    number, (*way, last) = where

    def put(data: dict[str, object]) -> None:
        for key in way:
            data = data[key]
        data[last] = value

    payload = edited(CHAIN[number].payload, put)
    chain = (*CHAIN[:number], forged(CHAIN[number], payload))
    try:
        (*_, event) = consent.read(chain)
    except TamperedError:
        return
    # A value of the right kind: then what is read is what the payload says.
    assert event.payload == payload
    assert len(consent.fold((event,)).consents) <= 1


@pytest.mark.parametrize("path", [one for number, one in WHERE if number == 0], ids=str)
def test_a_value_taken_out_is_noticed_or_was_never_compulsory(path: tuple[object, ...]) -> None:
    """What is left out reads as not said, and never as a yes."""
    *way, last = path

    def take(data: dict[str, object]) -> None:
        for key in way:
            data = data[key]
        del data[last]

    payload = edited(CHAIN[0].payload, take)
    try:
        (event,) = consent.read((forged(CHAIN[0], payload),))
    except TamperedError:
        return
    whole = consent.read(CHAIN[:1])[0].act.terms
    left = event.act.terms
    assert len(left.recipients) <= len(whole.recipients)
    for line, full in zip(left.recipients, whole.recipients, strict=False):
        assert line.compartments <= full.compartments
        assert line.own_ticks <= full.own_ticks
    assert event.act.consent_id == FIRST
    assert event.dossier_id == DOSSIER


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.update(v=2),
        lambda data: data.update(seq=9),
        lambda data: data.update(kind="extended"),
        lambda data: data.update(at=data["at"].replace("Z", "+00:00")),
        lambda data: data.update(at=data["at"].replace("Z", "")),
        lambda data: data.update(note="x"),
        lambda data: data["act"].update(version=1.0),
        lambda data: data["act"].update(version=True),
        lambda data: data["act"]["terms"].update(purposes=[]),
        lambda data: data["act"]["terms"]["proof"].update(understood="yes"),
        lambda data: data["act"]["terms"]["proof"]["interpreter"].update(name="x"),
    ],
)
def test_a_second_spelling_of_an_event_is_refused(edit: object) -> None:
    """What is signed is what is understood: no unread key, no unknown version, no other form."""
    assert_tampered((forged(CHAIN[0], edited(CHAIN[0].payload, edit)),), 1)


def test_spaces_and_another_order_of_keys_are_refused() -> None:
    data = json.loads(CHAIN[0].payload)

    assert_tampered((forged(CHAIN[0], json.dumps(data).encode()),), 1)
    backwards = dict(sorted(data.items(), reverse=True))
    spelt = json.dumps(backwards, separators=(",", ":"), ensure_ascii=False).encode()
    assert_tampered((forged(CHAIN[0], spelt),), 1)

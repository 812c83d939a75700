"""What is read back is what was composed, and there is one spelling for it."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare import consent
from vepshare.dossier import Compartment
from vepshare.people import Hat, Profession

from .builders import DOSSIER, GIVEN_AT, compose, make_given, make_terms, store

moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 (the time zone is drawn apart)
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))]),
)
ids = st.uuids()
professions = st.sampled_from(Profession)
some_compartments = st.frozensets(st.sampled_from(Compartment))
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)

recipients = st.builds(
    consent.Recipient,
    organisation_id=ids,
    profession=professions,
    professional_id=st.none() | ids,
    compartments=some_compartments,
    own_ticks=some_compartments,
    ends=st.none() | moments,
)
proofs = st.builds(
    consent.Proof,
    form=st.sampled_from(consent.Form),
    statement_edition=words,
    statement_language=words,
    statement_hash=words,
    explained_by=ids,
    seen_alone=st.booleans(),
    reporting_warning_read=st.booleans(),
    understood=st.booleans(),
    witness=st.none() | ids,
    interpreter=st.none()
    | st.builds(
        consent.Interpreter,
        service=st.sampled_from(consent.InterpreterService),
        code=words,
        mode=st.sampled_from(consent.InterpreterMode),
        language=words,
    ),
    representative=st.none() | st.sampled_from(consent.RepresentativeKind),
    oral_reason=st.none() | st.sampled_from(consent.OralReason),
)
terms = st.builds(
    consent.Terms,
    recipients=st.lists(recipients, max_size=3).map(tuple),
    refused=st.lists(
        st.builds(
            consent.Refused,
            organisation_id=st.none() | ids,
            profession=st.none() | professions,
        ),
        max_size=3,
    ).map(tuple),
    purposes=st.frozensets(st.sampled_from(consent.Purpose)),
    starts=moments,
    ends=moments,
    proof=proofs,
    replaces=st.frozensets(ids, max_size=2),
)
acts = st.one_of(
    st.builds(consent.Given, consent_id=ids, version=st.integers(1, 50), terms=terms),
    st.builds(consent.Confirmed, consent_id=ids),
    st.builds(
        consent.Withdrawn,
        consent_id=ids,
        targets=st.lists(
            st.builds(consent.Target, organisation_id=ids, profession=st.none() | professions),
            max_size=3,
        ).map(tuple),
        compartments=some_compartments,
    ),
    st.builds(consent.Excluded, organisation_id=ids, professional_id=st.none()),
    st.builds(consent.Excluded, organisation_id=st.none(), professional_id=ids),
    st.builds(consent.Tied, professional_id=ids),
)
hats = st.builds(Hat, professional_id=ids, organisation_id=ids, profession=professions)


@settings(max_examples=300, deadline=None)
@given(act=acts, at=moments, by=hats)
def test_what_is_read_back_is_what_was_composed(act: consent.Act, at: datetime, by: Hat) -> None:
    """Source: R10."""
    event = consent.compose(
        dossier_id=DOSSIER, seq=1, at=at, by=by, act=act, previous=consent.GENESIS
    )

    assert consent.read(store((event,))) == (event,)


@given(act=acts, offset=st.integers(-12, 12))
def test_the_same_instant_is_spelt_the_same_from_any_time_zone(
    act: consent.Act, offset: int
) -> None:
    elsewhere = GIVEN_AT.astimezone(timezone(timedelta(hours=offset)))
    (here,), (there,) = compose((GIVEN_AT, act)), compose((elsewhere, act))

    assert here.payload == there.payload


@given(act=acts)
def test_the_payload_is_sorted_compact_json_without_what_was_not_said(
    act: consent.Act,
) -> None:
    """Absent and empty have one spelling, so that a signature covers one reading."""
    (event,) = compose((GIVEN_AT, act))
    data = json.loads(event.payload)
    spelt = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert spelt.encode() == event.payload
    assert None not in _values(data)
    assert [] not in _values(data)


def _values(data: object) -> list[object]:
    if isinstance(data, dict):
        return [one for value in data.values() for one in (value, *_values(value))]
    if isinstance(data, list):
        return [one for value in data for one in (value, *_values(value))]
    return []


def test_the_digest_covers_the_event_before_and_the_payload() -> None:
    """A second implementation of the digest, for an auditor."""
    first, second = compose((GIVEN_AT, make_given()), (GIVEN_AT, make_given(version=2)))
    label = b"vepshare/consent-event/v1\0"

    assert first.previous == bytes(32)
    assert second.previous == first.digest
    assert second.digest == hashlib.sha256(label + first.digest + second.payload).digest()


def test_every_value_of_the_terms_is_covered_by_the_digest() -> None:
    """Source: R10. A signature over the digest is a signature over all she said."""
    base = make_terms()
    later = timedelta(microseconds=1)
    line = base.recipients[0]
    changed = [
        replace(base, recipients=()),
        replace(base, recipients=(replace(line, own_ticks=frozenset()),)),
        replace(base, recipients=(replace(line, ends=base.ends),)),
        replace(base, refused=(consent.Refused(profession=Profession.POL),)),
        replace(base, purposes=frozenset()),
        replace(base, starts=base.starts + later),
        replace(base, ends=base.ends + later),
        replace(base, proof=replace(base.proof, understood=False)),
        replace(base, proof=replace(base.proof, seen_alone=False)),
        replace(base, proof=replace(base.proof, reporting_warning_read=True)),
        replace(base, replaces=frozenset({make_given().consent_id})),
    ]
    digests = {compose((GIVEN_AT, make_given(terms=one)))[0].digest for one in (base, *changed)}

    assert len(digests) == len(changed) + 1


def test_each_act_has_its_name() -> None:
    """The names stand in the log."""
    kinds = consent.EventKind
    first = make_given().consent_id
    named = {
        make_given(): kinds.GIVEN,
        make_given(version=2): kinds.EXTENDED,
        consent.Confirmed(consent_id=first): kinds.CONFIRMED,
        consent.Withdrawn(consent_id=first): kinds.WITHDRAWN,
        consent.Withdrawn(
            consent_id=first, compartments=frozenset({Compartment.HEALTH})
        ): kinds.NARROWED,
        consent.Excluded(): kinds.EXCLUDED,
        consent.Tied(professional_id=DOSSIER): kinds.TIED,
    }

    assert {act: consent.kind_of(act) for act in named} == named
    assert set(named.values()) == set(kinds)

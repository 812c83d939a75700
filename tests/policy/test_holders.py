"""The keys follow the decisions: whoever is owed one may read, and the other way round."""

from datetime import datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare import consent, policy
from vepshare.dossier import CODES, Compartment
from vepshare.people import Hat

from . import builders as b

SERVICES = ("O1/SVA", "O1/PSY", "O2/SVH", "O3/SVH", "O8/SAPV", "O11/CPAS", "O9/PAR")
PEOPLE = ("ann", "bea", "cis")
CODES_USED = ("ID", "AD", "HE", "PS", "RI", "RA")
CONSENTS = ("first", "second", "third")
DAY = timedelta(days=1)
START = b.at("2027-03-01 00:00")

some_codes = st.sets(st.sampled_from(CODES_USED)).map(" ".join)
lines = st.builds(
    lambda service, codes, ticks, name, days: b.line(
        service,
        codes,
        ticks,
        by_name=name,
        ends=None if days is None else START + days * DAY,
    ),
    st.sampled_from(SERVICES),
    some_codes,
    some_codes,
    st.none() | st.sampled_from(PEOPLE),
    st.none() | st.integers(5, 60),
)


@st.composite
def one_consent(draw: st.DrawFn, name: str) -> consent.Given:
    start = draw(st.integers(0, 15))
    older = CONSENTS[: CONSENTS.index(name)]
    return b.given(
        name,
        *draw(st.lists(lines, min_size=1, max_size=5)),
        starts=START + start * DAY,
        ends=START + (start + draw(st.integers(1, 40))) * DAY,
        proof=b.proof(
            reporting_warning_read=draw(st.booleans()),
            witness=draw(st.none() | st.just(b.person("witness"))),
        ),
        replaces=frozenset(b.consent_id(one) for one in older if draw(st.booleans())),
    )


which = st.sampled_from(CONSENTS).map(b.consent_id)
targets = st.lists(st.sampled_from((*SERVICES, "O1/", "O3/")).map(b.target), max_size=2).map(tuple)
later_acts = st.one_of(
    st.builds(consent.Confirmed, consent_id=which),
    st.builds(
        consent.Withdrawn,
        consent_id=which,
        targets=targets,
        compartments=some_codes.map(b.compartments),
    ),
    st.builds(
        consent.Excluded,
        organisation_id=st.sampled_from(("O1", "O3", "O8")).map(b.organisation),
    ),
    st.builds(consent.Tied, professional_id=st.sampled_from(PEOPLE).map(b.person)),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[datetime, consent.Act], ...]:
    """Return up to three consents, each with up to two later acts, three days apart."""
    acts: list[consent.Act] = []
    for name in CONSENTS[: draw(st.integers(1, 3))]:
        acts.append(draw(one_consent(name)))
        acts.extend(draw(st.lists(later_acts, max_size=2)))
    return tuple((START + day * 3 * DAY, act) for day, act in enumerate(acts))


registers = histories().map(lambda acts: b.fold(*acts))


@cache
def everybody() -> tuple[Hat, ...]:
    return tuple(b.hat(person, service) for person in PEOPLE for service in SERVICES)


moments = st.integers(0, 60 * 24).map(lambda hours: START + timedelta(hours=hours))


def levels_read(facts: policy.Facts, who: Hat, now: datetime) -> dict[Compartment, policy.Level]:
    cells = policy.decide_reading(facts, b.actor(who), now=now).cells
    return {compartment: cell.level for compartment, cell in cells.items()}


def levels_owed(
    register: consent.Register, who: Hat, now: datetime
) -> dict[Compartment, policy.Level]:
    return {
        one.compartment: one.level
        for one in policy.holders(register, now=now)
        if (one.organisation_id, one.profession) == (who.organisation_id, who.profession)
        and one.professional_id in {None, who.professional_id}
    }


@settings(max_examples=250, deadline=None)
@given(register=registers, now=moments)
def test_a_service_is_owed_a_key_exactly_when_a_participant_of_it_would_read(
    register: consent.Register, now: datetime
) -> None:
    """Source: V1, V4, V7. A member excluded in person is for the keys to leave out."""
    facts = b.facts(register, *(b.link(who, since=START) for who in everybody()))
    for who in everybody():
        bar = register.bar(who)
        if bar is None:
            assert levels_read(facts, who, now) == levels_owed(register, who, now)
        else:
            assert levels_read(facts, who, now) == {}
        if bar is not None and bar.organisation_id is not None:
            assert levels_owed(register, who, now) == {}


@settings(max_examples=100, deadline=None)
@given(register=registers, now=moments)
def test_nobody_is_owed_the_same_key_twice(register: consent.Register, now: datetime) -> None:
    """One wrap a recipient, compartment and epoch."""
    owed = [
        (one.compartment, one.organisation_id, one.profession, one.professional_id)
        for one in policy.holders(register, now=now)
    ]
    assert len(owed) == len(set(owed))


@settings(max_examples=100, deadline=None)
@given(register=registers, now=moments)
def test_the_key_of_the_place_is_owed_to_one_shelter_at_most(
    register: consent.Register, now: datetime
) -> None:
    """Source: S05-R1."""
    place = CODES["AD"]
    shelters = {
        one.organisation_id for one in policy.holders(register, now=now) if one.compartment is place
    }
    assert len(shelters) <= 1


@settings(max_examples=250, deadline=None)
@given(
    acts=histories(),
    service=st.sampled_from(SERVICES),
    whole_organisation=st.booleans(),
    now=moments,
)
def test_a_withdrawn_service_stays_out_whatever_stood_or_was_to_begin(
    acts: tuple[tuple[datetime, consent.Act], ...],
    service: str,
    whole_organisation: bool,
    now: datetime,
) -> None:
    """Source: V4, S02-R7. Only a new act lets it in again."""
    at = START + 30 * DAY
    closed = b.target(f"{service.partition('/')[0]}/" if whole_organisation else service)
    withdrawn = consent.Withdrawn(consent_id=b.consent_id("first"), targets=(closed,))
    register = b.fold(*acts, (at, withdrawn))

    left = policy.holders(register, now=max(now, at))

    assert not [one for one in left if closed.covers(one.organisation_id, one.profession)]


@settings(max_examples=250, deadline=None)
@given(acts=histories(), name=st.sampled_from(CONSENTS), now=moments)
def test_a_consent_withdrawn_whole_opens_nothing_again(
    acts: tuple[tuple[datetime, consent.Act], ...], name: str, now: datetime
) -> None:
    """Source: V4, R7. Not even when its witness speaks afterwards."""
    at = START + 30 * DAY
    withdrawn = consent.Withdrawn(consent_id=b.consent_id(name))
    confirmed = consent.Confirmed(consent_id=b.consent_id(name))
    register = b.fold(*acts, (at, withdrawn), (at + DAY, confirmed))

    left = policy.holders(register, now=max(now, at))

    assert not [one for one in left if one.grant.consent_id == b.consent_id(name)]

"""What the acts add up to beside the grants: lines, refusals, exclusions, the place."""

from datetime import timedelta

import pytest

from vepshare import consent
from vepshare.ids import OrganisationId
from vepshare.people import Hat, Profession

from .builders import (
    CLINIC,
    GIVEN_AT,
    NURSE,
    POLICE,
    RECORDER,
    SECOND,
    SHELTER,
    SUPPORT,
    WITNESS,
    at,
    compartments,
    end_of,
    fold,
    make_given,
    make_proof,
    make_recipient,
    make_terms,
)

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
LATER = GIVEN_AT + 5 * DAY
NOW = GIVEN_AT + 10 * DAY
DOCTORS = make_recipient()
SUPPORTERS = make_recipient(organisation_id=SUPPORT, profession=Profession.SVA)


def first(*recipients: consent.Recipient, **changes: object) -> consent.Given:
    return make_given(terms=make_terms(recipients=recipients, **changes))


def second(*recipients: consent.Recipient, **changes: object) -> consent.Given:
    terms = make_terms(recipients=recipients, **({"starts": LATER} | changes))
    return make_given(consent_id=SECOND, version=2, terms=terms)


def test_a_line_ends_on_its_own_day_or_with_the_consent() -> None:
    """Source: S05."""
    own, whole = end_of("2027-03-25"), end_of("2027-06-02")
    register = fold(
        (GIVEN_AT, first(make_recipient(ends=own), make_recipient(ends=whole + DAY), SUPPORTERS))
    )

    assert [one.ends for one in register.grants] == [own, whole, whole]
    assert len(register.live(own)) == 3
    assert len(register.live(own + TICK)) == 2
    assert register.live(whole + TICK) == ()


def hat(organisation: OrganisationId, profession: Profession, who: object = NURSE) -> Hat:
    return Hat(professional_id=who, organisation_id=organisation, profession=profession)


def test_a_line_speaks_of_one_function_of_one_organisation_or_of_one_person_of_it() -> None:
    """Source: V1."""
    service, named = (
        fold((GIVEN_AT, first(make_recipient(professional_id=who)))).grants[0]
        for who in (None, NURSE)
    )

    assert service.names(hat(CLINIC, Profession.MED))
    assert not service.names(hat(CLINIC, Profession.INF))
    assert not service.names(hat(SUPPORT, Profession.MED))
    assert named.names(hat(CLINIC, Profession.MED))
    assert not named.names(hat(CLINIC, Profession.MED, WITNESS))


NO_POLICE = (consent.Refused(organisation_id=POLICE),)
VICTIM_SUPPORT = make_recipient(
    organisation_id=POLICE, profession=Profession.SAPV, own_ticks=compartments("ID HE RI")
)


def test_what_she_refused_is_kept_with_its_date() -> None:
    """Source: V2, S01-R1, S01-A2."""
    register = fold((GIVEN_AT, first(DOCTORS, refused=NO_POLICE)))

    assert register.refused(POLICE, Profession.POL) == GIVEN_AT
    assert register.refused(POLICE, Profession.SAPV) == GIVEN_AT
    assert register.refused(CLINIC, Profession.MED) is None


def test_changing_her_mind_for_one_function_leaves_the_refusal_of_the_others() -> None:
    """Source: S01."""
    register = fold((GIVEN_AT, first(DOCTORS, refused=NO_POLICE)), (LATER, second(VICTIM_SUPPORT)))

    assert register.refused(POLICE, Profession.SAPV) is None
    assert register.refused(POLICE, Profession.POL) == GIVEN_AT
    assert register.refusals == (consent.Refusal(refused=NO_POLICE[0], at=GIVEN_AT),)


@pytest.mark.parametrize(
    ("refused", "police", "elsewhere"),
    [
        (consent.Refused(profession=Profession.SAPV), True, True),
        (consent.Refused(organisation_id=POLICE, profession=Profession.SAPV), True, False),
        (consent.Refused(organisation_id=POLICE), True, False),
        (consent.Refused(organisation_id=POLICE, profession=Profession.POL), False, False),
    ],
)
def test_a_refusal_speaks_of_an_organisation_a_function_or_one_of_the_other(
    refused: consent.Refused, police: bool, elsewhere: bool
) -> None:
    """Source: V2."""
    assert refused.covers(POLICE, Profession.SAPV) is police
    assert refused.covers(SHELTER, Profession.SAPV) is elsewhere


def test_an_exclusion_and_a_tie_are_kept_apart_and_dated() -> None:
    """Source: V7, R21."""
    register = fold(
        (GIVEN_AT, consent.Excluded(organisation_id=POLICE)),
        (LATER, consent.Excluded(professional_id=WITNESS)),
        (NOW, consent.Tied(professional_id=NURSE)),
    )

    assert register.bar(hat(POLICE, Profession.POL)).since == GIVEN_AT
    assert register.bar(hat(CLINIC, Profession.MED, WITNESS)).since == LATER
    assert register.bar(hat(CLINIC, Profession.MED)).by_tie
    assert register.bar(hat(CLINIC, Profession.MED, RECORDER)) is None


ORAL = make_proof(
    form=consent.Form.ORAL, oral_reason=consent.OralReason.CANNOT_READ, witness=WITNESS
)
CONFIRMED = consent.Confirmed(consent_id=SECOND)
PLACE = {"compartments": compartments("ID AD"), "own_ticks": compartments("AD")}


def test_the_place_is_where_a_shelter_was_told_of_it_last() -> None:
    """Source: S05-R1."""
    one = make_recipient(organisation_id=SHELTER, profession=Profession.SVH, **PLACE)
    other = make_recipient(organisation_id=SUPPORT, profession=Profession.SVH, **PLACE)
    unticked = make_recipient(organisation_id=SUPPORT, profession=Profession.SVH)

    assert fold((GIVEN_AT, first(DOCTORS))).place is None
    assert fold((GIVEN_AT, first(one))).place == SHELTER
    assert fold((GIVEN_AT, first(one)), (LATER, second(other))).place == SUPPORT
    assert fold((GIVEN_AT, first(one)), (LATER, second(unticked))).place == SHELTER


def test_a_place_told_through_a_waiting_consent_moves_with_the_witness() -> None:
    """Source: S06, S05-R1."""
    one = make_recipient(organisation_id=SHELTER, profession=Profession.SVH, **PLACE)
    acts = ((LATER, second(one, proof=ORAL)), (at("2027-03-08 10:00"), CONFIRMED))

    assert fold(*acts[:1]).place is None
    assert fold(*acts).place == SHELTER

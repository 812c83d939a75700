"""What stands after the acts: given, extended, replaced, narrowed, withdrawn, confirmed."""

from datetime import datetime, timedelta

import pytest

from vepshare import consent
from vepshare.dossier import CODES
from vepshare.ids import OrganisationId
from vepshare.people import Profession

from .builders import (
    CLINIC,
    FIRST,
    GIVEN_AT,
    RECORDER,
    SECOND,
    SHELTER,
    SUPPORT,
    WITNESS,
    compartments,
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
Open = dict[tuple[OrganisationId, Profession], set[str]]

TEAM = (
    make_recipient(),
    make_recipient(organisation_id=SUPPORT, profession=Profession.SVA),
    make_recipient(organisation_id=SUPPORT, profession=Profession.PSY),
)
MED, SVA, PSY = ((one.organisation_id, one.profession) for one in TEAM)
SAID = compartments("ID HE RI")
CODE_OF = {slug: code for code, slug in CODES.items()}


def first(*recipients: consent.Recipient, **changes: object) -> consent.Given:
    return make_given(terms=make_terms(recipients=recipients or TEAM, **changes))


def second(*recipients: consent.Recipient, **changes: object) -> consent.Given:
    terms = make_terms(recipients=recipients, **({"starts": LATER} | changes))
    return make_given(consent_id=SECOND, version=2, terms=terms)


def standing(register: consent.Register, now: datetime = NOW) -> Open:
    """Return the codes open to each service at *now*."""
    found: Open = {}
    for grant in register.live(now):
        service = (grant.organisation_id, grant.profession)
        found.setdefault(service, set()).update(CODE_OF[one] for one in grant.compartments)
    return found


ALL_THREE = {"ID", "HE", "RI"}


def test_nothing_stands_before_a_consent() -> None:
    """Source: V3."""
    assert consent.fold(()) == consent.Register()
    assert standing(fold()) == {}


def test_a_consent_opens_what_it_names_and_nothing_else() -> None:
    """Source: V2, V3."""
    register = fold((GIVEN_AT, first()))

    assert standing(register) == {MED: ALL_THREE, SVA: ALL_THREE, PSY: ALL_THREE}
    assert register.consents[0].recorded_at == GIVEN_AT
    assert register.consents[0].recorded_by.professional_id == RECORDER
    assert {one.digest for one in register.grants} == {register.consents[0].digest}


def test_a_later_consent_adds_to_what_stands() -> None:
    """Source: S01."""
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, second(TEAM[1])))

    assert standing(register, LATER - TICK) == {MED: ALL_THREE}
    assert standing(register, LATER) == {MED: ALL_THREE, SVA: ALL_THREE}
    assert [one.version for one in register.consents] == [1, 2]


def test_a_consent_that_replaces_another_ends_it_as_it_begins() -> None:
    """Source: S03. There is no instant with both and none with neither."""
    act = second(TEAM[1], replaces=frozenset({FIRST}))
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, act))

    assert standing(register, LATER - TICK) == {MED: ALL_THREE}
    assert standing(register, LATER) == {SVA: ALL_THREE}
    assert register.consent(FIRST).ended_at == LATER
    assert register.consent(SECOND).ended_at is None


def test_what_is_replaced_stands_until_the_new_consent_begins() -> None:
    """Source: V2."""
    starts = LATER + 2 * DAY
    act = second(TEAM[1], replaces=frozenset({FIRST}), starts=starts)
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, act))

    assert standing(register, starts - TICK) == {MED: ALL_THREE}
    assert standing(register, starts) == {SVA: ALL_THREE}


@pytest.mark.parametrize(
    "act",
    [
        consent.Withdrawn(consent_id=FIRST),
        consent.Withdrawn(consent_id=FIRST, targets=(consent.Target(organisation_id=CLINIC),)),
    ],
)
def test_what_is_to_be_replaced_later_can_still_be_withdrawn_now(
    act: consent.Withdrawn,
) -> None:
    """Source: V4. A replacement that is still to begin does not put a withdrawal off."""
    new = second(TEAM[1], replaces=frozenset({FIRST}), starts=LATER + 4 * DAY)
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, new), (LATER + DAY, act))

    assert standing(register, LATER + DAY - TICK) == {MED: ALL_THREE}
    assert standing(register, LATER + DAY) == {}
    assert standing(register, LATER + 4 * DAY) == {SVA: ALL_THREE}
    assert register.consent(FIRST).ended_at == LATER + DAY


def test_what_is_to_be_replaced_later_can_still_be_narrowed_now() -> None:
    """Source: V4."""
    new = second(TEAM[1], replaces=frozenset({FIRST}), starts=LATER + 4 * DAY)
    act = consent.Withdrawn(consent_id=FIRST, compartments=compartments("HE"))
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, new), (LATER + DAY, act))

    assert standing(register, LATER + DAY) == {MED: {"ID", "RI"}}
    assert standing(register, LATER + 4 * DAY) == {SVA: ALL_THREE}


def test_a_consent_withdrawn_whole_closes_every_line_of_it_and_no_other() -> None:
    """Source: V4."""
    act = consent.Withdrawn(consent_id=FIRST)
    register = fold((GIVEN_AT, first(TEAM[0], TEAM[1])), (LATER, second(TEAM[2])), (LATER, act))

    assert standing(register, LATER - TICK) == {MED: ALL_THREE, SVA: ALL_THREE}
    assert standing(register, LATER) == {PSY: ALL_THREE}
    assert register.consent(FIRST).ended_at == LATER
    assert register.consent(SECOND).ended_at is None
    assert register.withdrawn_at(*MED) == register.withdrawn_at(*SVA) == LATER
    assert register.withdrawn_at(*PSY) is None


@pytest.mark.parametrize(
    ("target", "left"),
    [
        (consent.Target(organisation_id=SUPPORT), {MED: ALL_THREE}),
        (
            consent.Target(organisation_id=SUPPORT, profession=Profession.PSY),
            {MED: ALL_THREE, SVA: ALL_THREE},
        ),
        (consent.Target(organisation_id=SHELTER), {MED: ALL_THREE, SVA: ALL_THREE, PSY: ALL_THREE}),
        (
            consent.Target(organisation_id=CLINIC, profession=Profession.PSY),
            {MED: ALL_THREE, SVA: ALL_THREE, PSY: ALL_THREE},
        ),
    ],
)
def test_a_target_is_closed_under_every_consent(target: consent.Target, left: Open) -> None:
    """Source: V4, S02. A service she no longer wants must not stay by an older act."""
    act = consent.Withdrawn(consent_id=SECOND, targets=(target,))
    register = fold((GIVEN_AT, first()), (LATER, second(*TEAM)), (LATER, act))

    assert standing(register, LATER) == left


def test_only_the_consents_left_with_nothing_are_over() -> None:
    act = consent.Withdrawn(consent_id=FIRST, targets=(consent.Target(organisation_id=CLINIC),))
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, second(*TEAM)), (LATER, act))

    assert register.consent(FIRST).ended_at == LATER
    assert register.consent(SECOND).ended_at is None


def test_one_subject_taken_back_leaves_the_others() -> None:
    """Source: S06-A2."""
    act = consent.Withdrawn(consent_id=FIRST, compartments=compartments("HE PS"))
    register = fold((GIVEN_AT, first()), (LATER, act))

    assert standing(register, LATER - TICK)[MED] == ALL_THREE
    assert standing(register, LATER) == {one: {"ID", "RI"} for one in (MED, SVA, PSY)}
    assert register.consent(FIRST).ended_at is None
    assert register.withdrawn_at(*MED) is None


def test_one_subject_taken_back_from_one_service_leaves_it_to_the_others() -> None:
    target = consent.Target(organisation_id=CLINIC)
    act = consent.Withdrawn(consent_id=FIRST, targets=(target,), compartments=compartments("HE"))
    register = fold((GIVEN_AT, first()), (LATER, act))

    assert standing(register, LATER) == {MED: {"ID", "RI"}, SVA: ALL_THREE, PSY: ALL_THREE}


def test_a_subject_taken_back_loses_its_own_tick_too() -> None:
    """Source: R5. Naming it again in general does not bring the tick back."""
    act = consent.Withdrawn(consent_id=FIRST, compartments=compartments("HE"))
    (grant,) = fold((GIVEN_AT, first(TEAM[0])), (LATER, act)).live(NOW)

    assert grant.own_ticks == frozenset()


def test_all_subjects_taken_back_one_by_one_end_the_consent() -> None:
    acts = [
        (LATER + number * DAY, consent.Withdrawn(consent_id=FIRST, compartments=frozenset({one})))
        for number, one in enumerate(sorted(SAID))
    ]
    register = fold((GIVEN_AT, first(TEAM[0])), *acts)

    assert standing(register, NOW) == {}
    assert register.consent(FIRST).ended_at == acts[-1][0]


def test_a_second_withdrawal_does_not_move_the_date_of_the_first() -> None:
    """Source: V5. A former participant is told when it ended."""
    act = consent.Withdrawn(consent_id=FIRST)
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, act), (LATER + DAY, act))

    assert [one.ended_at for one in register.grants] == [LATER]
    assert register.consent(FIRST).ended_at == LATER


def test_a_new_act_after_a_withdrawal_opens_again() -> None:
    """Source: S02-R7."""
    act = consent.Withdrawn(consent_id=FIRST)
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, act), (LATER + DAY, second(TEAM[0])))

    assert standing(register, LATER + DAY) == {MED: ALL_THREE}


def test_replacing_what_was_withdrawn_does_not_open_it_again() -> None:
    """Source: V4. A replacement that begins later would otherwise move the end it already had."""
    act = consent.Withdrawn(consent_id=FIRST)
    new = second(TEAM[1], replaces=frozenset({FIRST}), starts=LATER + 4 * DAY)
    register = fold((GIVEN_AT, first(TEAM[0])), (LATER, act), (LATER + DAY, new))

    assert standing(register, LATER + 2 * DAY) == {}
    assert register.consent(FIRST).ended_at == LATER


ORAL = make_proof(
    form=consent.Form.ORAL, oral_reason=consent.OralReason.CANNOT_READ, witness=WITNESS
)
CONFIRMED = consent.Confirmed(consent_id=SECOND)


def test_a_consent_with_a_witness_opens_as_the_witness_confirms_and_not_before() -> None:
    """Source: S06."""
    act = second(TEAM[1], proof=ORAL)
    waiting, confirmed = fold((LATER, act)), fold((LATER, act), (LATER + DAY, CONFIRMED))

    assert standing(waiting) == {}
    assert not waiting.consent(SECOND).confirmed
    assert standing(confirmed, LATER + DAY - TICK) == {}
    assert standing(confirmed, LATER + DAY) == {SVA: ALL_THREE}


def test_a_consent_that_waits_replaces_nothing_until_it_is_confirmed() -> None:
    """Source: S06, V4."""
    act = second(TEAM[1], proof=ORAL, replaces=frozenset({FIRST}))
    acts = ((GIVEN_AT, first(TEAM[0])), (LATER, act))

    assert standing(fold(*acts)) == {MED: ALL_THREE}
    confirmed = fold(*acts, (LATER + DAY, CONFIRMED))
    assert standing(confirmed, LATER + DAY - TICK) == {MED: ALL_THREE}
    assert standing(confirmed, LATER + DAY) == {SVA: ALL_THREE}


def test_a_consent_taken_back_while_it_waits_replaces_nothing_when_the_witness_speaks() -> None:
    """Source: V4."""
    act = second(TEAM[1], proof=ORAL, replaces=frozenset({FIRST}))
    taken_back = consent.Withdrawn(consent_id=SECOND)
    register = fold(
        (GIVEN_AT, first(TEAM[0])),
        (LATER, act),
        (LATER + DAY, taken_back),
        (LATER + 2 * DAY, CONFIRMED),
    )

    assert standing(register) == {MED: ALL_THREE}
    assert register.consent(FIRST).ended_at is None


def test_a_later_no_closes_at_once_what_an_older_act_still_told() -> None:
    """Source: V3, V4."""
    no = (consent.Refused(profession=Profession.MED),)
    shelter = make_recipient(organisation_id=SHELTER, profession=Profession.SVH)

    register = fold((GIVEN_AT, first()), (LATER, second(shelter, refused=no)))

    assert set(standing(register)) == {SVA, PSY, (SHELTER, Profession.SVH)}

"""The witness, « qui voit quoi » and the closing sheet."""

from datetime import timedelta

import pytest

from vepshare import consent, policy
from vepshare.dossier import Compartment, State
from vepshare.policy import Refusal

from . import builders as b

SAID = b.at("2027-06-07 15:20")
LAST = b.at("2027-06-08 15:20")
TICK = timedelta(microseconds=1)
WITNESS = b.hat("U02", "O1/PSY")
REFERENT = b.hat("U01", "O1/SVA")
SHELTER = b.hat("U05", "O3/SVH")
PROGRAMME = b.hat("U06", "O4/AUT")

ORAL = (
    SAID,
    b.given(
        "v1",
        b.line("O1/SVA", "ID CT RI", "–"),
        starts=SAID,
        proof=b.proof(
            form=consent.Form.ORAL,
            oral_reason=consent.OralReason.HER_CHOICE,
            witness=WITNESS.professional_id,
        ),
    ),
)
CONFIRMED = (b.at("2027-06-07 15:52"), consent.Confirmed(consent_id=b.consent_id("v1")))
TAKEN_BACK = (b.at("2027-06-07 15:40"), consent.Withdrawn(consent_id=b.consent_id("v1")))


def confirming(
    *acts: tuple[object, consent.Act], who: object = WITNESS, now: object = LAST
) -> Refusal | None:
    facts = b.facts(b.fold(*acts), REFERENT, referent="U01")
    asked = facts.register.consent(b.consent_id("v1"))
    return policy.decide_confirming(asked, b.actor(who), facts, now=now)


def test_the_witness_confirms_within_a_day() -> None:
    """Source: S06-R3. The end is inclusive, as everywhere (V2)."""
    assert confirming(ORAL, now=SAID) is confirming(ORAL, now=LAST) is None
    assert confirming(ORAL, now=LAST + TICK) is Refusal.CONFIRMATION_TOO_LATE


def test_nobody_confirms_in_the_place_of_the_witness() -> None:
    """Source: S06."""
    for who in (REFERENT, b.RECORDER, b.hat("U99", "O1/PSY")):
        assert confirming(ORAL, who=who) is Refusal.NOT_THE_WITNESS


def test_a_consent_is_confirmed_once() -> None:
    """Source: S06. A second time would move its beginning."""
    assert confirming(ORAL, CONFIRMED) is Refusal.ALREADY_CONFIRMED


def test_what_she_took_back_before_the_witness_spoke_is_not_confirmed() -> None:
    """Source: V4."""
    assert confirming(ORAL, TAKEN_BACK) is Refusal.ALREADY_WITHDRAWN


@pytest.mark.parametrize(
    "act",
    [
        consent.Excluded(professional_id=WITNESS.professional_id),
        consent.Excluded(organisation_id=WITNESS.organisation_id),
        consent.Tied(professional_id=WITNESS.professional_id),
    ],
)
def test_a_witness_excluded_since_does_not_confirm(act: consent.Act) -> None:
    """Source: V7, R12, S06-R1."""
    assert confirming(ORAL, (SAID, act)) is Refusal.EXCLUDED


V1 = (
    b.GIVEN,
    b.given(
        "v1",
        b.line("O1/SVA", "ID CT", "–"),
        b.line("O3/SVH", "ID AD HE", "AD HE"),
        b.line("O4/AUT", "ID RI"),
    ),
)
NOW = b.at("2027-03-20 10:00")


def known(*acts: object, state: State = State.ACTIVE) -> policy.Facts:
    register = b.fold(*(acts or (V1,)))
    return b.facts(register, REFERENT, SHELTER, PROGRAMME, state=state, referent="U01")


def test_the_referent_sees_who_sees_what_whole() -> None:
    """Source: S01-R5. They go through it with her."""
    overview = policy.decide_overview(known(), b.actor(REFERENT), now=NOW)

    assert overview == policy.Overview(compartments=frozenset(Compartment), own_only=False)


def test_a_reader_sees_who_sees_what_of_their_own_compartments() -> None:
    """Source: V6."""
    overview = policy.decide_overview(known(), b.actor(SHELTER), now=NOW)

    assert overview == policy.Overview(compartments=b.compartments("ID AD HE"), own_only=False)


def test_whoever_holds_flags_only_learns_nothing_of_the_other_services() -> None:
    """Source: S05-R4. The name of a shelter tells the region."""
    overview = policy.decide_overview(known(), b.actor(PROGRAMME), now=NOW)

    assert overview == policy.Overview(compartments=b.compartments("ID RI"), own_only=True)


def test_a_refused_overview_shows_nothing() -> None:
    """Source: V5."""
    overview = policy.decide_overview(known(), b.actor(b.hat("U", "O3/SVH")), now=NOW)

    assert overview == policy.Overview(refusal=Refusal.NOT_A_PARTICIPANT)
    assert overview.compartments == frozenset()
    assert overview.own_only


WITHDRAWN = (NOW, consent.Withdrawn(consent_id=b.consent_id("v1")))


@pytest.mark.parametrize(
    ("who", "acts", "state", "expected"),
    [
        (REFERENT, (V1,), State.ACTIVE, Refusal.DOSSIER_NOT_ACTIVE),
        (REFERENT, (V1,), State.DRAFT, Refusal.DOSSIER_NOT_ACTIVE),
        (REFERENT, (V1, WITHDRAWN), State.ACTIVE, None),
        (REFERENT, (V1, WITHDRAWN), State.FROZEN, None),
        (REFERENT, (V1,), State.FROZEN, None),
        (REFERENT, (V1,), State.LAPSED, None),
        (REFERENT, (V1,), State.SEALED, None),
        (REFERENT, (V1, WITHDRAWN), State.ERASED, Refusal.DOSSIER_NOT_ACTIVE),
        (SHELTER, (V1, WITHDRAWN), State.FROZEN, Refusal.NOT_REFERENT),
        (b.hat("U", "O1/SVA"), (V1, WITHDRAWN), State.FROZEN, Refusal.NOT_A_PARTICIPANT),
    ],
)
def test_the_referent_alone_keeps_a_closing_sheet_once_sharing_has_stopped(
    who: object, acts: tuple[object, ...], state: State, expected: Refusal | None
) -> None:
    """Source: S02."""
    facts = known(*acts, state=state)

    assert policy.decide_closing_sheet(facts, b.actor(who), now=NOW) is expected

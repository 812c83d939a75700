"""Who may open, give, withdraw, exclude, invite and join."""

from dataclasses import replace

import pytest

from vepshare import consent, policy
from vepshare.consent import Fault, Problem
from vepshare.dossier import State
from vepshare.people import CONFIDANTS, Profession, Standing
from vepshare.policy import Refusal

from . import builders as b

NOW = b.at("2027-03-20 10:00")
REFERENT = b.hat("U01", "O1/SVA")
COLLEAGUE = b.hat("U31", "O1/SVA")
DOCTOR = b.hat("U11", "O7/MED")
LIAISON = b.hat("U15", "O10/AJV")
POLICE = b.hat("U13", "O8/POL")

V1 = (
    b.GIVEN,
    b.given(
        "v1",
        b.line("O1/SVA", "ID CT RI", "–"),
        b.line("O7/MED", "ID HE", "HE"),
        b.line("O10/AJV", "ID RI"),
        refused=(b.refused("O8/"),),
    ),
)
WITHDRAWN = (b.at("2027-03-10 10:00"), consent.Withdrawn(consent_id=b.consent_id("v1")))
OUT = Standing(
    account_active=False,
    organisation_active=True,
    function_held=True,
    undertaking_until=b.end_of("2029-12-31"),
)


def known(*acts: object, state: State = State.ACTIVE) -> policy.Facts:
    """Return a dossier of three participants, by default under `V1`."""
    register = b.fold(*(acts or (V1,)))
    return b.facts(register, REFERENT, DOCTOR, LIAISON, state=state, referent="U01")


def excluded(code: str) -> tuple[object, consent.Excluded]:
    return b.at("2027-03-05 10:00"), consent.Excluded(professional_id=b.person(code))


def tied(code: str) -> tuple[object, consent.Tied]:
    return b.at("2027-03-05 10:00"), consent.Tied(professional_id=b.person(code))


@pytest.mark.parametrize("profession", Profession)
def test_only_those_she_confides_in_open_a_dossier(profession: Profession) -> None:
    """Source: V3, R19."""
    refusal = policy.decide_opening(b.actor(b.hat("U", f"O1/{profession}")), now=NOW)

    assert refusal is (None if profession in CONFIDANTS else Refusal.FUNCTION_MAY_NOT)


def test_whoever_is_not_in_force_does_nothing() -> None:
    """Source: V1, R16. One test over every act, so that a new one cannot forget it."""
    facts, out = known(), b.actor(REFERENT, OUT)
    pending = facts.register.consents[0]
    answers = (
        policy.decide_opening(out, now=NOW),
        policy.decide_giving(facts, out, now=NOW),
        policy.decide_confirming(pending, out, facts, now=NOW),
        policy.decide_withdrawing(facts, out, now=NOW),
        policy.decide_excluding(facts, out, now=NOW),
        policy.decide_inviting(facts, out, COLLEAGUE, now=NOW),
        policy.decide_joining(facts, out, now=NOW),
        policy.decide_overview(facts, out, now=NOW).refusal,
        policy.decide_closing_sheet(facts, out, now=NOW),
        policy.decide_log(out, now=NOW),
        policy.decide_accounts(out, now=NOW),
        policy.decide_reading(facts, out, now=NOW).refusal,
    )

    assert set(answers) == {Refusal.ACCOUNT_INACTIVE}
    assert len(answers) == len([name for name in dir(policy) if name.startswith("decide_")]) - 5


@pytest.mark.parametrize(
    ("who", "acts", "state", "expected"),
    [
        (REFERENT, (V1,), State.ACTIVE, None),
        (DOCTOR, (V1,), State.ACTIVE, None),
        (LIAISON, (V1,), State.ACTIVE, Refusal.FUNCTION_MAY_NOT),
        (COLLEAGUE, (V1,), State.ACTIVE, Refusal.NOT_A_PARTICIPANT),
        (DOCTOR, (V1, excluded("U11")), State.ACTIVE, Refusal.EXCLUDED),
        (DOCTOR, (V1, tied("U11")), State.ACTIVE, Refusal.TIED),
        (REFERENT, (V1, WITHDRAWN), State.FROZEN, None),
        (REFERENT, (V1, WITHDRAWN), State.LAPSED, None),
        (DOCTOR, (V1, WITHDRAWN), State.ACTIVE, Refusal.CONSENT_WITHDRAWN),
        (DOCTOR, (V1,), State.FROZEN, Refusal.DOSSIER_NOT_ACTIVE),
        (REFERENT, (V1,), State.DRAFT, Refusal.DOSSIER_NOT_ACTIVE),
        (REFERENT, (V1,), State.CLOSED, Refusal.DOSSIER_NOT_ACTIVE),
        (REFERENT, (V1,), State.SEALED, Refusal.DOSSIER_NOT_ACTIVE),
        (REFERENT, (V1,), State.ERASED, Refusal.DOSSIER_NOT_ACTIVE),
    ],
)
def test_when_sharing_has_stopped_only_the_referent_starts_it_again(
    who: object, acts: tuple[object, ...], state: State, expected: Refusal | None
) -> None:
    """Source: S02, V7."""
    assert policy.decide_giving(known(*acts, state=state), b.actor(who), now=NOW) is expected


@pytest.mark.parametrize("who", [REFERENT, DOCTOR, LIAISON])
@pytest.mark.parametrize("state", State)
def test_any_participant_records_a_withdrawal_on_her_word(who: object, state: State) -> None:
    """Source: V4, R7. Nothing she agreed to, and no state, stands in its way."""
    for acts in ((V1,), (V1, WITHDRAWN)):
        facts = known(*acts, state=state)
        assert policy.decide_withdrawing(facts, b.actor(who), now=NOW) is None


def test_whoever_does_not_take_part_records_no_withdrawal() -> None:
    """Source: V5, V7."""
    assert (
        policy.decide_withdrawing(known(), b.actor(COLLEAGUE), now=NOW) is Refusal.NOT_A_PARTICIPANT
    )
    barred = known(V1, tied("U11"))
    assert policy.decide_withdrawing(barred, b.actor(DOCTOR), now=NOW) is Refusal.TIED


def test_those_she_confides_in_record_an_exclusion() -> None:
    """Source: V7."""
    assert policy.decide_excluding(known(), b.actor(DOCTOR), now=NOW) is None
    assert policy.decide_excluding(known(), b.actor(LIAISON), now=NOW) is Refusal.FUNCTION_MAY_NOT
    assert (
        policy.decide_excluding(known(), b.actor(COLLEAGUE), now=NOW) is Refusal.NOT_A_PARTICIPANT
    )


V2 = (
    b.at("2027-03-15 11:00"),
    b.given("v2", b.line("O8/SAPV", "ID CT"), version=2, starts=b.at("2027-03-15 11:00")),
)
VICTIM_SUPPORT = b.hat("U12", "O8/SAPV")


@pytest.mark.parametrize(
    ("actor", "invited", "acts", "expected"),
    [
        (REFERENT, COLLEAGUE, (V1,), None),
        (REFERENT, b.hat("U32", "O7/MED"), (V1,), None),
        (REFERENT, VICTIM_SUPPORT, (V1,), Refusal.EXPLICIT_REFUSAL),
        (REFERENT, VICTIM_SUPPORT, (V1, V2), None),
        (REFERENT, POLICE, (V1, V2), Refusal.EXPLICIT_REFUSAL),
        (REFERENT, b.hat("U16", "O11/CPAS"), (V1,), Refusal.NO_CONSENT),
        (REFERENT, COLLEAGUE, (V1, excluded("U31")), Refusal.CANNOT_BE_ADDED),
        (REFERENT, COLLEAGUE, (V1, tied("U31")), Refusal.CANNOT_BE_ADDED),
        (DOCTOR, COLLEAGUE, (V1,), Refusal.NOT_REFERENT),
        (COLLEAGUE, COLLEAGUE, (V1,), Refusal.NOT_A_PARTICIPANT),
        (REFERENT, DOCTOR, (V1, WITHDRAWN), Refusal.CONSENT_WITHDRAWN),
    ],
)
def test_the_referent_invites_members_of_a_named_service_and_nobody_else(
    actor: object, invited: object, acts: tuple[object, ...], expected: Refusal | None
) -> None:
    """Source: V1, V7, S01-R1, S01-R7."""
    answer = policy.decide_inviting(known(*acts), b.actor(actor), invited, now=NOW)

    assert answer is expected


def test_a_service_named_through_one_person_is_not_open_to_invitation() -> None:
    """Source: V1, S03-R2. For a service as such, the invited person is the actor's own id."""
    act = b.given("v1", b.line("O1/SVA", "ID"), b.line("O5/INF", "ID", by_name="U07"))
    facts = known((b.GIVEN, act))
    as_such = replace(b.hat("U07", "O5/INF"), professional_id=REFERENT.professional_id)

    def answer(invited: object) -> Refusal | None:
        return policy.decide_inviting(facts, b.actor(REFERENT), invited, now=NOW)

    assert answer(b.hat("U07", "O5/INF")) is None
    assert answer(as_such) is answer(b.hat("U23", "O5/INF")) is Refusal.NO_CONSENT


@pytest.mark.parametrize(
    ("who", "acts", "state", "expected"),
    [
        (COLLEAGUE, (V1,), State.ACTIVE, None),
        (COLLEAGUE, (V1,), State.FROZEN, Refusal.DOSSIER_NOT_ACTIVE),
        (POLICE, (V1,), State.ACTIVE, Refusal.NO_CONSENT),
        (b.hat("U31", "O1/PSY"), (V1,), State.ACTIVE, Refusal.NO_CONSENT),
        (COLLEAGUE, (V1, WITHDRAWN), State.ACTIVE, Refusal.NO_CONSENT),
        (COLLEAGUE, (V1, excluded("U31")), State.ACTIVE, Refusal.EXCLUDED),
        (COLLEAGUE, (V1, tied("U31")), State.ACTIVE, Refusal.TIED),
    ],
)
def test_a_member_joins_only_where_their_service_is_named(
    who: object, acts: tuple[object, ...], state: State, expected: Refusal | None
) -> None:
    """Source: V1, V7, R18."""
    assert policy.decide_joining(known(*acts, state=state), b.actor(who), now=NOW) is expected


@pytest.mark.parametrize("profession", Profession)
def test_only_the_data_protection_officer_reads_the_log(profession: Profession) -> None:
    """Source: R19, V8."""
    refusal = policy.decide_log(b.actor(b.hat("U", f"O14/{profession}")), now=NOW)

    assert (refusal is None) is (profession is Profession.DPO)


def test_what_the_matrix_and_the_exclusions_say_against_a_consent_is_named() -> None:
    """Source: V7, R6, R19, R34, S04-R1."""
    facts = known(
        V1, excluded("U12"), (NOW, consent.Excluded(organisation_id=b.organisation("O4")))
    )
    asked = b.terms(
        b.line("O9/PAR", "ID"),
        b.line("O4/AUT", "ID"),
        b.line("O8/SAPV", "ID", by_name="U12"),
        b.line("O8/SAPV", "ID"),
        b.line("O7/MED", "ID AD"),
        b.line("O7/MED", "ID"),
    )

    assert policy.check_recipients(asked, facts) == (
        Problem(field="recipients.0", fault=Fault.NEVER_A_RECIPIENT),
        Problem(field="recipients.1", fault=Fault.CANNOT_BE_ADDED),
        Problem(field="recipients.2", fault=Fault.CANNOT_BE_ADDED),
        Problem(field="recipients.4.compartments", fault=Fault.OUTSIDE_FUNCTION),
    )


@pytest.mark.parametrize("function", ["PAR", "RES", "DPO", "ADM"])
def test_no_consent_names_the_parquet_a_manager_the_dpo_or_the_administrator(
    function: str,
) -> None:
    """Source: R19, V14, S04-R5."""
    asked = b.terms(b.line(f"O9/{function}", "ID"))

    assert policy.check_recipients(asked, None) == (
        Problem(field="recipients.0", fault=Fault.NEVER_A_RECIPIENT),
    )


@pytest.mark.parametrize(
    ("witness", "acts", "allowed"),
    [
        ((b.hat("U02", "O1/PSY"),), (V1,), True),
        ((b.hat("U02", "O1/PSY"), b.hat("U02", "O2/SVH")), (V1,), True),
        ((b.hat("U06", "O4/AUT"),), (V1,), False),
        ((POLICE,), (V1,), False),
        ((), (V1,), False),
        ((b.hat("U02", "O1/PSY"),), (V1, excluded("U02")), False),
        ((b.hat("U02", "O1/PSY"),), (V1, tied("U02")), False),
        (
            (b.hat("U02", "O1/PSY"), b.hat("U02", "O4/PSY")),
            (V1, (NOW, consent.Excluded(organisation_id=b.organisation("O4")))),
            False,
        ),
    ],
)
def test_a_witness_is_on_her_side_and_kept_out_by_nothing(
    witness: tuple[object, ...], acts: tuple[object, ...], allowed: bool
) -> None:
    """Source: R12, S06-R1."""
    asked = b.terms(b.line("O1/SVA"), proof=b.proof(witness=b.person("U02")))

    problems = policy.check_witness(asked, known(*acts), witness)

    barred = Problem(field="witness", fault=Fault.WITNESS_NOT_ALLOWED)
    assert problems == (() if allowed else (barred,))


def test_a_consent_without_a_witness_has_none_to_check() -> None:
    assert policy.check_witness(b.terms(b.line("O1/SVA")), None, ()) == ()

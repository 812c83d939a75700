"""What keeps a consent from being recorded, one fault at a time."""

from datetime import datetime, timedelta

import pytest

from vepshare import consent
from vepshare.consent import Fault, Form, Problem
from vepshare.dossier import Compartment
from vepshare.people import REPORTING, Profession

from .builders import (
    FIRST,
    GIVEN_AT,
    NURSE,
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

TICK = timedelta(microseconds=1)
NOTHING = consent.Register()


def problems(
    terms: consent.Terms,
    register: consent.Register = NOTHING,
    now: datetime = GIVEN_AT,
) -> list[tuple[str, Fault]]:
    found = consent.check(terms, register, recorder=RECORDER, now=now)
    assert all(isinstance(one, Problem) for one in found)
    return [(one.field, one.fault) for one in found]


def with_recipient(**changes: object) -> consent.Terms:
    return make_terms(recipients=(make_recipient(**changes),))


def with_proof(**changes: object) -> consent.Terms:
    return make_terms(proof=make_proof(**changes))


def test_a_whole_consent_may_be_recorded() -> None:
    assert problems(make_terms()) == []


def test_there_is_no_consent_for_everyone() -> None:
    """Source: V3, R3, R4. At least one recipient, named."""
    assert problems(make_terms(recipients=())) == [("recipients", Fault.REQUIRED)]


def test_a_consent_says_what_it_is_for() -> None:
    """Source: R3, V2."""
    assert problems(make_terms(purposes=frozenset())) == [("purposes", Fault.REQUIRED)]


def test_a_line_names_at_least_one_subject() -> None:
    """Source: R3, R4."""
    terms = with_recipient(compartments=frozenset(), own_ticks=frozenset())

    assert problems(terms) == [("recipients.0.compartments", Fault.REQUIRED)]


def test_a_service_is_named_once() -> None:
    """Source: R4. Two lines for one service could say two things."""
    line = make_recipient()

    assert problems(make_terms(recipients=(line, line))) == [("recipients.1", Fault.TWICE)]


def test_a_service_and_one_person_of_it_are_two_lines() -> None:
    """Source: V2."""
    lines = (make_recipient(), make_recipient(professional_id=NURSE))

    assert problems(make_terms(recipients=lines)) == []


def test_a_tick_of_its_own_goes_with_a_subject_that_is_named() -> None:
    """Source: R5, V1."""
    terms = with_recipient(own_ticks=compartments("HE AD"))

    assert problems(terms) == [("recipients.0.own_ticks", Fault.TICK_WITHOUT_COMPARTMENT)]


@pytest.mark.parametrize("profession", sorted(REPORTING))
def test_officials_who_may_have_to_report_are_named_after_the_warning(
    profession: Profession,
) -> None:
    """Source: V14, S01-R8."""
    lines = (make_recipient(profession=profession),)
    warned = make_proof(reporting_warning_read=True)

    assert problems(make_terms(recipients=lines)) == [
        ("reporting_warning_read", Fault.REPORTING_WARNING)
    ]
    assert problems(make_terms(recipients=lines, proof=warned)) == []


@pytest.mark.parametrize("profession", sorted(set(Profession) - REPORTING))
def test_no_other_function_needs_the_warning(profession: Profession) -> None:
    """Source: V14."""
    assert problems(with_recipient(profession=profession)) == []


def test_a_service_is_not_named_and_refused_at_once() -> None:
    """Source: V2, S01."""
    line = make_recipient()
    no = consent.Refused(organisation_id=line.organisation_id, profession=line.profession)

    assert problems(make_terms(refused=(no,))) == [("recipients.0", Fault.ALSO_REFUSED)]


@pytest.mark.parametrize("end", [GIVEN_AT, end_of("2027-06-02") + TICK])
def test_a_line_ends_while_the_consent_stands(end: datetime) -> None:
    """Source: V2, S05."""
    assert problems(with_recipient(ends=end)) == [("recipients.0.end", Fault.ENDS_TOO_LATE)]
    assert problems(with_recipient(ends=end_of("2027-06-02"))) == []


def test_an_act_dated_before_a_withdrawal_does_not_put_the_service_back() -> None:
    """Source: S02-R7, V4."""
    withdrawn = at("2027-03-10 10:24")
    act = consent.Withdrawn(consent_id=FIRST)
    register = fold((GIVEN_AT, make_given()), (withdrawn, act))
    other = make_recipient(organisation_id=SUPPORT)

    assert problems(make_terms(starts=withdrawn - TICK), register, withdrawn) == [
        ("start", Fault.PREDATES_WITHDRAWAL)
    ]
    assert problems(make_terms(starts=withdrawn), register, withdrawn) == []
    assert problems(make_terms(recipients=(other,)), register, withdrawn) == []


def test_a_consent_ends_after_it_begins() -> None:
    """Source: V2."""
    assert problems(make_terms(ends=GIVEN_AT)) == [("end", Fault.ENDS_TOO_SOON)]
    assert problems(make_terms(ends=GIVEN_AT + TICK)) == []


def test_a_consent_that_is_already_over_is_not_recorded() -> None:
    """Source: V2, R9."""
    ends = end_of("2027-06-02")

    assert problems(make_terms(ends=ends), now=ends) == [("end", Fault.ENDS_TOO_SOON)]
    assert problems(make_terms(ends=ends), now=ends - TICK) == []


@pytest.mark.parametrize(
    ("form", "start", "last"),
    [
        (Form.WRITTEN_PAPER, "2027-03-02 14:35", end_of("2028-03-02")),
        (Form.WRITTEN_TABLET, "2028-02-29 00:00", end_of("2029-02-28")),
        (Form.WRITTEN_TABLET, "2027-03-28 12:00", end_of("2028-03-28")),
        (Form.ORAL, "2027-06-07 15:20", end_of("2027-09-07")),
        (Form.ORAL, "2027-11-30 23:59", end_of("2028-02-29")),
        (Form.ORAL, "2027-07-31 12:00", end_of("2027-10-31")),
        (Form.NIGHT, "2027-05-11 03:12", at("2027-05-14 03:12")),
        (Form.NIGHT, "2027-03-27 03:12", at("2027-03-30 04:12")),
        (Form.NIGHT, "2027-10-30 03:12", at("2027-11-02 02:12")),
    ],
)
def test_a_consent_lasts_twelve_months_at_most_an_oral_one_three_a_night_seventy_two_hours(
    form: Form, start: str, last: datetime
) -> None:
    """Source: V2, S06-R6, S03-R6."""
    starts = at(start)
    proof = make_proof(form=form, oral_reason=consent.OralReason.CANNOT_READ)

    def found(ends: datetime) -> list[tuple[str, Fault]]:
        return problems(make_terms(starts=starts, ends=ends, proof=proof), now=starts)

    assert found(last) == []
    assert found(last + TICK) == [("end", Fault.ENDS_TOO_LATE)]


def test_she_said_in_her_own_words_who_will_read_what() -> None:
    """Source: R3."""
    assert problems(with_proof(understood=False)) == [("understood", Fault.NOT_UNDERSTOOD)]


def test_the_answer_to_whether_she_was_seen_alone_is_kept_and_blocks_nothing() -> None:
    """Source: R3."""
    assert problems(with_proof(seen_alone=False)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"statement_edition": "1999-1"},
        {"statement_edition": "../2026-1"},
        {"statement_edition": ""},
        {"statement_language": "it"},
        {"statement_language": "nl"},
        {"statement_hash": "00" * 32},
        {"statement_hash": ""},
    ],
    ids=str,
)
def test_the_statement_read_out_is_one_that_exists_to_the_letter(
    changes: dict[str, str],
) -> None:
    """Source: R3. The hash of one language does not stand for another."""
    assert problems(with_proof(**changes)) == [("statement", Fault.UNKNOWN_STATEMENT)]


def test_an_oral_consent_says_why_it_is_not_in_writing() -> None:
    """Source: R11."""
    terms = with_proof(form=Form.ORAL)

    assert problems(terms) == [("oral_reason", Fault.REQUIRED)]


def test_an_oral_consent_without_a_second_professional_is_marked_so() -> None:
    """Source: R11."""
    reason = consent.OralReason.EMERGENCY

    assert make_proof(form=Form.ORAL, oral_reason=reason).without_witness
    assert make_proof(form=Form.NIGHT).without_witness
    assert not make_proof(form=Form.ORAL, oral_reason=reason, witness=WITNESS).without_witness
    assert not make_proof(form=Form.WRITTEN_TABLET).without_witness


@pytest.mark.parametrize("explained_by", [RECORDER, WITNESS])
def test_the_witness_is_neither_who_recorded_nor_who_explained(explained_by: object) -> None:
    """Source: R12, S06-R1."""
    terms = with_proof(witness=explained_by, explained_by=explained_by)

    assert problems(terms) == [("witness", Fault.WITNESS_IS_RECORDER)]
    assert problems(with_proof(witness=RECORDER, explained_by=NURSE)) == [
        ("witness", Fault.WITNESS_IS_RECORDER)
    ]
    assert problems(with_proof(witness=WITNESS)) == []


def test_only_an_act_of_this_dossier_is_replaced() -> None:
    """Source: V2."""
    register = fold((GIVEN_AT, make_given()))

    assert problems(make_terms(replaces=frozenset({FIRST})), register) == []
    assert problems(make_terms(replaces=frozenset({FIRST, SECOND})), register) == [
        ("replaces", Fault.UNKNOWN_CONSENT)
    ]


def test_two_shelters_are_not_both_told_where_she_sleeps() -> None:
    """Source: S05-R1."""
    place = frozenset({Compartment.PROTECTED_PLACE})
    one, other = (
        make_recipient(
            organisation_id=organisation,
            profession=Profession.SVH,
            compartments=place,
            own_ticks=place,
        )
        for organisation in (SHELTER, SUPPORT)
    )

    assert problems(make_terms(recipients=(one,))) == []
    assert problems(make_terms(recipients=(one, other))) == [("recipients", Fault.TWO_PLACES)]


def test_all_faults_are_told_at_once() -> None:
    """The page names every field to mend, so that she is not asked twice."""
    terms = make_terms(
        recipients=(),
        purposes=frozenset(),
        ends=GIVEN_AT,
        proof=make_proof(understood=False, form=Form.ORAL, witness=RECORDER),
    )

    assert [field for field, _ in problems(terms)] == [
        "recipients",
        "purposes",
        "end",
        "understood",
        "oral_reason",
        "witness",
    ]

"""The tables of expected visibility, cell by cell, from acts composed as the scenarios tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from vepshare import consent, policy
from vepshare.dossier import CODES, State
from vepshare.people import Hat

from . import builders as b
from . import scenario_tables as t
from .scenario_acts import S01, S02, S03, S04, S05, S06, S07, S08, Act

TICK = timedelta(microseconds=1)
S02_TEAM = ("U09", "U01", "U20", "U11", "U16")


def rows(table: str) -> Iterator[tuple[Hat, dict[str, str]]]:
    header, *body = table.strip().splitlines()
    for row in body:
        who, service, *cells = row.split()
        yield b.hat(who, service), dict(zip(header.split(), cells, strict=True))


def hats(*tables: str) -> tuple[Hat, ...]:
    return tuple({hat: None for table in tables for hat, _ in rows(table)})


def seen(
    acts: tuple[Act, ...], who: Hat, now: datetime, *linked: Hat, state: State = State.ACTIVE
) -> dict[str, str]:
    """Return what *who* sees, by code; the place is shown as the `W` it amounts to."""
    facts = b.facts(b.fold(*acts), *linked, state=state)
    cells = policy.decide_reading(facts, b.actor(who), now=now).cells
    marks = {code: cells[slug].level.value for code, slug in CODES.items() if slug in cells}
    return {code: mark.replace("P", "W") for code, mark in marks.items()}


def assert_table(
    table: str,
    acts: tuple[Act, ...],
    now: datetime,
    *participants: str,
    state: State = State.ACTIVE,
) -> None:
    """Check every cell, with the links of the scenario and then with everybody linked.

    A link opens nothing that the consent does not: the dashes of a service that no consent
    names must hold for its members even if somebody let them in.
    """
    everybody = hats(table)
    listed = tuple(hat for hat in everybody if hat.professional_id in map(b.person, participants))
    assert len(listed) == len(participants)
    for who, expected in rows(table):
        for linked in (listed, everybody):
            found = seen(acts, who, now, *linked, state=state)
            shown = {code: found.get(code, "–") for code in expected}
            assert shown == expected, (who, now)
            assert set(found) <= {code for line in _said(acts, who) for code in line}


def _said(acts: tuple[Act, ...], who: Hat) -> Iterator[set[str]]:
    """Yield the codes of each line that speaks of the service of *who*."""
    for _, act in acts:
        for one in act.terms.recipients if isinstance(act, consent.Given) else ():
            if (one.organisation_id, one.profession) == (who.organisation_id, who.profession):
                yield {code for code, slug in CODES.items() if slug in one.compartments}


def test_s01_everyone_except_the_police() -> None:
    """Source: S01."""
    assert_table(t.S01_ON_20_MARCH, S01[:1], b.at("2027-03-20 10:00"), "U01", "U02", "U16", "U11")


def test_s01_one_function_of_the_police_and_not_the_other() -> None:
    """Source: S01-R6."""
    now = b.at("2027-03-25 10:00")
    assert_table(t.S01_ON_25_MARCH, S01, now, "U01", "U02", "U16", "U11", "U12")


def test_s02_before_the_withdrawal() -> None:
    """Source: S02."""
    assert_table(t.S02_AT_10_20, S02[:1], b.at("2027-04-21 10:20"), *S02_TEAM)


def test_s02_two_services_are_out_at_the_very_instant() -> None:
    """Source: S02, V4."""
    assert_table(t.S02_AT_10_20, S02, b.at("2027-04-21 10:24") - TICK, *S02_TEAM)
    assert_table(t.S02_AT_10_30, S02, b.at("2027-04-21 10:24"), *S02_TEAM)
    assert_table(t.S02_AT_10_30, S02, b.at("2027-04-21 10:30"), *S02_TEAM)


@pytest.mark.parametrize("state", [State.ACTIVE, State.FROZEN])
def test_s02_after_the_second_call_nobody_sees_anything(state: State) -> None:
    """Source: S02, V4. The register alone closes it: the frozen state is a second lock."""
    everybody = hats(t.S02_AT_10_20)
    for who in everybody:
        assert seen(S02, who, b.at("2027-04-21 11:10"), *everybody, state=state) == {}


def test_s03_the_flash_sheet_at_night() -> None:
    """Source: S03."""
    now = b.at("2027-05-11 03:20")
    assert_table(t.S03_AT_NIGHT, S03[:1], now, "U07", "U09", "U08")


def test_s03_the_emergency_department_is_out_from_the_morning() -> None:
    """Source: S03-R1, S03-R2, S03-R3."""
    now = b.at("2027-05-18 23:50")
    assert_table(t.S03_ON_18_MAY, S03, now, "U07", "U09", "U08", "U01")
    nurse = b.hat("U07", "O5/INF")
    assert seen(S03, nurse, b.at("2027-05-11 09:40") - TICK, nurse)
    assert seen(S03, nurse, b.at("2027-05-11 09:40"), nurse) == {}


def test_s03_a_night_lasts_seventy_two_hours_and_not_a_second_more() -> None:
    """Source: S03-R6, V2."""
    team = hats(t.S03_AT_NIGHT)[:3]
    for who in team:
        assert seen(S03[:1], who, b.at("2027-05-14 03:12:00"), *team)
        assert seen(S03[:1], who, b.at("2027-05-14 03:12:01"), *team) == {}


def test_s04_the_exclusion_wins_over_a_consent_recorded_by_mistake() -> None:
    """Source: S04-R1, S04-R5, V7, R6."""
    assert_table(t.S04_ON_15_JUNE, S04, b.at("2027-06-15 09:00"), "U17", "U02", "U03")


def test_s04_without_the_exclusion_the_mistake_would_have_shown_everything() -> None:
    """The table above holds because of the exclusion, and not for want of a valid consent."""
    police = b.hat("U12", "O8/SAPV")
    acts = (S04[0], S04[2])

    assert set(seen(acts, police, b.at("2027-06-15 09:00"), police)) == {
        *"ID CT HM RI PL RA MD".split()
    }


def test_s05_the_address_is_for_the_new_shelter_only() -> None:
    """Source: S05, S05-R4, S05-R5."""
    everybody = ("U05", "U04", "U01", "U12", "U16", "U06", "U11")
    assert_table(t.S05_ON_12_MARCH, S05, b.at("2027-03-12 09:00"), *everybody)


def test_s05_the_former_shelter_loses_the_place_as_it_passes() -> None:
    """Source: S05-R1."""
    former = b.hat("U04", "O2/SVH")
    link = b.link(former, since=b.at("2026-12-20 10:00"))

    assert seen(S05[:1], former, b.at("2027-03-11 07:59"), link)["AD"] == "W"
    assert "AD" not in seen(S05, former, b.at("2027-03-11 08:01"), link)


def test_s05_the_former_shelter_leaves_on_its_own_day() -> None:
    """Source: S05, V2."""
    former, new = b.hat("U04", "O2/SVH"), b.hat("U05", "O3/SVH")

    assert seen(S05, former, b.end_of("2027-03-25"), former)
    assert seen(S05, former, b.end_of("2027-03-25") + TICK, former) == {}
    assert seen(S05, new, b.end_of("2027-03-25") + TICK, new)


def test_s06_nobody_sees_anything_before_the_witness() -> None:
    """Source: S06."""
    everybody = hats(t.S06_ON_8_JUNE)
    for who in everybody:
        assert seen(S06[:1], who, b.at("2027-06-07 15:30"), *everybody) == {}
        assert seen(S06, who, b.at("2027-06-07 15:52") - TICK, *everybody) == {}


def test_s06_the_witness_confirms_and_sees_nothing() -> None:
    """Source: S06-R4."""
    assert_table(t.S06_ON_8_JUNE, S06, b.at("2027-06-08 10:00"), "U01", "U11", "U03")


def test_s07_a_report_opens_nothing_to_the_parquet() -> None:
    """Source: S07, S07-R2."""
    assert_table(t.S07_ON_13_SEPTEMBER, S07, b.at("2027-09-13 12:00"), "U04", "U02", "U11")


def test_s08_a_concertation_opens_nothing_in_the_dossier() -> None:
    """Source: S08, S08-R2."""
    now = b.at("2027-11-16 10:00")
    assert_table(t.S08_ON_16_NOVEMBER, S08, now, "U01", "U04", "U11", "U16")


@pytest.mark.parametrize(
    "acts",
    [S01, S02, S03, S04[:2], S05, S06, S07, S08],
    ids="S01 S02 S03 S04 S05 S06 S07 S08".split(),
)
def test_what_the_scenarios_record_may_be_recorded(acts: tuple[Act, ...]) -> None:
    """Source: V2, V14."""
    for number, (moment, act) in enumerate(acts):
        if isinstance(act, consent.Given):
            known = b.fold(*acts[:number])
            facts = b.facts(known)
            recorder = b.RECORDER.professional_id
            assert consent.check(act.terms, known, recorder=recorder, now=moment) == ()
            assert policy.check_recipients(act.terms, facts) == ()


def test_s04_the_consent_recorded_by_mistake_may_not_be() -> None:
    """Source: S04-R1."""
    _, trap = S04[2]

    problems = policy.check_recipients(trap.terms, b.facts(b.fold(*S04[:2])))

    assert problems == (consent.Problem(field="recipients.0", fault=consent.Fault.CANNOT_BE_ADDED),)

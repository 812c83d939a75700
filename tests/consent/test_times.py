"""The end is the last instant of a day in Brussels, whatever the clocks do that day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vepshare import consent

from .builders import at, fold, make_given, make_terms

TICK = timedelta(microseconds=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2027, 1, 15), datetime(2027, 1, 15, 22, 59, 59, 999999, tzinfo=UTC)),
        (date(2027, 7, 15), datetime(2027, 7, 15, 21, 59, 59, 999999, tzinfo=UTC)),
        (SPRING - timedelta(days=1), datetime(2027, 3, 27, 22, 59, 59, 999999, tzinfo=UTC)),
        (SPRING, datetime(2027, 3, 28, 21, 59, 59, 999999, tzinfo=UTC)),
        (AUTUMN - timedelta(days=1), datetime(2027, 10, 30, 21, 59, 59, 999999, tzinfo=UTC)),
        (AUTUMN, datetime(2027, 10, 31, 22, 59, 59, 999999, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 2, 29, 22, 59, 59, 999999, tzinfo=UTC)),
        (date(2027, 12, 31), datetime(2027, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_the_last_microsecond_of_it_in_brussels(day: date, last: datetime) -> None:
    """Source: V2."""
    assert consent.end_of(day) == last
    assert consent.local_day(last) == day
    assert consent.local_day(last + TICK) == day + timedelta(days=1)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 5, 1), 24)])
def test_a_day_of_twenty_three_or_twenty_five_hours_ends_when_it_ends(
    day: date, hours: int
) -> None:
    """Source: V2."""
    before = consent.end_of(day - timedelta(days=1))

    assert consent.end_of(day) - before == timedelta(hours=hours)


@given(day=days)
def test_the_end_of_a_day_reads_as_a_minute_to_midnight_on_the_wall(day: date) -> None:
    """Source: V2."""
    shown = consent.end_of(day).astimezone(consent.BRUSSELS)

    assert shown.date() == day
    assert shown.strftime("%H:%M:%S.%f") == "23:59:59.999999"


@given(day=days)
def test_a_consent_holds_through_the_end_and_not_a_microsecond_longer(day: date) -> None:
    """Source: V2, R9. Without grace."""
    ends = consent.end_of(day)
    terms = make_terms(starts=ends - timedelta(days=30), ends=ends)
    (grant,) = fold((terms.starts, make_given(terms=terms))).grants

    assert grant.live(ends)
    assert not grant.live(ends + TICK)
    assert grant.over(ends) is None
    assert grant.over(ends + TICK) == ends


def test_a_consent_begins_at_its_first_instant() -> None:
    """Source: V1, V2."""
    terms = make_terms()
    (grant,) = fold((terms.starts, make_given(terms=terms))).grants

    assert not grant.live(terms.starts - TICK)
    assert grant.live(terms.starts)


def test_a_withdrawal_closes_at_its_very_instant() -> None:
    """Source: V4."""
    terms, moment = make_terms(), at("2027-03-10 10:24")
    act = consent.Withdrawn(consent_id=make_given().consent_id)
    (grant,) = fold((terms.starts, make_given(terms=terms)), (moment, act)).grants

    assert grant.live(moment - TICK)
    assert not grant.live(moment)
    assert grant.over(moment) == moment


@pytest.mark.parametrize(
    ("start", "hours_on_the_wall"),
    [("2027-05-11 03:12", 72), ("2027-03-27 03:12", 73), ("2027-10-30 03:12", 71)],
)
def test_a_night_lasts_seventy_two_real_hours(start: str, hours_on_the_wall: int) -> None:
    """Source: V2, S03-R6. Hours that pass, not hours that the clock on the wall shows."""
    starts = at(start)
    ends = starts + consent.NIGHT
    terms = make_terms(starts=starts, ends=ends)
    (grant,) = fold((starts, make_given(terms=terms))).grants
    wall = ends.astimezone(consent.BRUSSELS).replace(tzinfo=None) - starts.astimezone(
        consent.BRUSSELS
    ).replace(tzinfo=None)

    assert wall == timedelta(hours=hours_on_the_wall)
    assert grant.live(ends)
    assert not grant.live(ends + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2027, 3, 2), 3, date(2027, 6, 2)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
        (date(2027, 5, 31), 0, date(2027, 5, 31)),
    ],
)
def test_months_are_counted_on_the_calendar(day: date, months: int, then: date) -> None:
    """Source: V2."""
    assert consent.add_months(day, months) == then


def test_the_end_offered_is_three_months_from_the_day_in_brussels() -> None:
    """Source: V2. At 23:30 UTC it is tomorrow in Brussels."""
    assert consent.default_end(at("2027-03-02 14:35")) == date(2027, 6, 2)
    assert consent.default_end(datetime(2027, 3, 2, 23, 30, tzinfo=UTC)) == date(2027, 6, 3)
    assert consent.default_end(at("2027-11-30 00:00")) == date(2028, 2, 29)

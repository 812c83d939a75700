"""The calendar of a consent: whole days in Belgium, inclusive ends, summer time and all."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
NIGHT = timedelta(hours=72)
DEFAULT_MONTHS = 3
ORAL_MONTHS = 3
MOST_MONTHS = 12


def end_of(day: date) -> datetime:
    """Return the last instant of *day* in Brussels, in UTC (to the microsecond, inclusive).

    The next midnight is taken in local time first: a day of 23 or 25 hours ends when it ends.

    Source: V2
    """
    midnight = datetime.combine(day + timedelta(days=1), time(), BRUSSELS)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def local_day(moment: datetime) -> date:
    """Return the calendar day in Brussels at *moment*."""
    return moment.astimezone(BRUSSELS).date()


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def default_end(start: datetime) -> date:
    """Return the end offered for a consent that begins at *start*: three months.

    Source: V2
    """
    return add_months(local_day(start), DEFAULT_MONTHS)

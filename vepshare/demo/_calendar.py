"""Moving a story to other days: its instants exactly, the days it speaks of by whole days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from vepshare.consent import local_day
from vepshare.dossier import Field, FieldKind, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far a story is moved. Dates in an act move with the day on which it takes place."""

    by: timedelta = timedelta()

    def instant(self, at: datetime) -> datetime:
        """Return when something takes place, in UTC.

        It is moved in UTC: hours added to a local time would get summer time wrong.
        """
        return at.astimezone(UTC) + self.by

    def days(self, at: datetime) -> timedelta:
        """Return by how many whole days the calendar of an act at *at* moves.

        Counted from the act itself, so that « today » stays today wherever midnight falls.
        """
        return local_day(self.instant(at)) - local_day(at)


def moved(fields: tuple[Field, ...], values: Values, days: timedelta) -> dict[str, object]:
    """Return *values* with every day in them moved by whole *days*, those of rows included."""
    kinds = {one.name: one for one in fields}
    return {name: _moved(kinds[name], value, days) for name, value in values.items()}


def _moved(field: Field, value: object, days: timedelta) -> object:
    if field.kind is FieldKind.DATE and isinstance(value, str):
        return (date.fromisoformat(value) + days).isoformat()
    if field.kind is FieldKind.MONTH and isinstance(value, str):
        # From the middle of the month, so that a few days do not change it.
        return (date.fromisoformat(f"{value}-15") + days).isoformat()[:7]
    if field.kind is FieldKind.ROWS and isinstance(value, list):
        return [moved(field.fields, row, days) for row in value if isinstance(row, Mapping)]
    return value

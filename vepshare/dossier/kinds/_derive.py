"""What several kinds derive from their values."""

from collections.abc import Callable
from datetime import date

from vepshare.dossier._fields import Fault, Values


def pick(*names: str) -> Callable[[Values, date], dict[str, object]]:
    """Return a flags function that copies the values of *names* that were said."""

    def picked(values: Values, _today: date) -> dict[str, object]:
        return {name: values[name] for name in names if name in values}

    return picked


def in_order(earlier: str, later: str) -> Callable[[Values], dict[str, Fault]]:
    """Return a check that the day in *later* is not before the one in *earlier*."""

    def check(values: Values) -> dict[str, Fault]:
        first, last = values.get(earlier), values.get(later)
        # Days in ISO order compare as texts.
        if isinstance(first, str) and isinstance(last, str) and last < first:
            return {later: Fault.OUT_OF_RANGE}
        return {}

    return check


def rows_of(values: Values, name: str) -> list[dict[str, object]]:
    """Return the rows under *name*, none when nothing was said."""
    found = values.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

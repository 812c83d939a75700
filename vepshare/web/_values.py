"""The values of an entry as people read them: labels, words for codes, days day first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from vepshare.dossier import (
    KINDS,
    Compartment,
    EntryKind,
    Field,
    FieldKind,
    FlagField,
    Values,
    kinds_of,
    to_form,
)

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_CONTACT_DAYS = 30
_RISK_WEIGHT = {"low": 1, "moderate": 2, "high": 3, "extreme": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One field as it is read: its label, and a text, or rows of such fields."""

    label: str
    text: str = ""
    rows: tuple[tuple["Shown", ...], ...] = ()


def shown(values: Values, kind_code: str) -> tuple[Shown, ...]:
    """Return the fields that were said, in the order of the form; nothing for the others."""
    return _shown(KINDS[kind_code].fields, values)


def shown_flags(flags: Values, kind_code: str) -> tuple[Shown, ...]:
    """Return the flag values that there are."""
    return tuple(
        Shown(label=_(field.label), text=_text(field, flags[field.name]))
        for field in KINDS[kind_code].flag_fields
        if field.name in flags
    )


def _shown(fields: tuple[Field, ...], values: Values) -> tuple[Shown, ...]:
    return tuple(_one(field, values[field.name]) for field in fields if field.name in values)


def _one(field: Field, value: object) -> Shown:
    if field.kind is FieldKind.ROWS and isinstance(value, list):
        rows = (row for row in value if isinstance(row, Mapping))
        return Shown(label=_(field.label), rows=tuple(_shown(field.fields, row) for row in rows))
    return Shown(label=_(field.label), text=_text(field, value))


def _text(field: Field | FlagField, value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_word(field, one) for one in value)
    if field.kind in {FieldKind.DATE, FieldKind.MONTH}:
        return day_first(str(value))
    return _word(field, value)


def _word(field: Field | FlagField, value: object) -> str:
    words = dict(field.choices)
    return _(words[value]) if isinstance(value, str) and value in words else str(value)


def day_first(typed: str) -> str:
    """Return an ISO day or month day first, `02/03/2027`; anything else as it was typed."""
    if found := _ISO_DAY.fullmatch(typed):
        return "/".join(reversed(found.groups()))
    if found := _ISO_MONTH.fullmatch(typed):
        return "/".join(reversed(found.groups()))
    return typed


def controls(values: Values, kind_code: str) -> dict[str, list[str]]:
    """Return what the form's controls hold when it says *values*."""
    return to_form(KINDS[kind_code], values)


def title(kind_code: str) -> str:
    """Return what a kind of entry is called."""
    return _(KINDS[kind_code].title)


def kind_number(kind: EntryKind | str) -> int:
    """Return the place of a kind in the catalogue, from 1: an address tells no subject."""
    code = kind if isinstance(kind, str) else kind.code
    return list(KINDS).index(code) + 1


def kinds(compartment: Compartment) -> tuple[EntryKind, ...]:
    """Return the kinds of entry that stand in a compartment."""
    return kinds_of(compartment)


def compartment_number(compartment: Compartment) -> int:
    """Return the place of a compartment in the matrix, from 1: for addresses within a page."""
    return list(Compartment).index(compartment) + 1


def kind_at(number: int) -> EntryKind | None:
    """Return the kind at a place of the catalogue, or None."""
    kinds = list(KINDS.values())
    return kinds[number - 1] if 1 <= number <= len(kinds) else None


def contact_chip(said: Values, today: date) -> dict[str, object]:
    """Return how old the safe contact is, for the bar: `text`, and whether it is `stale`."""
    days = max((today - date.fromisoformat(str(said["verified_on"]))).days, 0)
    if days > _CONTACT_DAYS:
        text = ngettext(
            "Safe contact: to check again, %(num)d day old",
            "Safe contact: to check again, %(num)d days old",
            days,
        )
        return {"text": text, "stale": True}
    if days == 0:
        return {"text": _("Safe contact: checked today"), "stale": False}
    text = ngettext(
        "Safe contact: checked %(num)d day ago", "Safe contact: checked %(num)d days ago", days
    )
    return {"text": text, "stale": False}


def risk_tag(said: Values) -> dict[str, object]:
    """Return the level of risk in words, and its weight from 1 to 4, none if undetermined."""
    field = next(one for one in KINDS["risk_assessment"].flag_fields if one.name == "level")
    level = str(said["level"])
    word = _word(field, level)
    return {"text": _("Risk: %(level)s", level=word.lower()), "level": _RISK_WEIGHT.get(level)}


def review(said: Values, today: date) -> str:
    """Return when the risk is assessed again, or that it is overdue."""
    on = str(said["next_review"])
    if date.fromisoformat(on) < today:
        return _("Review overdue since %(day)s", day=day_first(on))
    return _("Next review: %(day)s", day=day_first(on))

"""Between a flat HTML form and the values of an entry, both ways.

A form is a mapping from a control's name to what was typed or ticked. A row's control is
named `field-index-subfield`, such as `children-0-age_band`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from vepshare.dossier._fields import EntryKind, Field, FieldKind, Values

_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
_TICKED = {"on": True, "yes": True, "true": True, "1": True}
_UNTICKED = {"no": False, "false": False, "0": False}


def from_form(kind: EntryKind, form: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Return what a form says, ready for `clean`; never raises.

    Blank means absent. What cannot be understood stays as typed, so that `clean` names it.
    Empty rows are dropped and the others renumbered from nought: to show a form again, give
    the result to `to_form`, and the paths of `InvalidValuesError` match. Controls that belong
    to no field (the CSRF token, the submit button) are left aside.
    """
    return _read_fields(kind.fields, form, "")


def to_form(kind: EntryKind, values: Values) -> dict[str, list[str]]:
    """Return the form that says *values*, cleaned or not; `from_form` reads it back.

    Days and months are written in ISO order, as `<input type="date">` wants them.
    """
    return dict(_write_fields(kind.fields, values, ""))


def _read_fields(
    fields: tuple[Field, ...], form: Mapping[str, Sequence[str]], prefix: str
) -> dict[str, object]:
    read = ((field.name, _read(field, form, f"{prefix}{field.name}")) for field in fields)
    return {name: value for name, value in read if value is not None}


def _read(field: Field, form: Mapping[str, Sequence[str]], control: str) -> object:
    """Return the value of one field, or `None` when nothing was typed."""
    if field.kind is FieldKind.ROWS:
        return _read_rows(field, form, control) or None
    typed = [text for text in (_tidy(one) for one in form.get(control, ())) if text]
    if field.kind is FieldKind.CHOICES:
        return typed or None
    # The last one wins: a tick box follows the hidden control that says "no".
    return _READERS.get(field.kind, str)(typed[-1]) if typed else None


def _tidy(typed: str) -> str:
    """Return *typed* without outer blanks, its lines ended as everywhere but in HTML forms."""
    return typed.replace("\r\n", "\n").strip()


def _read_rows(
    field: Field, form: Mapping[str, Sequence[str]], control: str
) -> list[dict[str, object]]:
    pattern = re.compile(re.escape(control) + r"-([0-9]{1,4})-[a-z_]+")
    indexes = {int(found[1]) for name in form if (found := pattern.fullmatch(name))}
    found_rows = (_read_fields(field.fields, form, f"{control}-{at}-") for at in sorted(indexes))
    return [row for row in found_rows if row]


def _read_bool(typed: str) -> object:
    return (_TICKED | _UNTICKED).get(typed.lower(), typed)


def _read_integer(typed: str) -> object:
    return int(typed) if _WHOLE_NUMBER.fullmatch(typed) else typed


def _read_date(typed: str) -> object:
    found = _DAY_MONTH_YEAR.fullmatch(typed)
    return _iso(typed, found[3], found[2], found[1]) if found else typed


def _read_month(typed: str) -> object:
    found = _MONTH_YEAR.fullmatch(typed)
    # What is no month comes back as typed, which is at most seven characters too.
    return _iso(typed, found[2], found[1], "1")[:7] if found else typed


def _iso(typed: str, year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return typed


_READERS: Mapping[FieldKind, Callable[[str], object]] = {
    FieldKind.BOOL: _read_bool,
    FieldKind.INTEGER: _read_integer,
    FieldKind.DATE: _read_date,
    FieldKind.MONTH: _read_month,
}


def _write_fields(
    fields: tuple[Field, ...], values: Values, prefix: str
) -> Iterator[tuple[str, list[str]]]:
    for field in fields:
        value = values.get(field.name)
        if field.kind is FieldKind.ROWS:
            yield from _write_rows(field, value, f"{prefix}{field.name}")
        elif value is not None:
            yield f"{prefix}{field.name}", _written(value)


def _write_rows(field: Field, value: object, control: str) -> Iterator[tuple[str, list[str]]]:
    for at, row in enumerate(value if isinstance(value, list) else ()):
        if isinstance(row, Mapping):
            yield from _write_fields(field.fields, row, f"{control}-{at}-")


def _written(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]

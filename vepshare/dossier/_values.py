"""Checking the values of an entry: strict on the way in, so that readers need not guess."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from vepshare.dossier._fields import EntryKind, Fault, Field, FieldKind, Values
from vepshare.dossier._national_numbers import holds_national_number
from vepshare.errors import VepshareError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100

# Line and paragraph separators break one-line texts; direction overrides make a text read
# differently from what is stored; surrogates cannot be encoded at all.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ALLOWED_IN_LONG = frozenset("\n\t")

# NFC never shortens a text by more than this; what is longer is refused before it is
# normalised, because long runs of combining marks cost quadratic time.
_NFC_SHRINKS_BY = 4


class InvalidValuesError(VepshareError):
    """Values do not fit their entry kind.

    `faults` maps a path (`first_name`, `children.0.age_band`, empty for the entry as a whole)
    to a code. The text of the error names no path: an unknown key is whatever was sent.
    """

    def __init__(self, kind: str, faults: Mapping[str, Fault]) -> None:
        super().__init__(kind, *sorted(set(faults.values())))
        self.kind = kind
        self.faults = dict(faults)


class _FaultError(Exception):
    """One value is refused; caught below, where the path is known."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def clean(kind: EntryKind, raw: Values) -> dict[str, object]:
    """Return the values to store: checked, trimmed, in NFC, in the order of the fields.

    Raises:
        InvalidValuesError: a key is unknown, a required value is missing, a value does not
            fit its field, or nothing at all is said.

    Source: R12, R29, R33

    """
    faults: dict[str, Fault] = {}
    values = _clean_fields(kind.fields, kind.complete(raw), "", faults)
    if not faults:
        faults = kind.check(values) if values else {"": Fault.REQUIRED}
    if faults:
        raise InvalidValuesError(kind.code, faults)
    return values


def _clean_fields(
    fields: tuple[Field, ...], raw: Values, prefix: str, faults: dict[str, Fault]
) -> dict[str, object]:
    """Return the clean values of *fields*; write what is wrong into *faults*."""
    names = {field.name for field in fields}
    faults.update({f"{prefix}{name}": Fault.UNKNOWN for name in raw if name not in names})
    values: dict[str, object] = {}
    for field in fields:
        path = f"{prefix}{field.name}"
        if field.name in raw:
            _clean_into(values, field, raw[field.name], path, faults)
        elif field.required:
            faults[path] = Fault.REQUIRED
    return values


def _clean_into(
    values: dict[str, object], field: Field, value: object, path: str, faults: dict[str, Fault]
) -> None:
    try:
        if field.kind is FieldKind.ROWS:
            values[field.name] = _rows(field, value, path, faults)
        else:
            values[field.name] = _CLEANERS[field.kind](field, value)
    except _FaultError as refused:
        faults[path] = refused.fault


def _rows(
    field: Field, value: object, path: str, faults: dict[str, Fault]
) -> list[dict[str, object]]:
    cleaned = []
    for index, row in enumerate(_list(value, field.max_items)):
        if isinstance(row, Mapping) and row:
            cleaned.append(_clean_fields(field.fields, row, f"{path}.{index}.", faults))
        else:
            faults[f"{path}.{index}"] = Fault.REQUIRED if row == {} else Fault.TYPE
    return cleaned


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list):
        raise _FaultError(Fault.TYPE)
    if not value:
        raise _FaultError(Fault.REQUIRED)
    if len(value) > most:
        raise _FaultError(Fault.TOO_MANY)
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise _FaultError(Fault.TYPE)
    return value


def _text(field: Field, value: object) -> str:
    typed = _string(value)
    if len(typed) > field.max_length * _NFC_SHRINKS_BY:
        raise _FaultError(Fault.TOO_LONG)
    tidy = unicodedata.normalize("NFC", typed).strip()
    if not tidy:
        raise _FaultError(Fault.REQUIRED)
    if len(tidy) > field.max_length:
        raise _FaultError(Fault.TOO_LONG)
    _refuse_control_characters(tidy, _ALLOWED_IN_LONG if field.kind is FieldKind.LONG else "")
    if holds_national_number(tidy):
        raise _FaultError(Fault.NATIONAL_NUMBER)
    return tidy


def _refuse_control_characters(tidy: str, allowed: frozenset[str] | str) -> None:
    for character in tidy:
        refused = unicodedata.category(character) in _REFUSED_CATEGORIES
        if (refused or character in _DIRECTION_OVERRIDES) and character not in allowed:
            raise _FaultError(Fault.CONTROL_CHARACTER)


def _bool(_field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise _FaultError(Fault.TYPE)
    return value


def _choice(field: Field, value: object) -> str:
    code = _string(value)
    if code not in field.codes:
        raise _FaultError(Fault.NOT_A_CHOICE)
    return code


def _choices(field: Field, value: object) -> list[str]:
    picked = [_choice(field, one) for one in _list(value, len(field.choices))]
    return [code for code in field.codes if code in picked]


def _integer(field: Field, value: object) -> int:
    # A bool is an int to Python, never to somebody who typed a number.
    if isinstance(value, bool) or not isinstance(value, int):
        raise _FaultError(Fault.TYPE)
    if not field.minimum <= value <= field.maximum:
        raise _FaultError(Fault.OUT_OF_RANGE)
    return value


def _date(_field: Field, value: object) -> str:
    typed = _string(value)
    return _in_range(typed, parse_day(typed))


def _month(_field: Field, value: object) -> str:
    typed = _string(value)
    return _in_range(typed, parse_day(f"{typed}-01") if _MONTH.fullmatch(typed) else None)


def _in_range(typed: str, when: date | None) -> str:
    if when is None:
        raise _FaultError(Fault.NOT_A_DATE)
    if not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        raise _FaultError(Fault.OUT_OF_RANGE)
    return typed


def parse_day(typed: object) -> date | None:
    """Return the day written `YYYY-MM-DD`, or `None` when *typed* is no such day."""
    # `fromisoformat` alone would take `20270312` and `2027-W10-5` too.
    if not isinstance(typed, str) or not _DAY.fullmatch(typed):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


_CLEANERS: Mapping[FieldKind, Callable[[Field, object], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _text,
    FieldKind.BOOL: _bool,
    FieldKind.TRI: _choice,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.DATE: _date,
    FieldKind.MONTH: _month,
    FieldKind.INTEGER: _integer,
}

"""Values of any entry kind, made up for the tests."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import strategies as st

from vepshare.dossier._fields import Fault, Field, FieldKind
from vepshare.dossier._kinds import KINDS
from vepshare.dossier._values import InvalidValuesError, clean

TODAY = date(2027, 3, 20)
FREE = {FieldKind.TEXT, FieldKind.LONG}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def faults(code: str, **raw: object) -> dict[str, Fault]:
    with pytest.raises(InvalidValuesError) as caught:
        clean(KINDS[code], raw)
    return caught.value.faults


def flags(code: str, **raw: object) -> dict[str, object]:
    kind = KINDS[code]
    return kind.flags(clean(kind, raw), TODAY)


def every_field(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from every_field(field.fields)


# A value of each field that clean() returns as it is.
_word = st.from_regex(r"[a-zéü]{1,12}( [a-z]{1,12}){0,2}", fullmatch=True)
_days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def _value(field: Field) -> st.SearchStrategy[object]:
    made: dict[FieldKind, st.SearchStrategy[object]] = {
        FieldKind.TEXT: _word,
        FieldKind.LONG: _word.map(lambda text: f"{text}\n\t{text}"),
        FieldKind.BOOL: st.booleans(),
        FieldKind.INTEGER: st.integers(field.minimum, field.maximum),
        FieldKind.DATE: _days.map(date.isoformat),
        FieldKind.MONTH: _days.map(lambda day: day.isoformat()[:7]),
    }
    if field.kind is FieldKind.ROWS:
        row = values_of(field.fields).filter(bool)
        return st.lists(row, min_size=1, max_size=3)
    if field.kind is FieldKind.CHOICES:
        return st.sets(st.sampled_from(field.codes), min_size=1).map(
            lambda picked: [code for code in field.codes if code in picked]
        )
    return st.sampled_from(field.codes) if field.choices else made[field.kind]


def values_of(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {field.name: _value(field) for field in fields if field.required},
        optional={field.name: _value(field) for field in fields if not field.required},
    )

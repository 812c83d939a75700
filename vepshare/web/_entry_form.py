"""The form of an entry: reading what was typed, keeping it, and naming what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from vepshare.dossier import (
    N_,
    EntryKind,
    Fault,
    Field,
    FieldKind,
    Origin,
    from_form,
    to_form,
)
from vepshare.plain import Plain
from vepshare.services import InvalidError
from vepshare.web._entry_input import EntryIn, draft_of

BLANK_ROWS = 2
ENTRY = "entry"
# The names of a form's own controls: no field of a kind starts so.
ORIGIN, DATE, TO, CHECKED, VERSION = (
    f"{ENTRY}-{name}" for name in ("origin", "date", "to", "checked", "version")
)
# Where a kind asks for the day of its fact itself, it is not asked for twice.
OWN_DATE = "happened_on"
_CONTROLS = {"origin": ORIGIN, "occurred_on": DATE, "addressed_to": TO, "version": VERSION}
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")

FAULTS: Mapping[str, str] = {
    Fault.REQUIRED: N_("Fill this in."),
    Fault.TYPE: N_("This cannot be understood."),
    Fault.TOO_LONG: N_("This text is too long."),
    Fault.TOO_MANY: N_("There are too many rows."),
    Fault.NOT_A_DATE: N_("Write day, month and year, for example 02/03/2027."),
    Fault.OUT_OF_RANGE: N_("This number or this date cannot be right."),
    Fault.NOT_A_CHOICE: N_("Choose one of the answers."),
    Fault.NATIONAL_NUMBER: N_("A national register number never stands here."),
    Fault.CONTROL_CHARACTER: N_("This text holds a sign that cannot be stored."),
    Fault.NEAR_PERPETRATOR: N_(
        "Somebody close to the alleged perpetrator cannot be a person of trust."
    ),
    "looks_like_place": N_(
        "This text looks as if it says where somebody is. Read it again, then tick the box."
    ),
    "not_a_recipient": N_("One of these services cannot receive this entry."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed into the form of *kind*, to be checked or shown again."""

    kind: EntryKind
    values: Plain[dict[str, object]]
    controls: Mapping[str, list[str]]
    origin: str = ""
    occurred: str = ""
    addressed_to: tuple[str, ...] = ()
    checked: bool = False
    version: int = 0


def read(kind: EntryKind, form: MultiDict[str, str]) -> Typed:
    """Return what *form* says of *kind*, and keep it in case it cannot be stored (S02-R1)."""
    values = from_form(kind, form.to_dict(flat=False))
    typed = Typed(
        kind=kind,
        values=Plain(values),
        controls=to_form(kind, values),
        origin=form.get(ORIGIN, ""),
        occurred=_occurred(kind, values, form),
        addressed_to=tuple(form.getlist(TO)),
        checked=CHECKED in form,
        version=form.get(VERSION, 0, type=int),
    )
    g.unsaved = typed
    return typed


def has_own_date(kind: EntryKind) -> bool:
    """Tell whether a kind asks for the day of its fact itself."""
    return any(field.name == OWN_DATE for field in kind.fields)


def _occurred(kind: EntryKind, values: Mapping[str, object], form: MultiDict[str, str]) -> str:
    if not has_own_date(kind):
        return form.get(DATE, "").strip()
    try:
        return date.fromisoformat(str(values.get(OWN_DATE))).isoformat()
    except ValueError:
        # What is wrong with it is said of the field of the kind.
        return ""


def said(typed: Typed, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the entry as the schema of entries takes it, loaded.

    Raises:
        InvalidError: something besides the values themselves is wrong, or the values are too.

    """
    raw = _raw(typed, form)
    try:
        return EntryIn().load(raw)
    except ValidationError as error:
        faults = _schema_faults(error)
        # Everything that is wrong is said at once.
        raise InvalidError(faults | _value_faults(typed, raw)) from error


def _raw(typed: Typed, form: MultiDict[str, str]) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "compartment": typed.kind.compartment.value,
        "kind": typed.kind.code,
        "values": from_form(typed.kind, form.to_dict(flat=False)),
        "origin": typed.origin,
        "place_checked": typed.checked,
        "addressed_to": [_address(one) for one in typed.addressed_to],
    }
    return raw | ({"occurred_on": _iso(typed.occurred)} if typed.occurred else {})


def _address(code: str) -> dict[str, str]:
    organisation, _slash, function = code.partition("/")
    return {"organisation": organisation, "function": function}


def _iso(typed: str) -> str:
    """Return a day typed day first in ISO order; what is no day stays as it is."""
    found = _DAY_FIRST.fullmatch(typed)
    if found is None:
        return typed
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return typed


def _schema_faults(error: ValidationError) -> dict[str, str]:
    codes = {"occurred_on": Fault.NOT_A_DATE, "addressed_to": "not_a_recipient"}
    names = error.messages if isinstance(error.messages, dict) else {}
    return {name: str(codes.get(name, Fault.REQUIRED)) for name in names}


def _value_faults(typed: Typed, raw: Mapping[str, Any]) -> dict[str, str]:
    try:
        draft_of({"values": raw["values"], "origin": Origin.SEEN}, typed.kind.code)
    except InvalidError as error:
        return error.faults
    return {}


def errors(faults: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong in words, by the control to mend."""
    return {
        _control(path, code): _(FAULTS.get(code, FAULTS[Fault.TYPE]))
        for path, code in faults.items()
    }


def _control(path: str, code: str) -> str:
    if path == "values":
        return CHECKED if code == "looks_like_place" else ENTRY
    return _CONTROLS.get(path) or path.removeprefix("values.").replace(".", "-")


def summary(kind: EntryKind, faults: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the list on top of the page: each error with its field's name, and a link to it."""
    found = errors(faults)
    order = _places(kind)
    labels = dict(_labels(kind.fields)) | {ORIGIN: _("Source"), DATE: _("Date of the fact")}
    return [
        {"href": f"#{at}", "text": _labelled(labels.get(_bare(at)), text)}
        for at, text in sorted(found.items(), key=lambda one: _place(one[0], order))
    ]


def _places(kind: EntryKind) -> list[str]:
    """Return the names of the controls, in the order of the page."""
    return [ENTRY, *(name for name, _label in _labels(kind.fields)), ORIGIN, DATE, CHECKED, TO]


def _place(control: str, order: list[str]) -> tuple[int, int, int]:
    """Return where a control stands: its field, the row in it, and the place in the row."""
    name, last = _bare(control), len(order)
    row = re.search(r"-([0-9]+)(?:-|$)", control)
    field = name.partition("-")[0] if row else name
    first, then = (order.index(one) if one in order else last for one in (field, name))
    return first, int(row[1]) if row else 0, then


def _labelled(label: str | None, text: str) -> str:
    return text if label is None else _("%(field)s: %(error)s", field=label, error=text)


def _bare(control: str) -> str:
    """Return a control's name without the number of its row."""
    return re.sub(r"-[0-9]+(?=-|$)", "", control)


def _labels(fields: Iterable[Field]) -> Iterable[tuple[str, str]]:
    for field in fields:
        yield field.name, _(field.label)
        yield from ((f"{field.name}-{name}", label) for name, label in _labels(field.fields))


def row_numbers(field: Field, typed: Mapping[str, list[str]]) -> range:
    """Return the numbers of the rows to show: those filled in, and some blank ones."""
    last = max(_filled(field, typed), default=-1)
    return range(min(last + 1 + BLANK_ROWS, field.max_items))


def is_blank_row(number: int, field: Field, typed: Mapping[str, list[str]]) -> bool:
    """Tell whether nothing has been filled in in a row."""
    return number not in _filled(field, typed)


def _filled(field: Field, typed: Mapping[str, list[str]]) -> set[int]:
    pattern = re.compile(re.escape(field.name) + r"-([0-9]+)-")
    return {int(found[1]) for name in typed if (found := pattern.match(name))}


def needs_select(field: Field) -> bool:
    """Tell whether a choice is too long a list for radio buttons."""
    return field.kind is FieldKind.CHOICE and len(field.choices) > 8  # noqa: PLR2004

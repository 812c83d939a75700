"""What an entry kind is made of: fields, flags, and the small functions that declare them.

Values are what JSON holds: `str`, `bool`, `int`, `list`, `dict`. A day is `YYYY-MM-DD`, a month
`YYYY-MM`, a three-way answer `yes`, `no` or `unknown`. Absent means *not said*: there is no
null and no empty text, so that silence never reads as an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, TypedDict, Unpack

from vepshare.dossier._compartments import Compartment

Values: TypeAlias = Mapping[str, object]
Choice: TypeAlias = tuple[str, str]

SHORT_LENGTH = 200
LONG_LENGTH = 1500
MAX_ROWS = 20


def N_(text: str) -> str:  # noqa: N802 (the gettext convention for "translate later")
    """Return *text* unchanged: marks an English source text for extraction."""
    return text


class FieldKind(StrEnum):
    """How a value is written and checked."""

    TEXT = "text"
    LONG = "long"
    BOOL = "bool"
    TRI = "tri"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    MONTH = "month"
    INTEGER = "integer"
    ROWS = "rows"


class Fault(StrEnum):
    """Why a value is refused."""

    REQUIRED = "required"
    UNKNOWN = "unknown"
    TYPE = "type"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NOT_A_DATE = "not_a_date"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CHOICE = "not_a_choice"
    NATIONAL_NUMBER = "national_number"
    CONTROL_CHARACTER = "control_character"
    NEAR_PERPETRATOR = "near_perpetrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an entry kind, with all a form needs to show it.

    `label`, `hint` and the second half of each choice are English source texts.
    `max_length` is in characters (code points after NFC), `minimum` and `maximum` are
    inclusive, `fields` are those of one row. `locating` tells that the value says where
    somebody sleeps, works or goes to school.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    hint: str = ""
    locating: bool = False
    max_length: int = 0
    minimum: int = 0
    maximum: int = 0
    choices: tuple[Choice, ...] = ()
    fields: tuple["Field", ...] = ()
    max_items: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the choices, in order."""
        return tuple(code for code, _ in self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagField:
    """One flag value of an entry kind: what a reader at level `F` sees, never free text."""

    name: str
    label: str
    kind: FieldKind
    choices: tuple[Choice, ...] = ()


def _recorded(_values: Values, _today: date) -> dict[str, object]:
    return {"recorded": True}


def _as_given(raw: Values) -> Values:
    return raw


def _no_fault(_values: Values) -> dict[str, Fault]:
    return {}


RECORDED = FlagField(name="recorded", label=N_("Recorded"), kind=FieldKind.BOOL)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKind:
    """A kind of entry, as data.

    `flags(values, today)` gives the flag values of cleaned values as they stand on the day of
    writing; `complete(raw)` adds what follows from the rest before checking; `check(values)`
    gives the faults that only show between fields.
    """

    code: str
    compartment: Compartment
    title: str
    fields: tuple[Field, ...]
    flag_fields: tuple[FlagField, ...] = (RECORDED,)
    flags: Callable[[Values, date], dict[str, object]] = _recorded
    complete: Callable[[Values], Values] = _as_given
    check: Callable[[Values], dict[str, Fault]] = _no_fault


TRI: tuple[Choice, ...] = (("yes", N_("Yes")), ("no", N_("No")), ("unknown", N_("Unknown")))


class Extras(TypedDict, total=False):
    """What any field may add to its name and label."""

    required: bool
    hint: str
    locating: bool


def text(name: str, label: str, length: int = SHORT_LENGTH, **extras: Unpack[Extras]) -> Field:
    """Declare a text on one line, at most *length* characters."""
    return Field(name=name, label=label, kind=FieldKind.TEXT, max_length=length, **extras)


def long(name: str, label: str, length: int = LONG_LENGTH, **extras: Unpack[Extras]) -> Field:
    """Declare a text on several lines, at most *length* characters."""
    return Field(name=name, label=label, kind=FieldKind.LONG, max_length=length, **extras)


def boolean(name: str, label: str, **extras: Unpack[Extras]) -> Field:
    """Declare a yes or no."""
    return Field(name=name, label=label, kind=FieldKind.BOOL, **extras)


def tri(name: str, label: str, **extras: Unpack[Extras]) -> Field:
    """Declare a yes, no or unknown."""
    return Field(name=name, label=label, kind=FieldKind.TRI, choices=TRI, **extras)


def choice(name: str, label: str, options: tuple[Choice, ...], **extras: Unpack[Extras]) -> Field:
    """Declare one code out of *options*."""
    return Field(name=name, label=label, kind=FieldKind.CHOICE, choices=options, **extras)


def choices(name: str, label: str, options: tuple[Choice, ...], **extras: Unpack[Extras]) -> Field:
    """Declare several codes out of *options*."""
    return Field(name=name, label=label, kind=FieldKind.CHOICES, choices=options, **extras)


def day(name: str, label: str, **extras: Unpack[Extras]) -> Field:
    """Declare a day, `YYYY-MM-DD`."""
    return Field(name=name, label=label, kind=FieldKind.DATE, **extras)


def month(name: str, label: str, **extras: Unpack[Extras]) -> Field:
    """Declare a month, `YYYY-MM`."""
    return Field(name=name, label=label, kind=FieldKind.MONTH, **extras)


def integer(name: str, label: str, minimum: int, maximum: int, **extras: Unpack[Extras]) -> Field:
    """Declare a whole number from *minimum* to *maximum*, both included."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.INTEGER,
        minimum=minimum,
        maximum=maximum,
        **extras,
    )


def rows(
    name: str,
    label: str,
    fields: tuple[Field, ...],
    max_items: int = MAX_ROWS,
    **extras: Unpack[Extras],
) -> Field:
    """Declare a list of rows, each with *fields* (which hold no rows themselves)."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.ROWS,
        fields=fields,
        max_items=max_items,
        **extras,
    )

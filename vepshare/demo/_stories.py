"""What a story is made of: who says and does what, when, and who then sees what.

Stories are data. The demonstration plays them, and the acceptance tests check their tables.
Times are local times in Brussels; days inside values are ISO texts, as an entry stores them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from vepshare.consent import BRUSSELS, Form
from vepshare.dossier import CODES, Compartment, Origin, Reason
from vepshare.errors import VepshareError
from vepshare.people import Profession

NOTHING = "–"
"""The mark of a closed cell, and of an empty column of ticks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a consent: a service by its codes, what it may receive, until when.

    `person` is a login, for a consent that names one person; `ends` is an inclusive day.
    """

    organisation: str
    profession: Profession
    compartments: frozenset[Compartment]
    ticks: frozenset[Compartment] = frozenset()
    person: str | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What she said in one act of consent, from the instant it is recorded to the end of a day.

    `replaces` tells whether it stands for everything she had said before.
    """

    lines: tuple[Line, ...]
    ends: date
    form: Form
    refused: frozenset[Profession] = frozenset()
    warned: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody writes, in the field names of its kind."""

    kind: str
    values: Mapping[str, object]
    origin: Origin = Origin.TOLD_BY_THE_PERSON
    occurred_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that one of the cast does at an instant; `by` is a login.

    `refused` is the error the platform must answer with, where it must not let it happen.
    """

    at: datetime
    by: str
    refused: type[VepshareError] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Act):
    """The dossier is opened on her first consent, with the entries of the intake."""

    agreed: Agreed
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving(Act):
    """She agrees to something more, or to something else."""

    agreed: Agreed


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing(Act):
    """She takes back her word for some organisations, by code; for everybody without them."""

    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting(Act):
    """The referent brings somebody in, by login."""

    whom: str
    reason: Reason = Reason.FOLLOW_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver(Act):
    """Another participant, by login, becomes the referent."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing(Act):
    """An entry is written; `name` is what a later act of the story calls it by.

    `addressed_to` holds services, `O11/CPAS`.
    """

    entry: Entry
    name: str = ""
    addressed_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectifying(Act):
    """An entry written earlier, by its name in the story, is given a new version."""

    name: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Act):
    """A participant opens the dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Who sees what at an instant: levels by login and compartment; a closed cell is absent.

    `columns` are the compartments the table speaks of, open or not.
    """

    at: datetime
    columns: tuple[Compartment, ...]
    rows: Mapping[str, Mapping[Compartment, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A scenario, told. `clock` is the moment at which the demonstration stands."""

    code: str
    pseudonym: str
    clock: datetime
    acts: tuple[Act, ...]
    expected: tuple[Table, ...] = field(repr=False)


def moment(text: str) -> datetime:
    """Return a local time in Brussels, `2027-03-02 14:35`."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def lines(text: str, *, ends: date | None = None) -> tuple[Line, ...]:
    """Return the lines of a consent: `O1/PSY | ID CT PS IN | PS IN`, one a row."""
    return tuple(_line(row, ends) for row in text.strip().splitlines())


def _line(row: str, ends: date | None) -> Line:
    service, compartments, ticks = (one.strip() for one in row.split("|"))
    organisation, profession = service.split("/")
    return Line(
        organisation=organisation,
        profession=Profession(profession),
        compartments=_compartments(compartments),
        ticks=frozenset() if ticks == NOTHING else _compartments(ticks),
        ends=ends,
    )


def _compartments(codes: str) -> frozenset[Compartment]:
    return frozenset(CODES[code] for code in codes.split())


def table(at: str, text: str) -> Table:
    """Return a table of expected visibility: a row of codes, then one row for each login."""
    header, *rows = (row.split() for row in text.strip().splitlines())
    columns = tuple(CODES[code] for code in header)
    return Table(
        at=moment(at),
        columns=columns,
        rows=MappingProxyType({login: _open_cells(columns, marks) for login, *marks in rows}),
    )


def _open_cells(columns: tuple[Compartment, ...], marks: list[str]) -> Mapping[Compartment, str]:
    pairs = zip(columns, marks, strict=True)
    return MappingProxyType({one: mark for one, mark in pairs if mark != NOTHING})

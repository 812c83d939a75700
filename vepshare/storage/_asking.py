"""Questions put to the driver itself: compiled once, several in one round trip.

A reading asks the same ten questions all day. SQLAlchemy spends more on putting each of them,
and PostgreSQL on each way there and back, than on answering. So their statements, written in
Core as all others, are compiled once for a database and handed to its driver; where it can send
several before it waits for the first answer (PostgreSQL: pipeline mode), it does.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import Connection, Dialect, Executable, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Row = Any
"""A tuple with its columns by name, as SQLAlchemy's own rows have them."""

Values = Mapping[str, object]
Convert = Callable[[object], object]


class _Cursor(Protocol):
    def execute(self, statement: str, parameters: object) -> object: ...

    def fetchall(self) -> list[tuple[object, ...]]: ...


class _Driver(Protocol):
    """What is used of sqlite3 and of psycopg; of sqlite3, only `cursor`, without *binary*."""

    closed: bool

    def cursor(self, *, binary: bool = ...) -> _Cursor: ...

    def pipeline(self) -> AbstractContextManager[object]: ...

    def rollback(self) -> None: ...


class _Parameter(NamedTuple):
    """One parameter of a compiled statement: a value by its name, or one of several (`place`)."""

    name: str
    place: int | None
    convert: Convert | None


class _Form:
    """A statement as one database takes it, with as many parameters as there are values."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, values: Values) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
        state = compiled.construct_expanded_state(dict(values))
        self.text: str = state.statement
        self._names: Sequence[str] | None = state.positiontup
        several = {
            one: (name, place)
            for name, expanded in state.parameter_expansion.items()
            for place, one in enumerate(expanded)
        }
        self._parameters: dict[str, _Parameter] = {}
        self._fixed: dict[str, object] = {}
        for one, value in state.parameters.items():
            name, place = several.get(one, (one, None))
            convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            if name in values:
                self._parameters[one] = _Parameter(name, place, convert)
            else:
                self._fixed[one] = value if convert is None else convert(value)

    def parameters(self, values: Values) -> Mapping[str, object] | Sequence[object]:
        """Return *values* as the driver takes them: by name, or in order."""
        found = dict(self._fixed)
        for one, (name, place, convert) in self._parameters.items():
            value = values[name]
            if place is not None:
                value = cast(Sequence[object], value)[place]
            found[one] = value if convert is None else convert(value)
        return found if self._names is None else [found[one] for one in self._names]


class Question:
    """A statement that is asked all day, in the form that each database takes.

    *make* makes a row of the values of its columns; tuples with names where there is none.
    """

    def __init__(
        self, statement: Executable, make: Callable[[Iterable[object]], Row] | None = None
    ) -> None:
        self._statement = cast(ClauseElement, statement)
        self._make = make
        self._forms: dict[tuple[str, tuple[int, ...]], _Form] = {}
        self._converts: dict[str, tuple[tuple[int, Convert], ...]] = {}

    def form(self, dialect: Dialect, values: Values) -> _Form:
        """Return the statement for a database, and for as many values as are given in tuples."""
        lengths = tuple(len(one) for one in values.values() if type(one) is tuple)
        place = (dialect.name, lengths)
        found = self._forms.get(place)
        if found is None:
            found = self._forms[place] = _Form(self._statement, dialect, values)
        return found

    def answer(self, dialect: Dialect, rows: list[tuple[object, ...]]) -> tuple[Row, ...]:
        """Return what the driver has read, each column as its type says."""
        converts = self._converts.get(dialect.name)
        if converts is None:
            converts = self._converts[dialect.name] = tuple(self._read(dialect))
        columns: list[Iterable[object]] = list(zip(*rows, strict=True))
        for place, convert in converts if rows else ():
            columns[place] = map(convert, columns[place])
        return tuple(map(self._make or self._named, zip(*columns, strict=True)))

    @cached_property
    def _named(self) -> Callable[[Iterable[object]], Row]:
        names = cast(Select[tuple[object, ...]], self._statement).selected_columns.keys()
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        return lambda values: row(*values)

    def _read(self, dialect: Dialect) -> Iterator[tuple[int, Convert]]:
        columns = cast(Select[tuple[object, ...]], self._statement).selected_columns
        for place, column in enumerate(columns):
            kind = column.type.dialect_impl(dialect)
            convert = kind.result_processor(dialect, None)
            if convert is not None and kind.python_type is not bytes:
                yield place, convert


class Asked(NamedTuple):
    """A question with the values of its parameters; those of an `in_` in a tuple."""

    question: Question
    values: Values


def ask(connection: Connection, *asked: Asked) -> list[tuple[Row, ...]]:
    """Return the rows of each answer, in one round trip where the driver can.

    The questions are answered one after the other, each as of its own moment: what a later one
    finds was there after an earlier one had got its lock.

    Raises:
        DBAPIError: as SQLAlchemy itself would have.

    """
    driver, dialect = _driver(connection), connection.dialect
    with _told_as_usual(connection):
        if dialect.name != "postgresql":
            answers = [_put(driver.cursor(), dialect, one).fetchall() for one in asked]
        elif len(asked) == 1:
            answers = [_put(driver.cursor(binary=True), dialect, asked[0]).fetchall()]
        else:
            with driver.pipeline():
                sent = [_put(driver.cursor(binary=True), dialect, one) for one in asked]
                answers = [cursor.fetchall() for cursor in sent]
    return [one.question.answer(dialect, rows) for one, rows in zip(asked, answers, strict=True)]


def carry_out(connection: Connection, asked: Asked) -> None:
    """Carry out a statement that has no answer.

    Raises:
        DBAPIError: as SQLAlchemy itself would have.

    """
    with _told_as_usual(connection):
        _put(_driver(connection).cursor(), connection.dialect, asked)


@contextmanager
def together_with(connection: Connection, last: Asked) -> Iterator[None]:
    """Carry out *last* in one round trip with the commit that the block sends.

    If *last* fails, the server skips the commit. Of PostgreSQL alone.

    Raises:
        DBAPIError: as SQLAlchemy itself would have.

    """
    driver = _driver(connection)
    with _told_as_usual(connection), _rolled_back(driver), driver.pipeline():
        _put(driver.cursor(), connection.dialect, last)
        yield


@contextmanager
def _rolled_back(driver: _Driver) -> Iterator[None]:
    """Roll back what the block does not commit.

    SQLAlchemy takes a commit that failed for the end of the transaction; a skipped one is not,
    and the connection would go back to the pool in the middle of it.
    """
    try:
        yield
    except BaseException:
        if not driver.closed:
            driver.rollback()
        raise


def _driver(connection: Connection) -> _Driver:
    return cast(_Driver, connection.connection.driver_connection)


def _put(cursor: _Cursor, dialect: Dialect, asked: Asked) -> _Cursor:
    form = asked.question.form(dialect, asked.values)
    cursor.execute(form.text, form.parameters(asked.values))
    return cursor


@contextmanager
def _told_as_usual(connection: Connection) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy does, and leave a lost connection as it does."""
    dialect = connection.dialect
    dbapi = dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as error:
        if dialect.is_disconnect(error, connection.connection, None):
            connection.invalidate(error)
            # What else waits in the pool was lost with it, most likely.
            connection.engine.dispose()
        raise DBAPIError.instance(
            None, None, error, dbapi.Error, hide_parameters=True, dialect=dialect
        ) from error

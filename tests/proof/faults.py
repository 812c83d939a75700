"""Faults between every two statements of a transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


class PulledPlugError(Exception):
    """The fault itself: nothing of ours, so that nobody treats it kindly."""


class Plug:
    """Counts the points at which to fail, and pulls the plug at the *n*-th of them.

    They lie before each statement. SQLite's COMMIT is one; PostgreSQL's is none, so there they
    also lie behind each, the last of them between the last statement and the commit.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.seen = 0

    def count(self, *_: object) -> None:
        self.seen += 1
        if self.seen == self.n:
            raise PulledPlugError(self.n)

    @contextmanager
    def listening(self, engine: Engine) -> Iterator[None]:
        names = ["before_cursor_execute"]
        if engine.dialect.name != "sqlite":
            names.append("after_cursor_execute")
        for name in names:
            event.listen(engine, name, self.count)
        try:
            yield
        finally:
            for name in names:
                event.remove(engine, name, self.count)


MOST_STATEMENTS = 500
"""Far more than any act needs: the loop below ends, whatever happens."""


def at_every_statement(engine: Engine, act: Callable[[], object]) -> Iterator[int]:
    """Try *act* with a fault before its first statement, its second, and so on; yield each number.

    The last try, in which no statement was left to fail before, has succeeded.
    """
    for n in range(1, MOST_STATEMENTS):
        plug = Plug(n)
        try:
            with plug.listening(engine):
                act()
        except PulledPlugError:
            yield n
            continue
        # An act of several transactions goes on where it was stopped, with fewer statements.
        assert plug.seen < n
        return
    raise AssertionError("an act that never ends")

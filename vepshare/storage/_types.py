"""Column types that behave the same on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from sqlalchemy import DateTime, Dialect, String, TypeDecorator, Uuid

from vepshare.errors import Tampered, TamperedError


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, to the microsecond.

    SQLite hands back naive times where PostgreSQL hands back aware ones; without this a
    consent would end at another hour on one of them.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; give SQLite naive UTC ones."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is not stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant, aware, in UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


@lru_cache(maxsize=8192)
def _parsed(text: str) -> UUID:
    """Return an identifier read from SQLite; the same few hundred are read again and again."""
    return UUID(text)


def _read(value: str | None) -> UUID | None:
    return None if value is None else _parsed(value)


class Identifier(Uuid[UUID]):
    """A random UUID: native on PostgreSQL, 32 hexadecimal digits on SQLite."""

    cache_ok = True

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], UUID | None] | None:
        """Return how a column is read; PostgreSQL's driver hands over identifiers itself."""
        del coltype
        return _read if dialect.name == "sqlite" else None


class _Codes(dict[str, StrEnum]):
    def __missing__(self, code: str) -> StrEnum:
        raise TamperedError(Tampered.VALUE)


class Coded(TypeDecorator[StrEnum]):
    """A code of an enumeration, stored by value and read as its member.

    A value that is no code raises TamperedError: vepshare stored no such thing.
    """

    impl = String
    cache_ok = True

    def __init__(self, codes: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.codes = codes

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str], StrEnum] | None:
        """Return how a column is read; a look-up, since some are read by the dozen."""
        del dialect, coltype
        return _Codes((one.value, one) for one in self.codes).__getitem__

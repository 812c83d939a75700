"""The log as rows: appended under the lock of its head, never changed."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Update,
    bindparam,
    func,
    insert,
    select,
    update,
)

from vepshare import audit
from vepshare.ids import DossierId, OrganisationId, ProfessionalId
from vepshare.storage import _tables as t
from vepshare.storage._asking import Asked, Question, ask, carry_out, together_with

_HEAD = Asked(Question(select(t.log_head.c.head).where(t.log_head.c.id == 1).with_for_update()), {})
_MOVE = update(t.log_head).where(t.log_head.c.id == 1).values(head=bindparam("new_head"))
_ENTRY = insert(t.log_entries)
_NODES = insert(t.log_nodes)
_PAGE = 1000


def _at_once() -> Update:
    """Return one statement that writes an entry, its nodes and the head.

    PostgreSQL alone takes it. Each statement is a round trip during which everybody else waits
    for the head; SQLite has no round trips.
    """
    columns = ("idx", "entry", "leaf", "at", "event", "outcome", "actor", "organisation", "dossier")
    entry = insert(t.log_entries).values({name: bindparam(f"new_{name}") for name in columns})
    c = t.log_nodes.c
    arrays = ((c.level, "levels"), (c.idx, "places"), (c.hash, "hashes"))
    nodes = (
        func.unnest(*(bindparam(name, type_=ARRAY(column.type)) for column, name in arrays))
        .table_valued(*(column.name for column, _ in arrays))
        .render_derived()
    )
    completed = insert(t.log_nodes).from_select(["level", "idx", "hash"], select(*nodes.c))
    return _MOVE.add_cte(entry.cte("entry"), completed.cte("completed"))


_AT_ONCE = Question(_at_once())


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which entries are asked for; None asks for all."""

    dossier: DossierId | None = None
    actor: ProfessionalId | None = None
    organisation: OrganisationId | None = None
    event: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Log:
    """The append-only log, and what proves that it is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._head: audit.Head | None = None
        self._last: Asked | None = None

    def create(self) -> None:
        """Begin the log of a new installation, empty."""
        self._connection.execute(insert(t.log_head), {"id": 1, "head": audit.EMPTY.encode()})

    def append(self, record: audit.Record, *, now: datetime, last: bool = False) -> audit.Appended:
        """Write the next entry. It is durable once the transaction has been committed.

        The lock on the head is held from here to the end of the transaction, and is the last
        one taken: whoever holds it waits for nobody. *last*: nothing is written after it, so
        that it may be sent with the commit, in one round trip.
        """
        new = audit.append(self._locked_head(), record, now=now)
        if self._connection.dialect.name == "postgresql":
            self._last = Asked(_AT_ONCE, _all_values(new, record))
            if not last:
                self._write_last()
        else:
            self._write([_entry_row(new, record)], _node_rows(new), new.head)
        self._head = new.head
        return new

    def with_the_commit(self) -> AbstractContextManager[None]:
        """Return the context in which to commit: the entry left for the end is sent with it."""
        if self._last is None:
            return nullcontext()
        return together_with(self._connection, self._last)

    def _write_last(self) -> None:
        if self._last is not None:
            carry_out(self._connection, self._last)
            self._last = None

    def append_all(self, records: Sequence[audit.Record], *, now: datetime) -> None:
        """Write the next entries, as `append` would one by one, in a few statements."""
        head = self._locked_head()
        entries: list[dict[str, object]] = []
        nodes: list[dict[str, object]] = []
        for record in records:
            new = audit.append(head, record, now=now)
            head = new.head
            entries.append(_entry_row(new, record))
            nodes += _node_rows(new)
        self._write(entries, nodes, head)

    def _write(
        self, entries: list[dict[str, object]], nodes: list[dict[str, object]], head: audit.Head
    ) -> None:
        for statement, rows in ((_ENTRY, entries), (_NODES, nodes)):
            if rows:
                self._connection.execute(statement, rows)
        self._connection.execute(_MOVE, {"new_head": head.encode()})
        self._head = head

    def _locked_head(self) -> audit.Head:
        """Return the head, locked by now: what this transaction knows of it, nobody changes."""
        self._write_last()
        if self._head is None:
            (((head,),),) = ask(self._connection, _HEAD)
            self._head = audit.Head.decode(head)
        return self._head

    def lock(self) -> audit.Head:
        """Return the head; nobody appends to the log until this transaction ends."""
        return self._locked_head()

    def head(self) -> audit.Head:
        """Return the head as it stands."""
        query = select(t.log_head.c.head).where(t.log_head.c.id == 1)
        return audit.Head.decode(self._connection.execute(query).scalar_one())

    def get(self, level: int, index: int) -> bytes:
        """Return the hash of a leaf (level 0) or of a perfect node; 32 bytes."""
        if level == 0:
            query = select(t.log_entries.c.leaf).where(t.log_entries.c.idx == index)
        else:
            c = t.log_nodes.c
            query = select(c.hash).where(c.level == level, c.idx == index)
        return cast(bytes, self._connection.execute(query).scalar_one())

    def stored(self) -> Iterator[audit.StoredEntry]:
        """Yield every entry as it is stored, in order, a thousand at a time."""
        c, after = t.log_entries.c, -1
        while True:
            query = select(c.idx, c.entry, c.leaf).where(c.idx > after).order_by(c.idx)
            rows = self._connection.execute(query.limit(_PAGE)).all()
            for row in rows:
                yield audit.StoredEntry(index=row.idx, entry=row.entry, leaf=row.leaf)
            if len(rows) < _PAGE:
                return
            after = rows[-1].idx

    def entry(self, index: int) -> audit.Entry | None:
        """Return one entry, or None when there is none of that index.

        Raises:
            TamperedError: what is stored is no entry.

        """
        query = select(t.log_entries.c.entry).where(t.log_entries.c.idx == index)
        found = self._connection.execute(query).scalar()
        return None if found is None else audit.decode(found)

    def misfiled(self) -> Iterator[int]:
        """Yield the index of every entry that is filed under something it does not say.

        The columns beside an entry are only there to find it by; the entry is what counts.
        """
        c, after = t.log_entries.c, -1
        columns = (c.idx, c.entry, c.at, c.event, c.outcome, c.actor, c.organisation, c.dossier)
        while True:
            query = select(*columns).where(c.idx > after).order_by(c.idx).limit(_PAGE)
            rows = self._connection.execute(query).all()
            yield from (row.idx for row in rows if tuple(row)[2:] != _filed(row.entry))
            if len(rows) < _PAGE:
                return
            after = rows[-1].idx

    def find(self, wanted: LogFilter, *, before: int | None, most: int) -> tuple[audit.Entry, ...]:
        """Return the latest *most* entries asked for, latest first, below index *before*."""
        query = select(t.log_entries.c.entry).where(*_tests(wanted))
        if before is not None:
            query = query.where(t.log_entries.c.idx < before)
        rows = self._connection.execute(query.order_by(t.log_entries.c.idx.desc()).limit(most))
        return tuple(audit.decode(row.entry) for row in rows)

    def add_checkpoint(self, *, size: int, at: datetime, note: str) -> None:
        """Keep a signed checkpoint; one that exists for that size is kept as it is."""
        c = t.log_checkpoints.c
        if self._connection.execute(select(c.size).where(c.size == size)).first() is None:
            self._connection.execute(
                insert(t.log_checkpoints), {"size": size, "at": at, "note": note}
            )

    def checkpoints(self) -> tuple[str, ...]:
        """Return every signed checkpoint, smallest tree first."""
        c = t.log_checkpoints.c
        return tuple(self._connection.execute(select(c.note).order_by(c.size)).scalars())

    def last_checkpoint(self) -> tuple[str, datetime] | None:
        """Return the latest checkpoint and when it was signed, or None."""
        c = t.log_checkpoints.c
        row = self._connection.execute(select(c.note, c.at).order_by(c.size.desc())).first()
        return None if row is None else (row.note, row.at)

    def has_checkpoint(self, size: int) -> bool:
        """Tell whether there is a checkpoint of that size."""
        c = t.log_checkpoints.c
        return self._connection.execute(select(c.size).where(c.size == size)).first() is not None

    def last_checkpoint_size(self) -> int:
        """Return the size of the latest checkpoint, or -1 when there is none."""
        size = self._connection.execute(select(func.max(t.log_checkpoints.c.size))).scalar()
        return -1 if size is None else size

    def count(self, wanted: LogFilter) -> int:
        """Return how many entries are asked for."""
        query = select(func.count()).select_from(t.log_entries).where(*_tests(wanted))
        return self._connection.execute(query).scalar_one()


def _filed(entry: bytes) -> tuple[object, ...]:
    """Return the columns an entry belongs under."""
    said = audit.decode(entry)
    what = (said.event.value, said.outcome.value)
    return (said.time, *what, said.actor, said.organisation, said.dossier)


def _entry_row(new: audit.Appended, record: audit.Record) -> dict[str, object]:
    return {
        "idx": new.index,
        "entry": new.entry_bytes,
        "leaf": new.leaf,
        "at": new.time,
        "event": record.event.value,
        "outcome": record.outcome.value,
        "actor": record.actor,
        "organisation": record.organisation,
        "dossier": record.dossier,
    }


def _all_values(new: audit.Appended, record: audit.Record) -> dict[str, object]:
    values = {f"new_{name}": value for name, value in _entry_row(new, record).items()}
    return values | {
        "new_head": new.head.encode(),
        "levels": [node.level for node in new.nodes],
        "places": [node.place for node in new.nodes],
        "hashes": [node.hash for node in new.nodes],
    }


def _node_rows(new: audit.Appended) -> list[dict[str, object]]:
    return [{"level": node.level, "idx": node.place, "hash": node.hash} for node in new.nodes]


def _tests(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    c = t.log_entries.c
    same = (
        (c.dossier, wanted.dossier),
        (c.actor, wanted.actor),
        (c.organisation, wanted.organisation),
        (c.event, wanted.event),
        (c.outcome, wanted.outcome),
    )
    yield from (column == value for column, value in same if value is not None)
    if wanted.since is not None:
        yield c.at >= wanted.since
    if wanted.until is not None:
        yield c.at <= wanted.until

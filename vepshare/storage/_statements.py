"""Signed statements, added and never changed: whose a public key is, who was bound to a dossier."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    and_,
    bindparam,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union,
)

from vepshare.ids import DossierId
from vepshare.storage import _tables as t
from vepshare.storage._rows import KeyStatement, PublishedKey, SignedAct, StatementKind

_PAGE = 1000
_DOSSIERS = 100
# Spelled out in the statement: a parameter would keep SQLite from using the indexes made for them.
_PUBLISHED = t.log_entries.c.event == literal_column("'key.published'")
_ROTATED = t.log_entries.c.event == literal_column("'key.rotated'")
_ACTS = t.log_entries.c.event.in_([literal_column(f"'{one}'") for one in t.ACTS_OF_CONSENT])
_BY_SERVICE = (t.service_keys.c.service_id, t.service_keys.c.epoch)
_FIELDS = KeyStatement._fields[:-1]
_STATEMENTS = (
    select(*(t.key_statements.c[name] for name in _FIELDS), t.log_entries.c.entry)
    .select_from(
        t.key_statements.outerjoin(
            t.log_entries, t.log_entries.c.idx == t.key_statements.c.log_index
        )
    )
    .order_by(t.key_statements.c.log_index)
)


def about(subjects: BindParameter[object] | Select[tuple[UUID]]) -> Select[tuple[object, ...]]:
    """Return the query for what is said of *subjects*, and what that rests on.

    Each of its parts finds its few rows by an index.
    """
    c = t.key_statements.c
    said = select(c.log_index, c.signer, c.organisation_id).where(c.subject.in_(subjects))
    said_ = said.cte("said").c
    rests_on = (
        c.subject.in_(select(said_.signer)),
        and_(
            c.kind == StatementKind.REGISTRAR, c.organisation_id.in_(select(said_.organisation_id))
        ),
        c.kind == StatementKind.FOUNDING,
    )
    found = union(select(said_.log_index), *(select(c.log_index).where(one) for one in rests_on))
    return _STATEMENTS.where(c.log_index.in_(found.scalar_subquery()))


_ABOUT = about(bindparam("subjects", expanding=True))


class Statements:
    """The key directory, and the signed acts that bind professionals to a dossier."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: KeyStatement) -> None:
        """Append a statement. Its entry in the log has been appended before it."""
        values = {name: getattr(one, name) for name in _FIELDS}
        self._connection.execute(insert(t.key_statements).values(values))

    def about(self, subjects: Iterable[UUID]) -> tuple[KeyStatement, ...]:
        """Return all that is said of *subjects*, and what it rests on, in the order of the log.

        That is the founding, the registrars of the organisations that are named, and who signed.
        """
        rows = self._connection.execute(_ABOUT, {"subjects": tuple(subjects)})
        return tuple(map(statement, rows))

    def of_organisation(self, organisation_id: UUID) -> tuple[KeyStatement, ...]:
        """Return who the registrars of an organisation are, and the founding they rest on."""
        c = t.key_statements.c
        own = and_(c.kind == StatementKind.REGISTRAR, c.organisation_id == organisation_id)
        query = _STATEMENTS.where(or_(own, c.kind == StatementKind.FOUNDING))
        return tuple(map(statement, self._connection.execute(query)))

    def founding(self) -> KeyStatement | None:
        """Return the first founding of the key directory, or None before the first enrolment."""
        query = _STATEMENTS.where(t.key_statements.c.kind == StatementKind.FOUNDING).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else statement(row)

    def everything(self) -> Iterator[KeyStatement]:
        """Yield every statement in the order of the log, a thousand at a time."""
        after = -1
        while True:
            query = _STATEMENTS.where(t.key_statements.c.log_index > after).limit(_PAGE)
            rows = self._connection.execute(query).all()
            yield from map(statement, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1].log_index

    def published_after(self, index: int) -> Iterator[tuple[int, bytes]]:
        """Yield what the log says was published further on than *index*, with its place."""
        c = t.log_entries.c
        query = select(c.idx, c.entry).where(_PUBLISHED, c.idx > index)
        for row in self._connection.execute(query.order_by(c.idx)):
            yield row.idx, row.entry

    def rotations(self, dossier_id: DossierId) -> tuple[bytes, ...]:
        """Return the entries of the log that publish the epochs of a dossier, in order."""
        c = t.log_entries.c
        query = select(c.entry).where(_ROTATED, c.dossier == dossier_id)
        return tuple(self._connection.execute(query.order_by(c.idx)).scalars())

    def last_consent(self, dossier_id: DossierId) -> bytes | None:
        """Return the last entry of the log on an act of consent that was done, or None."""
        c = t.log_entries.c
        done = c.outcome == literal_column("'allowed'")
        query = select(c.entry).where(_ACTS, done, c.dossier == dossier_id)
        return self._connection.execute(query.order_by(c.idx.desc()).limit(1)).scalar()

    def add_act(self, one: SignedAct) -> None:
        """Append an act that binds somebody to a dossier."""
        self._connection.execute(insert(t.signed_acts).values(one._asdict()))

    def acts(self, dossier_id: DossierId) -> tuple[SignedAct, ...]:
        """Return the acts that bound somebody to a dossier, oldest first."""
        c = t.signed_acts.c
        query = select(t.signed_acts).where(c.dossier_id == dossier_id).order_by(c.seq)
        return tuple(map(SignedAct._make, self._connection.execute(query)))

    def dossiers_after(self, last: DossierId | None) -> tuple[DossierId, ...]:
        """Return the ids of the next hundred dossiers, in the order of their ids."""
        query = select(t.dossiers.c.id).order_by(t.dossiers.c.id).limit(_DOSSIERS)
        if last is not None:
            query = query.where(t.dossiers.c.id > last)
        return tuple(map(DossierId, self._connection.execute(query).scalars()))

    def entries_of(self, dossier_id: DossierId, events: Iterable[str]) -> tuple[bytes, ...]:
        """Return the entries of the log on *events* of a dossier, in order."""
        c = t.log_entries.c
        query = select(c.entry).where(c.dossier == dossier_id, c.event.in_(tuple(events)))
        return tuple(self._connection.execute(query.order_by(c.idx)).scalars())

    def current_keys(self) -> Iterator[PublishedKey]:
        """Yield every public key that something may be wrapped to, as the tables have it."""
        services, keys = t.services.c, t.service_keys.c
        join = t.service_keys.join(t.services, services.id == keys.service_id)
        query = select(
            keys.service_id, services.organisation_id, services.profession, keys.epoch, keys.public
        )
        for row in self._connection.execute(query.select_from(join).order_by(*_BY_SERVICE)):
            yield PublishedKey(StatementKind.SERVICE, *row, b"")
        people, hats = t.professionals.c, t.functions.c
        join = t.functions.join(t.professionals, people.id == hats.professional_id)
        held = select(
            people.id,
            hats.organisation_id,
            hats.profession,
            literal(1),
            people.wrap_public,
            people.sign_public,
        )
        held = held.select_from(join).where(hats.held)
        for row in self._connection.execute(held.order_by(people.id, hats.profession)):
            yield PublishedKey._make((StatementKind.MEMBER, *row))


def statement(row: Iterable[object]) -> KeyStatement:
    """Return a statement; where its entry of the log is missing, without its bytes."""
    said = KeyStatement._make(row)
    return said._replace(entry=said.entry or b"")

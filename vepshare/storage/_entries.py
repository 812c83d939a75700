"""Entries, sealed: each rectification is a new version, and none is overwritten."""

from collections.abc import Iterable

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from vepshare.dossier import Compartment
from vepshare.ids import DossierId, EntryId, ServiceId
from vepshare.storage import _tables as t
from vepshare.storage._asking import Asked, Question, ask
from vepshare.storage._rows import EntryRow, EntryWrap

_NAMES = {
    "author": t.professionals.c.name,
    "organisation_code": t.organisations.c.code,
    "organisation_name": t.organisations.c.name,
}
_WITH_NAMES = select(
    *(_NAMES[name] if name in _NAMES else t.entries.c[name] for name in EntryRow._fields)
).select_from(
    t.entries.join(t.professionals, t.professionals.c.id == t.entries.c.author_id).join(
        t.organisations, t.organisations.c.id == t.entries.c.organisation_id
    )
)
LATEST = Question(
    _WITH_NAMES.where(
        t.entries.c.dossier_id == bindparam("dossier_id"),
        t.entries.c.latest,
        t.entries.c.compartment.in_(bindparam("compartments", expanding=True)),
    ).order_by(t.entries.c.recorded_at, t.entries.c.id),
    make=EntryRow._make,
)
WRAPS = Question(
    select(*(t.entry_wraps.c[name] for name in EntryWrap._fields)).where(
        t.entry_wraps.c.dossier_id == bindparam("dossier_id"),
        or_(
            t.entry_wraps.c.recipient_key.in_(bindparam("keys", expanding=True)),
            t.entry_wraps.c.inbox,
        ),
    ),
    make=EntryWrap._make,
)


class Entries:
    """What has been written, unreadable without its keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: EntryRow) -> None:
        """Record a version, which becomes the latest; the database refuses a taken number."""
        same = (t.entries.c.dossier_id == one.dossier_id) & (t.entries.c.id == one.id)
        if one.version > 1:
            self._connection.execute(update(t.entries).where(same).values(latest=False))
        self._connection.execute(
            insert(t.entries).values(
                dossier_id=one.dossier_id,
                id=one.id,
                version=one.version,
                compartment=one.compartment.value,
                kind=one.kind,
                epoch=one.epoch,
                own_key=one.own_key,
                latest=True,
                author_id=one.author_id,
                organisation_id=one.organisation_id,
                profession=one.profession.value,
                recorded_at=one.recorded_at,
                previous=one.previous,
                digest=one.digest,
                body=one.body,
                flags=one.flags,
            )
        )

    def latest(
        self, dossier_id: DossierId, compartments: Iterable[Compartment]
    ) -> tuple[EntryRow, ...]:
        """Return the latest version of each entry of some compartments, oldest first."""
        named = tuple(one.value for one in compartments)
        values = {"dossier_id": dossier_id, "compartments": named}
        (rows,) = ask(self._connection, Asked(LATEST, values))
        return rows

    def versions(
        self, dossier_id: DossierId, compartments: Iterable[Compartment]
    ) -> tuple[EntryRow, ...]:
        """Return every version of every entry of some compartments, those of an entry in order."""
        c = t.entries.c
        query = _WITH_NAMES.where(
            c.dossier_id == dossier_id, c.compartment.in_([one.value for one in compartments])
        ).order_by(c.id, c.version)
        return tuple(map(EntryRow._make, self._connection.execute(query)))

    def reseal(self, rows: Iterable[EntryRow]) -> None:
        """Replace the seals of some versions by seals under another key; nothing else changes."""
        c = t.entries.c
        query = update(t.entries).where(
            c.dossier_id == bindparam("of_dossier"),
            c.id == bindparam("of_entry"),
            c.version == bindparam("of_version"),
        )
        values = [
            {
                "of_dossier": one.dossier_id,
                "of_entry": one.id,
                "of_version": one.version,
                "epoch": one.epoch,
                "previous": one.previous,
                "digest": one.digest,
                "body": one.body,
                "flags": one.flags,
            }
            for one in rows
        ]
        if values:
            self._connection.execute(query, values)

    def get(self, dossier_id: DossierId, entry_id: EntryId) -> EntryRow | None:
        """Return the latest version of one entry, or None."""
        c = t.entries.c
        query = _WITH_NAMES.where(c.dossier_id == dossier_id, c.id == entry_id, c.latest)
        row = self._connection.execute(query).first()
        return None if row is None else EntryRow._make(row)

    def address(
        self, dossier_id: DossierId, entry_id: EntryId, services: Iterable[ServiceId]
    ) -> None:
        """Note to which services an entry is addressed."""
        rows = [
            {"dossier_id": dossier_id, "entry_id": entry_id, "service_id": one} for one in services
        ]
        if rows:
            self._connection.execute(insert(t.addressees), rows)

    def addressees(self, dossier_id: DossierId) -> dict[EntryId, frozenset[ServiceId]]:
        """Return to which services the entries of a dossier are addressed."""
        query = select(t.addressees).where(t.addressees.c.dossier_id == dossier_id)
        found: dict[EntryId, frozenset[ServiceId]] = {}
        for row in self._connection.execute(query):
            key = EntryId(row.entry_id)
            found[key] = found.get(key, frozenset()) | {ServiceId(row.service_id)}
        return found

    def add_wraps(self, dossier_id: DossierId, wraps: Iterable[EntryWrap]) -> None:
        """Hand the own keys of entries to services and inboxes."""
        rows = [
            {
                "dossier_id": dossier_id,
                "entry_id": one.entry_id,
                "version": one.version,
                "part": one.part,
                "recipient_key": one.recipient_key,
                "inbox": one.inbox,
                "compartment": one.compartment.value,
                "wrap": one.wrap,
            }
            for one in wraps
        ]
        if rows:
            self._connection.execute(insert(t.entry_wraps), rows)

    def wraps_for(self, dossier_id: DossierId, keys: Iterable[bytes]) -> tuple[EntryWrap, ...]:
        """Return the own keys of entries wrapped to some recipient keys, or to an inbox."""
        values = {"dossier_id": dossier_id, "keys": tuple(keys)}
        (rows,) = ask(self._connection, Asked(WRAPS, values))
        return rows

    def wrapped_to(self, dossier_id: DossierId) -> frozenset[tuple[Compartment, bytes]]:
        """Return which (compartment, recipient key), inboxes apart, hold the key of some entry."""
        c = t.entry_wraps.c
        query = select(c.compartment, c.recipient_key).where(c.dossier_id == dossier_id, ~c.inbox)
        rows = self._connection.execute(query.distinct())
        return frozenset((row.compartment, row.recipient_key) for row in rows)

    def drop_wraps(self, dossier_id: DossierId, lost: Iterable[tuple[Compartment, bytes]]) -> None:
        """Destroy the wraps of own keys of some compartments to some recipient keys."""
        pairs = [(compartment.value, key) for compartment, key in lost]
        if pairs:
            c = t.entry_wraps.c
            same = tuple_(c.compartment, c.recipient_key).in_(pairs)
            self._connection.execute(delete(t.entry_wraps).where(c.dossier_id == dossier_id, same))

    def drop_wraps_of(self, dossier_id: DossierId, entry_ids: Iterable[EntryId]) -> None:
        """Destroy every wrap of the own keys of some entries, those to inboxes too."""
        c = t.entry_wraps.c
        query = delete(t.entry_wraps).where(
            c.dossier_id == dossier_id, c.entry_id.in_(tuple(entry_ids))
        )
        self._connection.execute(query)

    def drop_all_wraps(self, dossier_id: DossierId) -> None:
        """Destroy the wraps of every own key of a dossier."""
        same = t.entry_wraps.c.dossier_id == dossier_id
        self._connection.execute(delete(t.entry_wraps).where(same))

    def destroy(self, dossier_id: DossierId) -> int:
        """Destroy every entry of a dossier; return how many versions there were."""
        for table in (t.entry_wraps, t.addressees):
            self._connection.execute(delete(table).where(table.c.dossier_id == dossier_id))
        query = delete(t.entries).where(t.entries.c.dossier_id == dossier_id)
        return self._connection.execute(query).rowcount

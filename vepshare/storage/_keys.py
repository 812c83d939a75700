"""Epochs of compartment keys, and the wraps of them: consent as rows."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    union,
    union_all,
    update,
)

from vepshare.dossier import Compartment
from vepshare.ids import DossierId
from vepshare.storage import _tables as t
from vepshare.storage._asking import Asked, Question, ask
from vepshare.storage._rows import Epoch, KeyWrap, PendingWrap

_WRAPS = select(*(t.wraps.c[name] for name in KeyWrap._fields))
WRAPS_FOR = Question(
    _WRAPS.where(
        t.wraps.c.dossier_id == bindparam("dossier_id"),
        t.wraps.c.recipient_key.in_(bindparam("keys", expanding=True)),
        t.wraps.c.wrap != b"",
    ),
    make=KeyWrap._make,
)
_EPOCHS = (
    select(t.epochs)
    .where(t.epochs.c.dossier_id == bindparam("dossier_id"))
    .order_by(t.epochs.c.compartment, t.epochs.c.epoch)
)


class Keys:
    """Who holds the key of what, as wrapped keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_epoch(self, dossier_id: DossierId, one: Epoch) -> None:
        """Begin a new key of a compartment."""
        self._connection.execute(
            insert(t.epochs).values(
                dossier_id=dossier_id,
                compartment=one.compartment.value,
                epoch=one.epoch,
                body_commitment=one.body_commitment,
                flag_commitment=one.flag_commitment,
                body_inbox=one.body_inbox,
                flag_inbox=one.flag_inbox,
                begun_at=one.begun_at,
            )
        )

    def epochs(self, dossier_id: DossierId) -> tuple[Epoch, ...]:
        """Return every epoch of every compartment, in order."""
        rows = self._connection.execute(_EPOCHS, {"dossier_id": dossier_id})
        return tuple(
            Epoch(
                compartment=row.compartment,
                epoch=row.epoch,
                body_commitment=row.body_commitment,
                flag_commitment=row.flag_commitment,
                body_inbox=row.body_inbox,
                flag_inbox=row.flag_inbox,
                begun_at=row.begun_at,
            )
            for row in rows
        )

    def add_wraps(self, dossier_id: DossierId, wraps: Iterable[KeyWrap]) -> None:
        """Hand keys to recipients."""
        rows = [
            {
                "dossier_id": dossier_id,
                "compartment": one.compartment.value,
                "epoch": one.epoch,
                "part": one.part,
                "recipient_key": one.recipient_key,
                "grant": one.grant,
                "wrap": one.wrap,
            }
            for one in wraps
        ]
        if rows:
            self._connection.execute(insert(t.wraps), rows)

    def wraps(self, dossier_id: DossierId) -> tuple[KeyWrap, ...]:
        """Return every wrap of a dossier, emptied ones too."""
        query = _WRAPS.where(t.wraps.c.dossier_id == dossier_id)
        return tuple(map(KeyWrap._make, self._connection.execute(query)))

    def wraps_for(self, dossier_id: DossierId, keys: Iterable[bytes]) -> tuple[KeyWrap, ...]:
        """Return the wraps of a dossier to some recipient keys, all epochs; not emptied ones."""
        values = {"dossier_id": dossier_id, "keys": tuple(keys)}
        (rows,) = ask(self._connection, Asked(WRAPS_FOR, values))
        return rows

    def drop_wraps(
        self, dossier_id: DossierId, lost: Iterable[tuple[Compartment, str, bytes]]
    ) -> None:
        """Destroy all wraps of (compartment, part, recipient key), in every epoch, owed or not."""
        triples = [(compartment.value, part, key) for compartment, part, key in lost]
        if not triples:
            return
        for table in (t.wraps, t.pending):
            c = table.c
            same = tuple_(c.compartment, c.part, c.recipient_key).in_(triples)
            self._connection.execute(delete(table).where(and_(c.dossier_id == dossier_id, same)))

    def drop_epochs(self, dossier_id: DossierId, old: Iterable[tuple[Compartment, int]]) -> None:
        """Destroy every wrap of some (compartment, epoch), owed or not: those keys are gone."""
        pairs = [(compartment.value, epoch) for compartment, epoch in old]
        if not pairs:
            return
        for table in (t.wraps, t.pending):
            c = table.c
            same = tuple_(c.compartment, c.epoch).in_(pairs)
            self._connection.execute(delete(table).where(and_(c.dossier_id == dossier_id, same)))

    def dossiers_of(self, keys: Iterable[bytes], *, most: int) -> tuple[DossierId, ...]:
        """Return dossiers in which something is wrapped to some recipient keys."""
        keys = tuple(keys)
        found = union(
            *(
                select(table.c.dossier_id).where(table.c.recipient_key.in_(keys))
                for table in (t.wraps, t.entry_wraps)
            )
        )
        rows = self._connection.execute(found.limit(most))
        return tuple(DossierId(row.dossier_id) for row in rows)

    def count_wrapped_to(self) -> dict[bytes, int]:
        """Return how many keys are wrapped to each recipient key, entries' own keys included."""
        every = union_all(*(select(one.c.recipient_key) for one in (t.wraps, t.entry_wraps)))
        each = every.subquery()
        query = select(each.c.recipient_key, func.count().label("wraps"))
        rows = self._connection.execute(query.group_by(each.c.recipient_key))
        return {row.recipient_key: row.wraps for row in rows}

    def drop_recipient(self, dossier_id: DossierId, keys: Iterable[bytes]) -> None:
        """Destroy every wrap of a dossier to some recipient keys, of entries' own keys too."""
        keys = tuple(keys)
        for table in (t.wraps, t.entry_wraps):
            c = table.c
            same = and_(c.dossier_id == dossier_id, c.recipient_key.in_(keys))
            self._connection.execute(delete(table).where(same))

    def empty(self, keys: Iterable[bytes]) -> tuple[DossierId, ...]:
        """Destroy what is wrapped to some recipient keys in every dossier; return which.

        The rows of compartment keys stay, with nothing in them, as a mark: whoever brings the
        dossier into line finds that somebody lost that key, and begins another one.
        """
        keys = tuple(keys)
        mine = t.wraps.c.recipient_key.in_(keys)
        query = select(t.wraps.c.dossier_id).where(mine).distinct()
        found = tuple(DossierId(row.dossier_id) for row in self._connection.execute(query))
        self._connection.execute(update(t.wraps).where(mine).values(wrap=b""))
        for table in (t.entry_wraps, t.pending):
            self._connection.execute(delete(table).where(table.c.recipient_key.in_(keys)))
        return found

    def redirect_owed(self, old: bytes, new: bytes) -> None:
        """Let what is owed to one recipient key be owed to the one that follows it."""
        query = update(t.pending).where(t.pending.c.recipient_key == old)
        self._connection.execute(query.values(recipient_key=new))

    def undrained(self, *, before: datetime, most: int) -> tuple[DossierId, ...]:
        """Return dossiers where an epoch that ended before *before* can still be opened.

        An epoch ends when the next one of its compartment begins.
        """
        old, new = t.wraps.c, t.epochs.c
        query = (
            select(old.dossier_id)
            .join(
                t.epochs,
                and_(
                    new.dossier_id == old.dossier_id,
                    new.compartment == old.compartment,
                    new.epoch == old.epoch + 1,
                    new.begun_at < before,
                ),
            )
            .where(old.part == "body")
            .distinct()
        )
        rows = self._connection.execute(query.order_by(old.dossier_id).limit(most))
        return tuple(DossierId(row.dossier_id) for row in rows)

    def owe(self, dossier_id: DossierId, wraps: Iterable[PendingWrap]) -> None:
        """Note wraps that wait for somebody who holds the key."""
        rows = [
            {
                "dossier_id": dossier_id,
                "compartment": one.compartment.value,
                "epoch": one.epoch,
                "part": one.part,
                "recipient_key": one.recipient_key,
                "grant": one.grant,
            }
            for one in wraps
        ]
        if rows:
            self._connection.execute(insert(t.pending), rows)

    def owed(self, dossier_id: DossierId) -> tuple[PendingWrap, ...]:
        """Return the wraps that are still owed in a dossier."""
        query = select(t.pending).where(t.pending.c.dossier_id == dossier_id)
        return tuple(
            PendingWrap(
                compartment=row.compartment,
                epoch=row.epoch,
                part=row.part,
                recipient_key=row.recipient_key,
                grant=row.grant,
            )
            for row in self._connection.execute(query)
        )

    def settle(self, dossier_id: DossierId, one: PendingWrap) -> None:
        """Strike out a wrap that was owed."""
        c = t.pending.c
        self._connection.execute(
            delete(t.pending).where(
                c.dossier_id == dossier_id,
                c.compartment == one.compartment.value,
                c.epoch == one.epoch,
                c.part == one.part,
                c.recipient_key == one.recipient_key,
            )
        )

    def destroy(self, dossier_id: DossierId) -> None:
        """Destroy every key of a dossier: what they sealed is gone with them."""
        for table in (t.wraps, t.pending, t.epochs):
            self._connection.execute(delete(table).where(table.c.dossier_id == dossier_id))

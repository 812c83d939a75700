"""The signed acts of each dossier: added, never changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from vepshare.consent import Signed
from vepshare.ids import DossierId, ProfessionalId
from vepshare.storage import _tables as t
from vepshare.storage._asking import Row

_CHAIN = (
    select(t.consent_events)
    .where(t.consent_events.c.dossier_id == bindparam("dossier_id"))
    .order_by(t.consent_events.c.seq)
)


class Consents:
    """The chain of acts that decides who may see a dossier."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def chain(self, dossier_id: DossierId) -> tuple[Signed, ...]:
        """Return the acts of a dossier, oldest first."""
        rows = self._connection.execute(_CHAIN, {"dossier_id": dossier_id})
        return tuple(map(signed, rows))

    def chains(self, ids: Iterable[DossierId]) -> dict[DossierId, tuple[Signed, ...]]:
        """Return the acts of several dossiers at once."""
        c = t.consent_events.c
        query = select(t.consent_events).where(c.dossier_id.in_(tuple(ids)))
        found: dict[DossierId, tuple[Signed, ...]] = {}
        for row in self._connection.execute(query.order_by(c.dossier_id, c.seq)):
            one = signed(row)
            found[one.dossier_id] = (*found.get(one.dossier_id, ()), one)
        return found

    def add(self, one: Signed) -> None:
        """Append an act; the database refuses a place that is taken."""
        self._connection.execute(
            insert(t.consent_events).values(
                dossier_id=one.dossier_id,
                seq=one.seq,
                previous=one.previous,
                payload=one.payload,
                digest=one.digest,
                signer=one.signer,
                signature=one.signature,
            )
        )

    def watch(self, dossier_id: DossierId, moments: Iterable[datetime]) -> None:
        """Note when something of this dossier begins or ends without anybody's act."""
        c = t.expiries.c
        known = self._connection.execute(select(c.at).where(c.dossier_id == dossier_id)).scalars()
        new = frozenset(moments) - frozenset(known)
        if new:
            rows = [{"dossier_id": dossier_id, "at": at} for at in sorted(new)]
            self._connection.execute(insert(t.expiries), rows)

    def due(self, *, now: datetime, most: int) -> tuple[tuple[DossierId, datetime], ...]:
        """Return dossiers for which such a moment has passed, oldest first."""
        c = t.expiries.c
        query = select(c.dossier_id, c.at).where(c.done_at.is_(None), c.at < now)
        rows = self._connection.execute(query.order_by(c.at).limit(most))
        return tuple((DossierId(row.dossier_id), row.at) for row in rows)

    def done(self, dossier_id: DossierId, at: datetime, *, now: datetime) -> None:
        """Note that such a moment has been acted upon."""
        c = t.expiries.c
        query = update(t.expiries).where(c.dossier_id == dossier_id, c.at == at)
        self._connection.execute(query.values(done_at=now))


def signed(row: Row) -> Signed:
    """Return the act of a row of the table."""
    return Signed(
        dossier_id=DossierId(row.dossier_id),
        seq=row.seq,
        previous=row.previous,
        payload=row.payload,
        digest=row.digest,
        signer=ProfessionalId(row.signer),
        signature=row.signature,
    )

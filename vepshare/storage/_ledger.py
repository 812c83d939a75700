"""Erasures, dossiers withheld after a restoration, and what the ledger outside is owed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from vepshare.ids import DossierId, new_id
from vepshare.storage import _tables as t


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFact:
    """A dossier that was erased, or (with *seq* and *digest*, 32 bytes) an act that closed."""

    id: UUID
    dossier_id: DossierId
    seq: int | None = None
    digest: bytes | None = None


class Ledger:
    """What must be known outside this database, so that no older copy of it undoes it."""

    def __init__(self, connection: Connection, owed: list[DossierId]) -> None:
        self._connection = connection
        self._owed = owed

    def erased(self, dossier_id: DossierId, *, at: datetime) -> None:
        """Record that a dossier was erased, here and for the ledger."""
        c = t.erasures.c
        known = select(c.dossier_id).where(c.dossier_id == dossier_id)
        if self._connection.execute(known).first() is None:
            self._connection.execute(insert(t.erasures), {"dossier_id": dossier_id, "at": at})
        self._owe(dossier_id, None, None)

    def closed(self, dossier_id: DossierId, seq: int, digest: bytes) -> None:
        """Note for the ledger that an act took something back."""
        self._owe(dossier_id, seq, digest)

    def _owe(self, dossier_id: DossierId, seq: int | None, digest: bytes | None) -> None:
        values = {"id": new_id(), "dossier_id": dossier_id, "seq": seq, "digest": digest}
        self._connection.execute(insert(t.ledger_due), values)
        self._owed.append(dossier_id)

    def due(self, *, most: int) -> tuple[LedgerFact, ...]:
        """Return facts that have not been carried out of the database yet."""
        rows = self._connection.execute(select(t.ledger_due).limit(most))
        return tuple(
            LedgerFact(
                id=row.id, dossier_id=DossierId(row.dossier_id), seq=row.seq, digest=row.digest
            )
            for row in rows
        )

    def carried(self, ids: Iterable[UUID]) -> None:
        """Strike out facts that stand in the ledger now."""
        self._connection.execute(delete(t.ledger_due).where(t.ledger_due.c.id.in_(tuple(ids))))

    def withhold(self, dossier_id: DossierId, seq: int) -> None:
        """Serve nothing of a dossier: an act of hers, the *seq*-th, is missing here."""
        self._connection.execute(insert(t.withheld), {"dossier_id": dossier_id, "seq": seq})

    def release(self, dossier_id: DossierId) -> None:
        """Strike out that a dossier is withheld."""
        self._connection.execute(delete(t.withheld).where(t.withheld.c.dossier_id == dossier_id))

    def withheld(self) -> tuple[DossierId, ...]:
        """Return the dossiers of which nothing is served."""
        c = t.withheld.c
        rows = self._connection.execute(select(c.dossier_id).order_by(c.dossier_id))
        return tuple(DossierId(row.dossier_id) for row in rows)

    def has_act(self, dossier_id: DossierId, seq: int, digest: bytes) -> bool:
        """Tell whether the chain of a dossier holds that very act."""
        c = t.consent_events.c
        query = select(c.digest).where(c.dossier_id == dossier_id, c.seq == seq)
        return self._connection.execute(query).scalar() == digest

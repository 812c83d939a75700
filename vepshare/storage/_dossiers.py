"""Dossiers, without their content, and who takes part in them."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from vepshare.dossier import Dossier, Participant, Reason, State
from vepshare.ids import DossierId, OrganisationId, ParticipantId, ProfessionalId
from vepshare.people import Hat
from vepshare.storage import _tables as t
from vepshare.storage._asking import Question, Row

_AWAITED = exists().where(t.pending.c.dossier_id == t.dossiers.c.id).label("awaited")
# After a restoration, a dossier whose latest acts are missing is as unknown as one that never was.
_SERVED = ~exists().where(t.withheld.c.dossier_id == t.dossiers.c.id)
_BY_REFERENCE = select(t.dossiers, _AWAITED).where(
    t.dossiers.c.reference == bindparam("reference"), _SERVED
)
# Readers queue as well (FOR NO KEY UPDATE): with a lock that they share, PostgreSQL lets each
# new one in before a withdrawal that waits, and whoever keeps on reading keeps it waiting.
TO_READ = Question(_BY_REFERENCE.with_for_update(key_share=True, of=t.dossiers))
TO_CHANGE = Question(_BY_REFERENCE.with_for_update(of=t.dossiers))
_LINKS = (
    select(t.participants)
    .where(t.participants.c.dossier_id == bindparam("dossier_id"))
    .order_by(t.participants.c.since, t.participants.c.id)
)


class Dossiers:
    """The shell of each dossier."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: Dossier) -> None:
        """Record a dossier."""
        self._connection.execute(
            insert(t.dossiers).values(
                id=one.id,
                reference=one.reference,
                pseudonym=one.pseudonym,
                state=one.state.value,
                opened_at=one.opened_at,
                referent_id=one.referent_id,
                sealed_until=one.sealed_until,
            )
        )

    def by_ids(self, ids: Iterable[DossierId]) -> tuple[Dossier, ...]:
        """Return some dossiers, in the order of their pseudonyms."""
        query = select(t.dossiers, _AWAITED).where(t.dossiers.c.id.in_(tuple(ids)), _SERVED)
        rows = self._connection.execute(query.order_by(t.dossiers.c.pseudonym, t.dossiers.c.id))
        return tuple(dossier(row) for row in rows)

    def all_ids(self) -> tuple[DossierId, ...]:
        """Return the id of every dossier that has not been erased."""
        c = t.dossiers.c
        rows = self._connection.execute(
            select(c.id).where(c.state != State.ERASED.value, _SERVED).order_by(c.id)
        )
        return tuple(DossierId(row.id) for row in rows)

    def of(self, hat: Hat) -> tuple[DossierId, ...]:
        """Return the dossiers to which a hat is, or was, linked."""
        c = t.participants.c
        query = select(c.dossier_id).where(
            c.professional_id == hat.professional_id,
            c.organisation_id == hat.organisation_id,
            c.profession == hat.profession.value,
        )
        return tuple(
            DossierId(row.dossier_id) for row in self._connection.execute(query.distinct())
        )

    def id_of(self, reference: str) -> DossierId | None:
        """Return the id behind a reference, or None."""
        c = t.dossiers.c
        found = self._connection.execute(select(c.id).where(c.reference == reference)).scalar()
        return None if found is None else DossierId(found)

    def references(self, ids: Iterable[DossierId]) -> dict[DossierId, str]:
        """Return the references of some dossiers, for display beside ids."""
        c = t.dossiers.c
        rows = self._connection.execute(select(c.id, c.reference).where(c.id.in_(tuple(ids))))
        return {DossierId(row.id): row.reference for row in rows}

    def set_state(
        self, dossier_id: DossierId, state: State, *, sealed_until: date | None = None
    ) -> None:
        """Move a dossier to another state."""
        query = update(t.dossiers).where(t.dossiers.c.id == dossier_id)
        self._connection.execute(query.values(state=state.value, sealed_until=sealed_until))

    def set_referent(self, dossier_id: DossierId, referent_id: ProfessionalId) -> None:
        """Name who accompanies the dossier from now on."""
        query = update(t.dossiers).where(t.dossiers.c.id == dossier_id)
        self._connection.execute(query.values(referent_id=referent_id))

    def participants(self, dossier_id: DossierId) -> tuple[Participant, ...]:
        """Return every link to a dossier, ended or not, oldest first."""
        rows = self._connection.execute(_LINKS, {"dossier_id": dossier_id})
        return tuple(participant(row) for row in rows)

    def participants_of(self, ids: Iterable[DossierId]) -> dict[DossierId, tuple[Participant, ...]]:
        """Return the links of several dossiers at once."""
        c = t.participants.c
        query = select(t.participants).where(c.dossier_id.in_(tuple(ids))).order_by(c.since, c.id)
        found: dict[DossierId, tuple[Participant, ...]] = {}
        for row in self._connection.execute(query):
            key = DossierId(row.dossier_id)
            found[key] = (*found.get(key, ()), participant(row))
        return found

    def link(self, dossier_id: DossierId, one: Participant) -> None:
        """Bind a professional to a dossier."""
        self._connection.execute(
            insert(t.participants).values(
                id=one.id,
                dossier_id=dossier_id,
                professional_id=one.professional_id,
                organisation_id=one.organisation_id,
                profession=one.profession.value,
                reason=one.reason.value,
                since=one.since,
                ended_at=one.ended_at,
            )
        )

    def unlink(self, dossier_id: DossierId, hat: Hat, *, at: datetime) -> None:
        """End the active links of a hat to a dossier."""
        c = t.participants.c
        query = update(t.participants).where(
            c.dossier_id == dossier_id,
            c.professional_id == hat.professional_id,
            c.organisation_id == hat.organisation_id,
            c.profession == hat.profession.value,
            c.ended_at.is_(None),
        )
        self._connection.execute(query.values(ended_at=at))


def dossier(row: Row) -> Dossier:
    """Return the dossier of a row of the table, with whether keys are awaited."""
    return Dossier(
        id=DossierId(row.id),
        reference=row.reference,
        pseudonym=row.pseudonym,
        state=State(row.state),
        opened_at=row.opened_at,
        referent_id=ProfessionalId(row.referent_id),
        sealed_until=row.sealed_until,
        awaited=row.awaited,
    )


def participant(row: Row) -> Participant:
    """Return the link of a row of the table."""
    return Participant(
        id=ParticipantId(row.id),
        professional_id=ProfessionalId(row.professional_id),
        organisation_id=OrganisationId(row.organisation_id),
        profession=row.profession,
        reason=Reason(row.reason),
        since=row.since,
        ended_at=row.ended_at,
    )

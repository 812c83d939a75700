"""What stands on somebody's page of the day."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from vepshare.ids import DossierId, ProfessionalId, ServiceId, TaskId, new_id
from vepshare.people import Hat
from vepshare.storage import _tables as t
from vepshare.storage._rows import Task, TaskKind


class Tasks:
    """Things to do, for a professional or for the members of a service."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        kind: TaskKind,
        dossier_id: DossierId,
        *,
        professional_id: ProfessionalId | None = None,
        service_id: ServiceId | None = None,
        now: datetime,
    ) -> None:
        """Put something on somebody's page, once: a task that is open already is not repeated."""
        c = t.tasks.c
        same = and_(
            c.kind == kind.value,
            c.dossier_id == dossier_id,
            c.professional_id == professional_id,
            c.service_id == service_id,
            c.done_at.is_(None),
        )
        if self._connection.execute(select(c.id).where(same)).first() is None:
            values = {"id": new_id(), "kind": kind.value, "dossier_id": dossier_id}
            self._connection.execute(
                insert(t.tasks).values(
                    **values,
                    professional_id=professional_id,
                    service_id=service_id,
                    created_at=now,
                )
            )

    def open_for(self, hat: Hat) -> tuple[Task, ...]:
        """Return what a professional has to do under a hat, latest first."""
        c = t.tasks.c
        mine = select(t.services.c.id).where(
            t.services.c.organisation_id == hat.organisation_id,
            t.services.c.profession == hat.profession.value,
        )
        concerns = or_(c.professional_id == hat.professional_id, c.service_id.in_(mine))
        query = select(t.tasks).where(c.done_at.is_(None), concerns)
        rows = self._connection.execute(query.order_by(c.created_at.desc(), c.id))
        return tuple(
            Task(
                id=TaskId(row.id),
                kind=TaskKind(row.kind),
                dossier_id=DossierId(row.dossier_id),
                professional_id=row.professional_id,
                service_id=row.service_id,
                created_at=row.created_at,
            )
            for row in rows
        )

    def finish(self, task_id: TaskId, hat: Hat, *, now: datetime) -> None:
        """Strike a task off, if it is on that professional's page."""
        if task_id in {one.id for one in self.open_for(hat)}:
            query = update(t.tasks).where(t.tasks.c.id == task_id)
            self._connection.execute(query.values(done_at=now))

    def finish_kind(
        self,
        kind: TaskKind,
        dossier_id: DossierId,
        *,
        professional_id: ProfessionalId | None = None,
        service_id: ServiceId | None = None,
        now: datetime,
    ) -> None:
        """Strike off the tasks of one kind for one professional, or for one service."""
        c = t.tasks.c
        query = update(t.tasks).where(
            c.kind == kind.value,
            c.dossier_id == dossier_id,
            c.professional_id == professional_id,
            c.service_id == service_id,
            c.done_at.is_(None),
        )
        self._connection.execute(query.values(done_at=now))

    def destroy(self, dossier_id: DossierId) -> None:
        """Destroy every task of a dossier."""
        self._connection.execute(delete(t.tasks).where(t.tasks.c.dossier_id == dossier_id))

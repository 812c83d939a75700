"""Which peppers and log-signing keys the installation knows, and which of them is current."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from vepshare.storage import _tables as t
from vepshare.storage._rows import LogKeyRow, PepperRow, PepperState


class Custodies:
    """Names of peppers and public keys; the secrets themselves are never here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def peppers(self) -> tuple[PepperRow, ...]:
        """Return every pepper there has been, the oldest first."""
        rows = self._connection.execute(select(t.peppers).order_by(t.peppers.c.since))
        return tuple(
            PepperRow(id=row.id, state=PepperState(row.state), since=row.since) for row in rows
        )

    def current_pepper(self) -> str:
        """Return the name of the pepper that new locks are made under; empty before set-up."""
        c = t.peppers.c
        query = select(c.id).where(c.state == PepperState.CURRENT.value)
        return self._connection.execute(query).scalar() or ""

    def add_pepper(self, pepper_id: str, *, now: datetime) -> None:
        """Record a pepper as the current one."""
        values = {"id": pepper_id, "state": PepperState.CURRENT.value, "since": now}
        self._connection.execute(insert(t.peppers).values(values))

    def lock_pepper(self, pepper_id: str) -> PepperState | None:
        """Return the state of a pepper, which nobody changes or locks under meanwhile."""
        query = select(t.peppers.c.state).where(t.peppers.c.id == pepper_id).with_for_update()
        state = self._connection.execute(query).scalar()
        return None if state is None else PepperState(state)

    def set_state(self, pepper_id: str, state: PepperState) -> None:
        """Say what a pepper is from now on."""
        query = update(t.peppers).where(t.peppers.c.id == pepper_id)
        self._connection.execute(query.values(state=state.value))

    def locks_under(self) -> dict[str, int]:
        """Return how many ways to unlock need each pepper; those that any needs."""
        c = t.unlock_methods.c
        query = select(c.pepper_id, func.count()).group_by(c.pepper_id)
        query = query.where(c.pepper_id.in_(select(t.peppers.c.id)))
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def log_keys(self) -> tuple[LogKeyRow, ...]:
        """Return the signing keys in the order in which they signed; an announced one last."""
        c = t.log_keys.c
        query = select(t.log_keys).order_by(c.from_size.is_(None), c.from_size)
        return tuple(
            LogKeyRow(
                public=row.public,
                announced=row.announced,
                from_size=row.from_size,
                until_size=row.until_size,
            )
            for row in self._connection.execute(query)
        )

    def add_log_key(self, row: LogKeyRow) -> None:
        """Record a signing key: the first one, or one that is announced."""
        self._connection.execute(
            insert(t.log_keys).values(
                public=row.public,
                announced=row.announced,
                from_size=row.from_size,
                until_size=row.until_size,
            )
        )

    def hand_over(self, old: bytes, new: bytes, *, size: int) -> None:
        """Let *new* sign from the checkpoint of *size* on, which is the last one of *old*."""
        c = t.log_keys.c
        query = update(t.log_keys)
        self._connection.execute(query.where(c.public == old).values(until_size=size))
        self._connection.execute(query.where(c.public == new).values(from_size=size))

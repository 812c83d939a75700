"""The installation: one row."""

from sqlalchemy import Connection, insert, select, update

from vepshare.storage import _tables as t
from vepshare.storage._rows import PlatformRow


class Platform:
    """The one row that says which keys this database belongs to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> PlatformRow | None:
        """Return the installation, or None before the first set-up."""
        row = self._connection.execute(select(t.platform)).first()
        if row is None:
            return None
        return PlatformRow(
            origin=row.origin,
            created_at=row.created_at,
            pepper_id=row.pepper_id,
            log_public=row.log_public,
        )

    def add(self, row: PlatformRow) -> None:
        """Record the installation. There can be one only."""
        values = {
            "origin": row.origin,
            "created_at": row.created_at,
            "pepper_id": row.pepper_id,
            "log_public": row.log_public,
        }
        self._connection.execute(insert(t.platform).values(id=1, **values))

    def rename(self, origin: str) -> None:
        """Give the log another name from now on."""
        self._connection.execute(update(t.platform).values(origin=origin))

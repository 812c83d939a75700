"""The store: one transaction at a time, the write lock first, committed at the end of its block."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, IntegrityError, InternalError, OperationalError

from vepshare.errors import LogUnavailableError
from vepshare.ids import DossierId
from vepshare.storage._backups import Backups, close_sqlite, occupied
from vepshare.storage._consents import Consents
from vepshare.storage._custody import Custodies
from vepshare.storage._dossiers import Dossiers
from vepshare.storage._engine import FileGate, make_engine
from vepshare.storage._entries import Entries
from vepshare.storage._errors import LostRaceError
from vepshare.storage._keys import Keys
from vepshare.storage._ledger import Ledger
from vepshare.storage._log import Log
from vepshare.storage._people import People
from vepshare.storage._platform import Platform
from vepshare.storage._readings import Readings
from vepshare.storage._sessions import Sessions
from vepshare.storage._statements import Statements
from vepshare.storage._tasks import Tasks


class Work:
    """What one transaction may touch. Repositories take and give values, never rows."""

    def __init__(self, connection: Connection, founding: bytes = b"") -> None:
        self._connection = connection
        self.founding = founding
        """The digest of the only founding of the key directory to be believed, or empty."""
        self.owed: list[DossierId] = []
        """The dossiers of which this work tells the ledger something."""

    @property
    def connection(self) -> Connection:
        """The connection itself, for `storage` alone."""
        return self._connection

    @cached_property
    def platform(self) -> Platform:
        """The installation itself."""
        return Platform(self._connection)

    @cached_property
    def custody(self) -> Custodies:
        """Peppers and log-signing keys, by name."""
        return Custodies(self._connection)

    @cached_property
    def people(self) -> People:
        """Organisations, professionals, services and their public keys."""
        return People(self._connection)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions, ways to unlock, and attempts to sign in."""
        return Sessions(self._connection)

    @cached_property
    def dossiers(self) -> Dossiers:
        """Dossiers and their participants."""
        return Dossiers(self._connection)

    @cached_property
    def consents(self) -> Consents:
        """The signed acts of each dossier."""
        return Consents(self._connection)

    @cached_property
    def readings(self) -> Readings:
        """Dossiers as they are decided on and read, and their sealed content."""
        return Readings(self._connection)

    @cached_property
    def keys(self) -> Keys:
        """Epochs, wraps and wraps that are owed."""
        return Keys(self._connection)

    @cached_property
    def entries(self) -> Entries:
        """Entries, sealed."""
        return Entries(self._connection)

    @cached_property
    def tasks(self) -> Tasks:
        """What stands on somebody's page of the day."""
        return Tasks(self._connection)

    @cached_property
    def statements(self) -> Statements:
        """The key directory, and the signed acts that bind professionals to a dossier."""
        return Statements(self._connection)

    @cached_property
    def ledger(self) -> Ledger:
        """What the erasure ledger is owed."""
        return Ledger(self._connection, self.owed)

    @cached_property
    def backups(self) -> Backups:
        """Whole tables, for backups."""
        return Backups(self._connection)

    @cached_property
    def log(self) -> Log:
        """The append-only log."""
        return Log(self._connection)


class Store:
    """The database, as services see it."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = make_engine(url)
        self.founding = b""
        """What each `Work` is handed as its founding: see `services.anchoring`."""
        self._sqlite = self.engine.dialect.name == "sqlite"
        path = self.engine.url.database
        self._gate = FileGate(Path(path)) if self._sqlite and path else None
        self.after_act: Callable[[], None] | None = None
        """What carries facts out to the ledger, once the act that owes them is committed."""

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Yield a `Work` that holds the write lock; commit when the block ends.

        Raises:
            LogUnavailableError: the database cannot write; nothing was kept.
            LostRaceError: another transaction wrote the same key first.

        """
        try:
            with self._passed(), self.engine.connect() as connection:
                if self._sqlite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    # psycopg begins with the first statement; whoever sends it, this commits.
                    connection.begin()
                work = Work(connection, self.founding)
                yield work
                self._commit(work)
        except IntegrityError as error:
            raise LostRaceError from error
        except (OperationalError, InternalError) as error:
            raise LogUnavailableError from error
        except DatabaseError as error:
            # SQLite reports a corrupt file as a plain database error, and as no kind of it.
            if type(error) is DatabaseError:
                raise LogUnavailableError from error
            raise
        if work.owed and self.after_act is not None:
            self.after_act()

    @contextmanager
    def peek(self) -> Iterator[Work]:
        """Yield a `Work` that only reads what is no dossier's: sessions, names, the platform.

        It sees one moment, whatever others append meanwhile, and keeps nothing.
        """
        try:
            with self.engine.connect() as connection:
                if self._sqlite:
                    connection.exec_driver_sql("BEGIN")
                else:
                    connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                yield Work(connection, self.founding)
        except (OperationalError, InternalError) as error:
            raise LogUnavailableError from error

    @contextmanager
    def glance(self) -> Iterator[Work]:
        """Yield a `Work` for one question that one statement answers, and keep nothing.

        No transaction is opened, which every request would pay for with two round trips.
        """
        try:
            with self.engine.connect() as connection:
                # The driver of SQLite begins none by itself: see `make_engine`.
                if not self._sqlite:
                    connection.execution_options(isolation_level="AUTOCOMMIT")
                yield Work(connection, self.founding)
        except (OperationalError, InternalError) as error:
            raise LogUnavailableError from error

    def occupied(self) -> bool:
        """Tell whether anything lives in this database."""
        with self.engine.connect() as connection:
            return occupied(connection)

    def close_file(self) -> None:
        """Fold the write-ahead log into the file; see `close_sqlite`."""
        with self._passed(), self.engine.connect() as connection:
            close_sqlite(connection)

    @property
    def file(self) -> Path | None:
        """Return the file of an SQLite database, or None."""
        return Path(self.engine.url.database or "") if self._sqlite else None

    def dispose(self, *, close: bool = True) -> None:
        """Drop all connections; with *close* false, only forget those of a parent process."""
        self.engine.dispose(close=close)

    def _passed(self) -> AbstractContextManager[None]:
        return nullcontext() if self._gate is None else self._gate.hold()

    def _commit(self, work: Work) -> None:
        if self._sqlite:
            work.connection.exec_driver_sql("COMMIT")
        with work.log.with_the_commit():
            work.connection.commit()

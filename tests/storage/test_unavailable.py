"""When the log cannot be written, nothing is stored and nothing is disclosed."""

import socket
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from tests.databases import ON_POSTGRES, ON_SQLITE
from tests.worlds import TUESDAY, World, log_entries, make_draft, open_dossier, read
from vepshare.errors import LogUnavailableError
from vepshare.services import entries
from vepshare.storage import Store

from .rows import append, count, is_sqlite, make_record


def fill_up(store: Store) -> None:
    """Let the SQLite file of *store* grow no further, as on a full disk."""
    store.dispose()
    with store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    @event.listens_for(store.engine, "engine_connect")
    def _limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def append_until_full(store: Store) -> None:
    """Use up the free room inside the pages there are."""
    for _ in range(200):
        append(store)


def read_on(world: World, reference: str) -> None:
    """Read until it fails."""
    for _ in range(50):
        read(world, "u01", reference)


@pytest.fixture
def full(world: World) -> tuple[World, str]:
    """A world on a disk with no room left, and a dossier in it."""
    reference = open_dossier(world, entries=(make_draft("identity"),))
    fill_up(world.store)
    with pytest.raises(LogUnavailableError):
        append_until_full(world.store)
    return world, reference


@ON_SQLITE
def test_on_a_full_disk_nothing_is_disclosed(full: tuple[World, str]) -> None:
    """The reader gets an error, not the dossier. Source: V8."""
    world, reference = full
    before = log_entries(world.store)

    with pytest.raises(LogUnavailableError):
        read_on(world, reference)

    assert log_entries(world.store)[: len(before)] == before


@ON_SQLITE
def test_on_a_full_disk_nothing_is_stored(full: tuple[World, str]) -> None:
    """Source: V8."""
    world, reference = full
    before = count(world.store, "entries"), count(world.store, "entry_wraps")

    with pytest.raises(LogUnavailableError):
        entries.write_entry(
            world.store,
            world.cast["u01"],
            reference,
            make_draft(
                "incidents", happened_on="2027-02-27", forms=["physical"], description="x " * 250
            ),
            now=TUESDAY,
        )

    assert (count(world.store, "entries"), count(world.store, "entry_wraps")) == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, by far", b"SQLite format 3\0" + b"?" * 4096]
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    """Source: V8."""
    file = tmp_path / "broken.db"
    file.write_bytes(content)
    store = Store(f"sqlite:///{file}")

    with pytest.raises(LogUnavailableError), store.begin() as work:
        work.log.head()
    store.dispose()


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """Source: V8."""
    (tmp_path / "a-directory.db").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'a-directory.db'}")

    with pytest.raises(LogUnavailableError), store.begin():
        pytest.fail("the block was entered without a transaction")
    store.dispose()


def test_a_database_that_may_only_be_read(world: World) -> None:
    """What is shown without a durable entry would be unlogged: nothing is. Source: V8."""
    reference = open_dossier(world, entries=(make_draft("identity"),))
    before = count(world.store, "log_entries")
    read_only = (
        "PRAGMA query_only=ON"
        if is_sqlite(world.store)
        else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    )

    @event.listens_for(world.store.engine, "engine_connect")
    def _only_read(connection: Connection) -> None:
        connection.exec_driver_sql(read_only)
        if not is_sqlite(world.store):
            connection.commit()

    with pytest.raises(LogUnavailableError):
        read(world, "u01", reference)

    assert count(world.store, "log_entries") == before


@ON_POSTGRES
def test_a_connection_that_breaks_in_the_middle(world: World) -> None:
    """The transaction is lost with its connection, and the store finds another. Source: V8."""
    before = count(world.store, "log_entries")

    with pytest.raises(LogUnavailableError):
        append_cut_off(world)
    append(world.store)

    assert count(world.store, "log_entries") == before + 1


def append_cut_off(world: World) -> None:
    """Append to the log over a connection that the server ends in the middle."""
    with world.store.begin() as work:
        own = work._connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        elsewhere = Store(world.url)
        with elsewhere.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        elsewhere.dispose()
        work.log.append(make_record(), now=TUESDAY)


def closed_port() -> int:
    """Return a port of this host that nobody listens on."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_database_that_does_not_answer() -> None:
    """Source: V8."""
    store = Store(f"postgresql+psycopg://nobody@127.0.0.1:{closed_port()}/none")

    with pytest.raises(LogUnavailableError), store.begin():
        pytest.fail("the block was entered without a transaction")
    with pytest.raises(LogUnavailableError), store.peek() as work:
        work.platform.get()

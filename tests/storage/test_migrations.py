"""The migrations and the tables say the same, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.worlds import TUESDAY, World, open_dossier, read
from vepshare.services import platform
from vepshare.storage import Store, current_revision, migrate
from vepshare.storage._tables import metadata

from .rows import count, run


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    """Source: STYLE."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(world: World) -> None:
    """Source: STYLE."""
    reference = open_dossier(world)
    before = {name: count(world.store, name) for name in metadata.tables}

    revision = migrate(world.store)

    assert (revision, revision) == current_revision(world.store)
    assert {name: count(world.store, name) for name in metadata.tables} == before
    assert read(world, "u01", reference).compartments


def test_setting_up_again_changes_nothing(world: World) -> None:
    """A second start finds its installation and begins no second log. Source: R48."""
    before = platform.verify_log(world.store)

    platform.set_up(world.store, world.custody, origin="another.example/log", now=TUESDAY)

    assert platform.verify_log(world.store) == before
    assert platform.check(world.store, world.custody).origin == "test.example/log"


def test_an_installation_from_before_custodies_goes_on_under_the_keys_it_has(world: World) -> None:
    """Source: DESIGN 5. Its pepper and its log key are the current ones, from the beginning."""
    open_dossier(world)
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    for statement in (
        "DROP TABLE peppers",
        "DROP TABLE log_keys",
        "ALTER TABLE unlock_methods DROP COLUMN made_at",
        "ALTER TABLE unlock_methods DROP COLUMN used_at",
        "UPDATE alembic_version SET version_num = '0004_erasure'",
    ):
        run(world.store, statement)

    migrate(world.store)

    assert platform.check(world.store, world.custody)
    assert [one.from_size for one in platform.log_keys(world.store)] == [0]
    assert platform.verify_log(world.store).whole

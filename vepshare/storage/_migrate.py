"""Bringing a database to the schema of this version, with Alembic."""

from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from vepshare.storage._store import Store, Work


def migrate(store: Store) -> str:
    """Apply the migrations that are missing; return the revision the database is now at."""
    config = _config()
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
        connection.commit()
    return ScriptDirectory.from_config(config).get_current_head() or ""


def migrate_within(work: Work) -> None:
    """Make the tables of this version in an empty database, in the transaction of *work*."""
    config = _config()
    config.attributes["connection"] = work.connection
    command.upgrade(config, "head")


def newest_revision() -> str:
    """Return the revision that this version needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current_revision(store: Store) -> tuple[str, str]:
    """Return the revision the database is at, empty when it has none, and the newest one."""
    newest = ScriptDirectory.from_config(_config()).get_current_head() or ""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "", newest


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    return config


def _scripts() -> Path:
    """Return where the migrations are: in an installed package, or beside it in a checkout."""
    packaged = Path(str(resources.files("vepshare"))) / "_migrations"
    return packaged if packaged.is_dir() else packaged.parent.parent / "migrations"

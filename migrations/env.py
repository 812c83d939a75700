"""Alembic environment: the caller hands in the connection and owns the transaction."""

from alembic import context

from vepshare.storage._tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    transactional_ddl=False,
)
context.run_migrations()

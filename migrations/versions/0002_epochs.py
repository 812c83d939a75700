"""When each epoch of a compartment key began; which services are due for their next key."""

import sqlalchemy as sa
from alembic import op

revision = "0002_epochs"
down_revision = "0001"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("epochs", sa.Column("begun_at", AT, nullable=True))
    # Epochs that are there already count as begun when their dossier was opened.
    op.execute(
        "UPDATE epochs SET begun_at ="
        " (SELECT opened_at FROM dossiers WHERE dossiers.id = epochs.dossier_id)"
    )
    with op.batch_alter_table("epochs") as batch:
        batch.alter_column("begun_at", existing_type=AT, nullable=False)
    op.add_column(
        "services",
        sa.Column("renewal_due", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("services") as batch:
        batch.alter_column("renewal_due", existing_type=sa.Boolean(), server_default=None)

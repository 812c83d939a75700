"""Ways to unlock: when each was made and last used."""

import sqlalchemy as sa
from alembic import op

revision = "0003_unlock"
down_revision = "0002_custody"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("made_at", "used_at"):
        with op.batch_alter_table("unlock_methods") as table:
            table.add_column(sa.Column(name, AT, nullable=True))
        # Those of before are as old as their owner's installation.
        op.execute(f"UPDATE unlock_methods SET {name} = (SELECT created_at FROM platform)")
        with op.batch_alter_table("unlock_methods") as table:
            table.alter_column(name, existing_type=AT, nullable=False)

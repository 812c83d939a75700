"""Peppers and log-signing keys that may be replaced: which are current, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0002_custody"
down_revision = "0004_erasure"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "peppers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peppers")),
    )
    op.create_table(
        "log_keys",
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("announced", BIG, nullable=True),
        sa.Column("from_size", BIG, nullable=True),
        sa.Column("until_size", BIG, nullable=True),
        sa.PrimaryKeyConstraint("public", name=op.f("pk_log_keys")),
    )
    # An installation that is there goes on under the keys it has.
    op.execute(
        "INSERT INTO peppers (id, state, since)"
        " SELECT pepper_id, 'current', created_at FROM platform"
    )
    op.execute("INSERT INTO log_keys (public, from_size) SELECT log_public, 0 FROM platform")

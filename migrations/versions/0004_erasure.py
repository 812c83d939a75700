"""Erasures, dossiers withheld after a restoration, and facts that the ledger is owed."""

import sqlalchemy as sa
from alembic import op

revision = "0004_erasure"
down_revision = "0006_directory"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TAKEN = "EXISTS (SELECT 1 FROM erasures WHERE dossier_id = NEW.dossier_id)"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "ledger_due",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_due")),
    )
    op.create_table(
        "withheld",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_withheld_dossier_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_withheld")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()
    # Nothing is filled in: no backup of an older revision is restored, so none undoes anything.


def _guard_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER erasures_no_{verb.lower()} BEFORE {verb} ON erasures"
            " BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER erasures_next BEFORE INSERT ON erasures WHEN {TAKEN}"
        " BEGIN SELECT RAISE(ABORT, 'erasures takes the next row only'); END"
    )


def _guard_postgresql() -> None:
    for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER erasures_no_{verb.lower()} BEFORE {verb} ON erasures"
            f" FOR EACH {each} EXECUTE FUNCTION vepshare_append_only()"
        )
    op.execute(
        "CREATE FUNCTION erasures_next() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF {TAKEN} THEN RAISE EXCEPTION 'erasures takes the next row only'"
        " USING ERRCODE = 'unique_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER erasures_next BEFORE INSERT ON erasures"
        " FOR EACH ROW EXECUTE FUNCTION erasures_next()"
    )

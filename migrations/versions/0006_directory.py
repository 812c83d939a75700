"""The key directory and the signed acts: two tables that are only added to.

Keys that were published before have no statement: nothing more is wrapped to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_directory"
down_revision = "0002_epochs"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = {
    "key_statements": "EXISTS (SELECT 1 FROM key_statements WHERE log_index >= NEW.log_index)",
    "signed_acts": "EXISTS (SELECT 1 FROM signed_acts WHERE dossier_id = NEW.dossier_id"
    " AND seq >= NEW.seq)",
}
"""Each append-only table, with what a new row must not be: a replacement, or out of order."""

ACTS = (
    "'consent.given', 'consent.confirmed', 'consent.withdrawn', 'exclusion.declared',"
    " 'tie.declared'"
)
PARTIAL = {
    "ix_log_entries_published": ("event = 'key.published'", ["idx"]),
    "ix_log_entries_rotated": ("event = 'key.rotated'", ["dossier", "idx"]),
    "ix_log_entries_acts": (f"event IN ({ACTS})", ["dossier", "idx"]),
}


def upgrade() -> None:
    _create_key_statements()
    _create_signed_acts()
    for name, (condition, columns) in PARTIAL.items():
        only = sa.text(condition)
        op.create_index(
            name, "log_entries", columns, unique=False, sqlite_where=only, postgresql_where=only
        )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    for table, wrong in APPEND_ONLY.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # REPLACE INTO deletes without the delete trigger: the insert has to be refused.
        op.execute(
            f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} WHEN {wrong}"
            f" BEGIN SELECT RAISE(ABORT, '{table} takes the next row only'); END"
        )


def _guard_postgresql() -> None:
    for table, wrong in APPEND_ONLY.items():
        for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION vepshare_append_only()"
            )
        op.execute(
            f"CREATE FUNCTION {table}_next() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN IF {wrong} THEN RAISE EXCEPTION '{table} takes the next row only'"
            " USING ERRCODE = 'unique_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_next()"
        )


def _create_key_statements() -> None:
    op.create_table(
        "key_statements",
        sa.Column("log_index", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrap_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sign_public", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_key_statements_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["signer"], ["professionals.id"], name=op.f("fk_key_statements_signer")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_key_statements")),
    )
    op.create_index(op.f("ix_key_statements_subject"), "key_statements", ["subject"])
    op.create_index(
        op.f("ix_key_statements_kind_organisation_id"),
        "key_statements",
        ["kind", "organisation_id"],
    )


def _create_signed_acts() -> None:
    op.create_table(
        "signed_acts",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("by_organisation", sa.Uuid(), nullable=False),
        sa.Column("by_profession", sa.String(length=10), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_signed_acts_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["signer"], ["professionals.id"], name=op.f("fk_signed_acts_signer")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name=op.f("pk_signed_acts")),
    )

"""The first schema, and the triggers that keep the append-only tables what they are."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = {
    "consent_events": "EXISTS (SELECT 1 FROM consent_events WHERE dossier_id = NEW.dossier_id"
    " AND seq >= NEW.seq)",
    "log_entries": "NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM log_entries)",
    "log_nodes": "EXISTS (SELECT 1 FROM log_nodes WHERE level = NEW.level AND idx = NEW.idx)",
    "log_checkpoints": "EXISTS (SELECT 1 FROM log_checkpoints WHERE size = NEW.size)",
}
"""Each append-only table, with what a new row must not be: a replacement or a gap."""


def upgrade() -> None:
    _create_tables()
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
    op.execute(
        "CREATE FUNCTION vepshare_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
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


def _create_tables() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_account_at"), "attempts", ["account", "at"], unique=False)
    op.create_table(
        "log_checkpoints",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
    )
    op.create_table(
        "log_entries",
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.Uuid(), nullable=True),
        sa.Column("dossier", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_log_entries")),
    )
    op.create_index(op.f("ix_log_entries_actor_idx"), "log_entries", ["actor", "idx"], unique=False)
    op.create_index(
        op.f("ix_log_entries_dossier_idx"), "log_entries", ["dossier", "idx"], unique=False
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idx", BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name=op.f("pk_log_nodes")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )
    op.create_table(
        "platform",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=100), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("pepper_id", sa.String(length=64), nullable=False),
        sa.Column("log_public", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
    )
    op.create_table(
        "professionals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("undertaking_until", AT, nullable=False),
        sa.Column("wrap_public", sa.LargeBinary(), nullable=False),
        sa.Column("wrap_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sign_public", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_professionals")),
        sa.UniqueConstraint("login", name=op.f("uq_professionals_login")),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("pseudonym", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("referent_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referent_id"], ["professionals.id"], name=op.f("fk_dossiers_referent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("reference", name=op.f("uq_dossiers_reference")),
    )
    op.create_table(
        "functions",
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_functions_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_functions_professional_id")
        ),
        sa.PrimaryKeyConstraint(
            "professional_id", "organisation_id", "profession", name=op.f("pk_functions")
        ),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_services_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint(
            "organisation_id", "profession", name=op.f("uq_services_organisation_id_profession")
        ),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("half", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sessions_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_sessions_professional_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(
        op.f("ix_sessions_professional_id"), "sessions", ["professional_id"], unique=False
    )
    op.create_table(
        "unlock_methods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("parameters", sa.String(length=60), nullable=False),
        sa.Column("pepper_id", sa.String(length=64), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_unlock_methods_professional_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unlock_methods")),
    )
    op.create_index(
        op.f("ix_unlock_methods_professional_id"),
        "unlock_methods",
        ["professional_id"],
        unique=False,
    )
    op.create_table(
        "addressees",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_addressees_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_addressees_service_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "entry_id", "service_id", name=op.f("pk_addressees")),
    )
    op.create_table(
        "consent_events",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_consent_events_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["signer"], ["professionals.id"], name=op.f("fk_consent_events_signer")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name=op.f("pk_consent_events")),
    )
    op.create_table(
        "entries",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("compartment", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("own_key", sa.Boolean(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("flags", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["professionals.id"], name=op.f("fk_entries_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_entries_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_entries_organisation_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "id", "version", name=op.f("pk_entries")),
    )
    op.create_table(
        "entry_wraps",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=4), nullable=False),
        sa.Column("recipient_key", sa.LargeBinary(), nullable=False),
        sa.Column("inbox", sa.Boolean(), nullable=False),
        sa.Column("compartment", sa.String(length=30), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_entry_wraps_dossier_id")
        ),
        sa.PrimaryKeyConstraint(
            "dossier_id",
            "entry_id",
            "version",
            "part",
            "recipient_key",
            name=op.f("pk_entry_wraps"),
        ),
    )
    op.create_table(
        "epochs",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("compartment", sa.String(length=30), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body_commitment", sa.LargeBinary(), nullable=False),
        sa.Column("flag_commitment", sa.LargeBinary(), nullable=False),
        sa.Column("body_inbox", sa.LargeBinary(), nullable=False),
        sa.Column("flag_inbox", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_epochs_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "compartment", "epoch", name=op.f("pk_epochs")),
    )
    op.create_table(
        "expiries",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_expiries_dossier_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "at", name=op.f("pk_expiries")),
    )
    op.create_index(op.f("ix_expiries_done_at_at"), "expiries", ["done_at", "at"], unique=False)
    op.create_table(
        "member_wraps",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_member_wraps_professional_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_member_wraps_service_id")
        ),
        sa.PrimaryKeyConstraint(
            "service_id", "epoch", "professional_id", name=op.f("pk_member_wraps")
        ),
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_participants_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_participants_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_participants_professional_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
    )
    op.create_index(
        op.f("ix_participants_dossier_id"), "participants", ["dossier_id"], unique=False
    )
    op.create_index(
        op.f("ix_participants_professional_id"), "participants", ["professional_id"], unique=False
    )
    op.create_table(
        "pending",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("compartment", sa.String(length=30), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=4), nullable=False),
        sa.Column("recipient_key", sa.LargeBinary(), nullable=False),
        sa.Column("grant", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_pending_dossier_id")
        ),
        sa.PrimaryKeyConstraint(
            "dossier_id", "compartment", "epoch", "part", "recipient_key", name=op.f("pk_pending")
        ),
    )
    op.create_table(
        "service_keys",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_service_keys_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "epoch", name=op.f("pk_service_keys")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_tasks_dossier_id")),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_tasks_professional_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_tasks_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_dossier_id"), "tasks", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_tasks_professional_id"), "tasks", ["professional_id"], unique=False)
    op.create_index(op.f("ix_tasks_service_id"), "tasks", ["service_id"], unique=False)
    op.create_table(
        "wraps",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("compartment", sa.String(length=30), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=4), nullable=False),
        sa.Column("recipient_key", sa.LargeBinary(), nullable=False),
        sa.Column("grant", sa.LargeBinary(), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_wraps_dossier_id")),
        sa.PrimaryKeyConstraint(
            "dossier_id", "compartment", "epoch", "part", "recipient_key", name=op.f("pk_wraps")
        ),
    )

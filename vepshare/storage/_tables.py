"""The tables. Values of a dossier are in `entries` and only there, sealed.

Consent events and the log are append-only; the migration adds the triggers that refuse
everything else.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from vepshare.dossier import Compartment
from vepshare.people import Profession
from vepshare.storage._rows import StatementKind
from vepshare.storage._types import Coded, Identifier, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

platform = Table(
    "platform",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(100), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("pepper_id", String(64), nullable=False),
    Column("log_public", LargeBinary, nullable=False),
)

organisations = Table(
    "organisations",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("active", Boolean, nullable=False),
)

professionals = Table(
    "professionals",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("locale", String(5), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("undertaking_until", UtcDateTime, nullable=False),
    Column("wrap_public", LargeBinary, nullable=False),
    Column("wrap_key_id", LargeBinary, nullable=False),
    Column("sign_public", LargeBinary, nullable=False),
)

functions = Table(
    "functions",
    metadata,
    Column("professional_id", Identifier, ForeignKey("professionals.id"), primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisations.id"), primary_key=True),
    Column("profession", Coded(Profession, 10), primary_key=True),
    Column("held", Boolean, nullable=False),
)

services = Table(
    "services",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("organisation_id", Identifier, ForeignKey("organisations.id"), nullable=False),
    Column("profession", Coded(Profession, 10), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("renewal_due", Boolean, nullable=False),
    UniqueConstraint("organisation_id", "profession"),
)

service_keys = Table(
    "service_keys",
    metadata,
    Column("service_id", Identifier, ForeignKey("services.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("key_id", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),
)

member_wraps = Table(
    "member_wraps",
    metadata,
    Column("service_id", Identifier, ForeignKey("services.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("professional_id", Identifier, ForeignKey("professionals.id"), primary_key=True),
    Column("wrap", LargeBinary, nullable=False),
)

unlock_methods = Table(
    "unlock_methods",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column(
        "professional_id", Identifier, ForeignKey("professionals.id"), nullable=False, index=True
    ),
    Column("kind", String(20), nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("parameters", String(60), nullable=False),
    Column("pepper_id", String(64), nullable=False),
    Column("wrap", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column(
        "professional_id", Identifier, ForeignKey("professionals.id"), nullable=False, index=True
    ),
    Column("organisation_id", Identifier, ForeignKey("organisations.id"), nullable=False),
    Column("profession", Coded(Profession, 10), nullable=False),
    Column("half", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("account", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "account", "at"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("pseudonym", String(60), nullable=False),
    Column("state", String(10), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("referent_id", Identifier, ForeignKey("professionals.id"), nullable=False),
    Column("sealed_until", Date),
)

participants = Table(
    "participants",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), nullable=False, index=True),
    Column(
        "professional_id", Identifier, ForeignKey("professionals.id"), nullable=False, index=True
    ),
    Column("organisation_id", Identifier, ForeignKey("organisations.id"), nullable=False),
    Column("profession", Coded(Profession, 10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

consent_events = Table(
    "consent_events",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("previous", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("signer", Identifier, ForeignKey("professionals.id"), nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

expiries = Table(
    "expiries",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("done_at", UtcDateTime),
    Index(None, "done_at", "at"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("compartment", Coded(Compartment, 30), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("body_commitment", LargeBinary, nullable=False),
    Column("flag_commitment", LargeBinary, nullable=False),
    Column("body_inbox", LargeBinary, nullable=False),
    Column("flag_inbox", LargeBinary, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
)

wraps = Table(
    "wraps",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("compartment", Coded(Compartment, 30), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("part", String(4), primary_key=True),
    Column("recipient_key", LargeBinary, primary_key=True),
    Column("grant", LargeBinary, nullable=False),
    Column("wrap", LargeBinary, nullable=False),
)

pending = Table(
    "pending",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("compartment", Coded(Compartment, 30), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("part", String(4), primary_key=True),
    Column("recipient_key", LargeBinary, primary_key=True),
    Column("grant", LargeBinary, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("id", Identifier, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("compartment", Coded(Compartment, 30), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("own_key", Boolean, nullable=False),
    Column("latest", Boolean, nullable=False),
    Column("author_id", Identifier, ForeignKey("professionals.id"), nullable=False),
    Column("organisation_id", Identifier, ForeignKey("organisations.id"), nullable=False),
    Column("profession", Coded(Profession, 10), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("flags", LargeBinary, nullable=False),
)

addressees = Table(
    "addressees",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("entry_id", Identifier, primary_key=True),
    Column("service_id", Identifier, ForeignKey("services.id"), primary_key=True),
)

entry_wraps = Table(
    "entry_wraps",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("entry_id", Identifier, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("part", String(4), primary_key=True),
    Column("recipient_key", LargeBinary, primary_key=True),
    Column("inbox", Boolean, nullable=False),
    Column("compartment", Coded(Compartment, 30), nullable=False),
    Column("wrap", LargeBinary, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), nullable=False, index=True),
    Column("professional_id", Identifier, ForeignKey("professionals.id"), index=True),
    Column("service_id", Identifier, ForeignKey("services.id"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)

BIG = BigInteger().with_variant(Integer, "sqlite")

log_entries = Table(
    "log_entries",
    metadata,
    Column("idx", BIG, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("event", String(40), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("actor", Identifier),
    Column("organisation", Identifier),
    Column("dossier", Identifier),
    Index(None, "dossier", "idx"),
    Index(None, "actor", "idx"),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("head", LargeBinary, nullable=False),
)

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BIG, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("size", BIG, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", String(1000), nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    # No foreign key: it speaks of dossiers that an older copy of this database still has.
    Column("dossier_id", Identifier, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

ledger_due = Table(
    "ledger_due",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("dossier_id", Identifier, nullable=False),
    Column("seq", Integer),
    Column("digest", LargeBinary),
)

withheld = Table(
    "withheld",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
)

peppers = Table(
    "peppers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

log_keys = Table(
    "log_keys",
    metadata,
    Column("public", LargeBinary, primary_key=True),
    Column("announced", BIG),
    Column("from_size", BIG),
    Column("until_size", BIG),
)

key_statements = Table(
    "key_statements",
    metadata,
    Column("log_index", BIG, primary_key=True, autoincrement=False),
    Column("kind", Coded(StatementKind, 10), nullable=False),
    Column("subject", Identifier, nullable=False, index=True),
    Column("organisation_id", Identifier, ForeignKey("organisations.id"), nullable=False),
    Column("profession", String(10), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("wrap_key_id", LargeBinary, nullable=False),
    Column("sign_public", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("signer", Identifier, ForeignKey("professionals.id"), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index(None, "kind", "organisation_id"),
)

signed_acts = Table(
    "signed_acts",
    metadata,
    Column("dossier_id", Identifier, ForeignKey("dossiers.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("event", String(40), nullable=False),
    Column("subject", Identifier, nullable=False),
    Column("organisation_id", Identifier, nullable=False),
    Column("profession", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by_organisation", Identifier, nullable=False),
    Column("by_profession", String(10), nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("signer", Identifier, ForeignKey("professionals.id"), nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

ACTS_OF_CONSENT = (
    "consent.given",
    "consent.confirmed",
    "consent.withdrawn",
    "exclusion.declared",
    "tie.declared",
)
"""The events of the log that tell of an act in `consent_events`, by its digest."""

for _index, _events, _columns in (
    ("ix_log_entries_published", ("key.published",), ("idx",)),
    ("ix_log_entries_rotated", ("key.rotated",), ("dossier", "idx")),
    ("ix_log_entries_acts", ACTS_OF_CONSENT, ("dossier", "idx")),
):
    _only = log_entries.c.event.in_(_events)
    Index(
        _index,
        *(log_entries.c[_name] for _name in _columns),
        sqlite_where=_only,
        postgresql_where=_only,
    )

APPEND_ONLY = (
    "consent_events",
    "log_entries",
    "log_nodes",
    "log_checkpoints",
    "key_statements",
    "signed_acts",
    "erasures",
)
"""Tables on which the database itself refuses UPDATE, DELETE, TRUNCATE and REPLACE."""

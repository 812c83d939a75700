"""What an entry of the log says: ids and codes only, never a content or a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from vepshare.ids import DossierId, OrganisationId, ProfessionalId, RequestId


class Event(StrEnum):
    """What happened (événement). Values are hashed into the log: never renamed, never removed."""

    SESSION_OPENED = "session.opened"
    SESSION_REFUSED = "session.refused"
    SESSION_CLOSED = "session.closed"
    SESSION_HAT_CHANGED = "session.hat_changed"
    UNLOCK_ADDED = "unlock.added"
    """A way to unlock an account: its kind is the ground."""
    UNLOCK_REMOVED = "unlock.removed"
    UNLOCK_REFUSED = "unlock.refused"
    """What somebody who is signed in typed again did not unlock."""
    UNLOCK_CHANGED = "unlock.changed"
    """The passphrase was changed."""
    DOSSIER_OPENED = "dossier.opened"
    DOSSIER_LISTED = "dossier.listed"
    DOSSIER_READ = "dossier.read"
    DOSSIER_SEARCHED = "dossier.searched"
    DOSSIER_FROZEN = "dossier.frozen"
    CLOSING_SHEET_READ = "closing_sheet.read"
    DOSSIER_ERASED = "dossier.erased"
    DOSSIER_SEALED = "dossier.sealed"
    ENTRY_WRITTEN = "entry.written"
    ENTRY_RECTIFIED = "entry.rectified"
    CONSENT_READ = "consent.read"
    CONSENT_GIVEN = "consent.given"
    CONSENT_CONFIRMED = "consent.confirmed"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_EXPIRED = "consent.expired"
    PLACE_MOVED = "place.moved"
    PARTICIPANT_READ = "participant.read"
    PARTICIPANT_INVITED = "participant.invited"
    PARTICIPANT_JOINED = "participant.joined"
    PARTICIPANT_LEFT = "participant.left"
    REFERENT_CHANGED = "referent.changed"
    EXCLUSION_DECLARED = "exclusion.declared"
    TIE_DECLARED = "tie.declared"
    EXCLUSION_READ = "exclusion.read"
    OVERVIEW_READ = "overview.read"
    """Who sees what (« Qui voit quoi »)."""
    READERS_READ = "readers.read"
    """Who has read this dossier."""
    ACCESS_READ = "access.read"
    """A professional's own accesses."""
    TASKS_READ = "tasks.read"
    LOG_READ = "log.read"
    LOG_PROVED = "log.proved"
    LOG_CHECKPOINTED = "log.checkpointed"
    KEY_PUBLISHED = "key.published"
    KEY_ROTATED = "key.rotated"
    KEY_SHARED = "key.shared"
    """A pending wrap was handed over."""
    KEY_DRAINED = "key.drained"
    """What lay under older keys of a compartment was sealed anew under the present one."""
    KEY_MOVED = "key.moved"
    """What was wrapped to a former key of a service was wrapped to its present one."""
    FUNCTION_ENDED = "function.ended"
    ACCOUNT_DISABLED = "account.disabled"
    VALUE_TAMPERED = "value.tampered"
    FORM_SHOWN = "form.shown"


class Outcome(StrEnum):
    """How it ended."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a caller asks the log to keep.

    A code is 1 to 64 visible ASCII characters without quote or backslash; empty means absent.
    """

    event: Event
    outcome: Outcome
    actor: ProfessionalId | None
    profession: str = ""
    organisation: OrganisationId | None
    dossier: DossierId | None
    compartments: Mapping[str, str] = field(default_factory=dict)
    """Compartment to level, one letter."""
    purpose: str = ""
    ground: str = ""
    """The consent, the outgoing act or the rule it rests on."""
    reason: str = ""
    """The code of the refusal."""
    request: RequestId
    matrix: str = ""
    """Version of the matrix of ceilings."""
    digest: bytes = b""
    """Hash of the ciphertext or of the signed act: 32 bytes, or empty."""
    subject: UUID | None = None
    """The other professional, organisation, entry or key it is about."""
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """A record with its place in the log (inscription)."""

    index: int
    """From 0."""
    time: datetime
    """UTC, in microseconds."""

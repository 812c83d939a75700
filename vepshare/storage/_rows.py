"""What storage hands out where no meaning has a type of its own: sealed things and their places.

What is read by the dozen is a tuple, its fields in the order of the columns: a fifth of the time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from vepshare.dossier import Compartment
from vepshare.ids import (
    DossierId,
    EntryId,
    MethodId,
    OrganisationId,
    ProfessionalId,
    ServiceId,
    TaskId,
)
from vepshare.people import Hat, Profession, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRow:
    """The installation: the origin of its log, and the keys it was set up with."""

    origin: str
    created_at: datetime
    pepper_id: str
    log_public: bytes


class PepperState(StrEnum):
    """What a pepper is; stored by value, so never renamed."""

    CURRENT = "current"
    FORMER = "former"
    """Ways to unlock may still need it; none is made under it any more."""
    RETIRED = "retired"
    """Nothing needs it, and nothing ever will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PepperRow:
    """A pepper by its name, what it is, and since when there has been one of that name."""

    id: str
    state: PepperState
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyRow:
    """A key that signs checkpoints: of the sizes *from_size* to *until_size*, both included.

    `public` is 32 bytes. `announced` is the index of the entry that announces it, None for the
    first key; without `from_size` it has not taken over, without `until_size` it is current.
    """

    public: bytes
    announced: int | None
    from_size: int | None
    until_size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeys:
    """The public keys of one professional: X-Wing (1216 bytes), Ed25519 (32 bytes)."""

    professional_id: ProfessionalId
    wrap_public: bytes
    wrap_key_id: bytes
    sign_public: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKey:
    """The public key of a service in one epoch. `key_id` is 32 bytes, `public` 1216."""

    service_id: ServiceId
    organisation_id: OrganisationId
    profession: Profession
    epoch: int
    key_id: bytes
    public: bytes
    renewal_due: bool = False
    """Whether a member has left, so that those who remain are to make the next key."""
    held: bool = True
    """Whether any member holds the seed: nothing is wrapped to a key that nobody can use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberWrap:
    """The seed of a service in one epoch, wrapped to one member."""

    service_id: ServiceId
    epoch: int
    professional_id: ProfessionalId
    wrap: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockRow:
    """One way of opening a professional's root seed.

    `salt` and `parameters` are empty where no passphrase is in it, `pepper_id` where no pepper is.
    """

    id: MethodId
    professional_id: ProfessionalId
    kind: str
    salt: bytes
    parameters: str
    pepper_id: str
    wrap: bytes
    made_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session: what opens together with its cookie, and under which hat."""

    token_hash: bytes
    hat: Hat
    half: bytes
    sealed: bytes
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSession:
    """A session with what the account and the organisation are worth at this moment."""

    row: SessionRow
    standing: Standing
    login: str
    name: str
    locale: str
    organisation_code: str
    organisation_name: str
    service_epoch: int
    """The present epoch of the service's key, 0 when it has none."""
    renewal_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One key of a compartment: commitments to it (32 bytes each) and its two inboxes."""

    compartment: Compartment
    epoch: int
    body_commitment: bytes
    flag_commitment: bytes
    body_inbox: bytes
    flag_inbox: bytes
    begun_at: datetime


class KeyWrap(NamedTuple):
    """A compartment key (part `body`) or flag key (`flag`) wrapped to one recipient key."""

    compartment: Compartment
    epoch: int
    part: str
    recipient_key: bytes
    grant: bytes
    wrap: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWrap:
    """A wrap that is owed, and waits for somebody who holds the key of that epoch."""

    compartment: Compartment
    epoch: int
    part: str
    recipient_key: bytes
    grant: bytes


class StatementKind(StrEnum):
    """What a statement of the key directory is about. Values are signed: never renamed."""

    FOUNDING = "founding"
    """Who vouches for the first registrar of every organisation."""
    REGISTRAR = "registrar"
    MEMBER = "member"
    """A professional under one function at one organisation."""
    SERVICE = "service"


class KeyStatement(NamedTuple):
    """Whose a public key is, signed (ADR 0012), with the bytes of the log entry that names it.

    `wrap_key_id` is empty where there is no key to wrap to, `sign_public` where there is none
    that signs; both, where the subject has been struck out.
    """

    log_index: int
    kind: StatementKind
    subject: UUID
    organisation_id: OrganisationId
    profession: str
    epoch: int
    wrap_key_id: bytes
    sign_public: bytes
    previous: bytes
    signer: ProfessionalId
    signature: bytes
    entry: bytes


class PublishedKey(NamedTuple):
    """A public key as it stands beside its owner; whether it was published is another question."""

    kind: StatementKind
    subject: UUID
    organisation_id: OrganisationId
    profession: Profession
    epoch: int
    wrap_public: bytes
    sign_public: bytes


class SignedAct(NamedTuple):
    """Who was bound to a dossier, by whom and why: signed, and chained within the dossier."""

    dossier_id: DossierId
    seq: int
    event: str
    subject: UUID
    organisation_id: OrganisationId
    profession: str
    reason: str
    at: datetime
    by_organisation: OrganisationId
    by_profession: str
    previous: bytes
    signer: ProfessionalId
    signature: bytes


class EntryWrap(NamedTuple):
    """The own key of one version of an entry, wrapped to a service or to an inbox."""

    entry_id: EntryId
    version: int
    part: str
    recipient_key: bytes
    inbox: bool
    compartment: Compartment
    wrap: bytes


class EntryRow(NamedTuple):
    """One version of an entry, sealed. `previous` and `digest` are 32 bytes."""

    dossier_id: DossierId
    id: EntryId
    version: int
    compartment: Compartment
    kind: str
    epoch: int
    own_key: bool
    author_id: ProfessionalId
    organisation_id: OrganisationId
    profession: Profession
    recorded_at: datetime
    previous: bytes
    digest: bytes
    body: bytes
    flags: bytes
    author: str = ""
    organisation_code: str = ""
    organisation_name: str = ""


class TaskKind(StrEnum):
    """Why something stands on somebody's page of the day."""

    JOIN = "join"
    CONFIRM_AS_WITNESS = "confirm_as_witness"
    SOMEBODY_JOINED = "somebody_joined"
    PLACE_OPENED = "place_opened"
    CONSENT_ENDED = "consent_ended"
    WITNESS_MISSING = "witness_missing"
    INVITED = "invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do (tâche), for a professional or for the members of a service."""

    id: TaskId
    kind: TaskKind
    dossier_id: DossierId
    professional_id: ProfessionalId | None
    service_id: ServiceId | None
    created_at: datetime

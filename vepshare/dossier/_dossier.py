"""The dossier itself: reference, pseudonym, state, and who takes part."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import resources

from vepshare.ids import DossierId, OrganisationId, ParticipantId, ProfessionalId
from vepshare.people import Profession

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs that are not mistaken for one another when read aloud or copied by hand."""


class State(StrEnum):
    """Where a dossier stands (état)."""

    DRAFT = "draft"
    ACTIVE = "active"
    FROZEN = "frozen"
    LAPSED = "lapsed"
    CLOSED = "closed"
    SEALED = "sealed"
    ERASED = "erased"


READABLE = frozenset({State.ACTIVE})
"""The only states in which any content is disclosed."""


class Origin(StrEnum):
    """Where a fact comes from (origine), compulsory for every entry (R27)."""

    TOLD_BY_THE_PERSON = "told_by_the_person"
    SEEN = "seen"
    THIRD_PARTY = "third_party"
    DOCUMENT = "document"


class Reason(StrEnum):
    """Why a professional joins a dossier or is invited to it (motif)."""

    OPENING = "opening"
    FOLLOW_UP = "follow_up"
    REPLACEMENT = "replacement"
    MEETING = "meeting"
    EMERGENCY = "emergency"
    APPOINTMENT = "appointment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One victim's shared coordination file (dossier de coordination), without its content."""

    id: DossierId
    reference: str
    pseudonym: str
    state: State
    opened_at: datetime
    referent_id: ProfessionalId
    sealed_until: date | None = None
    awaited: bool = False
    """Whether some recipient still waits for a holder to hand over a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """The dated personal link of a professional to a dossier, under one function (R18)."""

    id: ParticipantId
    professional_id: ProfessionalId
    organisation_id: OrganisationId
    profession: Profession
    reason: Reason
    since: datetime
    ended_at: datetime | None


def new_reference() -> str:
    """Return a random reference such as `V-7K3Q-21`: 30 bits, not sequential, tells nothing."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return f"V-{signs[:4]}-{signs[4:]}"


def new_pseudonym() -> str:
    """Return a name drawn at random from the list, never chosen by initials."""
    return secrets.choice(_pseudonyms())


def _pseudonyms() -> list[str]:
    text = resources.files("vepshare.dossier").joinpath("pseudonyms.txt").read_text("utf-8")
    return text.split("\n")[:-1]

"""The acts that decide who may see a dossier, chained and signed in the order they were done."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vepshare.consent._terms import Terms
from vepshare.dossier import Compartment
from vepshare.ids import ConsentId, DossierId, OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession

GENESIS = bytes(32)
"""What the first event of a dossier names as the one before it."""


class EventKind(StrEnum):
    """What an event records."""

    GIVEN = "given"
    EXTENDED = "extended"
    CONFIRMED = "confirmed"
    NARROWED = "narrowed"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    TIED = "tied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """She agreed (accord): the first act, or one that adds to what stands."""

    consent_id: ConsentId
    version: int
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The witness confirms, from their own account, an oral consent (S06)."""

    consent_id: ConsentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a withdrawal closes: an organisation, or one function of it."""

    organisation_id: OrganisationId
    profession: Profession | None = None

    def covers(self, organisation_id: OrganisationId, profession: Profession) -> bool:
        """Tell whether that service is closed by this target."""
        same = organisation_id == self.organisation_id
        return same and self.profession in {None, profession}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """She took back her word (retrait): of one consent whole, or for some services everywhere.

    With *targets* it closes them under every consent of the dossier: a service she no longer
    wants must not stay by an older act. With *compartments* it takes back those subjects only.
    """

    consent_id: ConsentId
    targets: tuple[Target, ...] = ()
    compartments: frozenset[Compartment] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Somebody who must never see this dossier, whatever else says yes (exclusion, V7)."""

    organisation_id: OrganisationId | None = None
    professional_id: ProfessionalId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """A professional declared a tie with a party: kin, neighbour, colleague (lien, R21)."""

    professional_id: ProfessionalId


Act = Given | Confirmed | Withdrawn | Excluded | Tied


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act with who did it, when, and its place in the dossier's chain.

    `digest` is SHA-256 over the previous digest and the canonical payload: 32 bytes.
    """

    dossier_id: DossierId
    seq: int
    at: datetime
    by: Hat
    act: Act
    previous: bytes
    payload: bytes
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An event as stored: its payload and the recorder's Ed25519 signature over the digest."""

    dossier_id: DossierId
    seq: int
    previous: bytes
    payload: bytes
    digest: bytes
    signer: ProfessionalId
    signature: bytes


def digest_of(previous: bytes, payload: bytes) -> bytes:
    """Return the digest that names an event: 32 bytes."""
    return hashlib.sha256(b"vepshare/consent-event/v1\0" + previous + payload).digest()

"""What a decision is taken on, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from vepshare.consent import Grant, Register
from vepshare.dossier import Compartment, Participant, State
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession, Standing
from vepshare.policy._ceiling import Level


class Refusal(StrEnum):
    """Why not. A code for the log; never shown to the one refused (V5)."""

    ACCOUNT_INACTIVE = "account_inactive"
    ORGANISATION_INACTIVE = "organisation_inactive"
    FUNCTION_NOT_HELD = "function_not_held"
    UNDERTAKING_LAPSED = "undertaking_lapsed"
    UNKNOWN_DOSSIER = "unknown_dossier"
    EXCLUDED = "excluded"
    TIED = "tied"
    NOT_A_PARTICIPANT = "not_a_participant"
    LINK_ENDED = "link_ended"
    NOT_REFERENT = "not_referent"
    DOSSIER_NOT_ACTIVE = "dossier_not_active"
    NO_CONSENT = "no_consent"
    CONSENT_NOT_CONFIRMED = "consent_not_confirmed"
    CONSENT_NOT_YET_VALID = "consent_not_yet_valid"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_EXPIRED = "consent_expired"
    COMPARTMENT_NOT_CONSENTED = "compartment_not_consented"
    OUTSIDE_FUNCTION = "outside_function"
    OWN_TICK_MISSING = "own_tick_missing"
    WARNING_MISSING = "warning_missing"
    NOT_THE_PLACE = "not_the_place"
    LEVEL_TOO_LOW = "level_too_low"
    ANOTHER_ORGANISATION = "another_organisation"
    EXPLICIT_REFUSAL = "explicit_refusal"
    ALREADY_A_PARTICIPANT = "already_a_participant"
    CANNOT_BE_ADDED = "cannot_be_added"
    NEVER_A_RECIPIENT = "never_a_recipient"
    FUNCTION_MAY_NOT = "function_may_not"
    NOT_THE_WITNESS = "not_the_witness"
    ALREADY_CONFIRMED = "already_confirmed"
    ALREADY_WITHDRAWN = "already_withdrawn"
    CONFIRMATION_TOO_LATE = "confirmation_too_late"
    INVALID = "invalid"
    LOST_RACE = "lost_race"
    THROTTLED = "throttled"
    WRONG_CREDENTIALS = "wrong_credentials"
    NO_KEY = "no_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An open compartment: at which level, by which consent, until when (last instant)."""

    level: Level
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one dossier when a decision is taken."""

    state: State
    referent_id: ProfessionalId
    participants: tuple[Participant, ...]
    register: Register

    def link(self, hat: Hat) -> Participant | None:
        """Return the latest link of this professional under this very function, ended or not."""
        links = [
            one
            for one in self.participants
            if (one.professional_id, one.organisation_id, one.profession)
            == (hat.professional_id, hat.organisation_id, hat.profession)
        ]
        return max(links, key=lambda one: one.since, default=None)

    def linked(self, hat: Hat, now: datetime) -> bool:
        """Tell whether an active link binds this professional to the dossier at *now*."""
        return any(
            one.since <= now and (one.ended_at is None or now < one.ended_at)
            for one in self.participants
            if (one.professional_id, one.organisation_id, one.profession)
            == (hat.professional_id, hat.organisation_id, hat.profession)
        )


_NOTHING: Mapping[Compartment, Cell] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What may be done. A refused decision has no cells: forgetting to look discloses nothing.

    `ended_on` is set when somebody who took part no longer may: they are told the date, and
    no reason (V5).
    """

    cells: Mapping[Compartment, Cell] = field(default_factory=lambda: _NOTHING)
    refusal: Refusal | None = None
    ended_on: datetime | None = None

    @property
    def flags_only(self) -> bool:
        """Tell whether no cell shows more than flag values: then nobody else is named (S05-R4)."""
        return all(cell.level is Level.FLAG for cell in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A recipient to whom the key of a compartment is owed at this instant."""

    compartment: Compartment
    organisation_id: OrganisationId
    profession: Profession
    professional_id: ProfessionalId | None
    level: Level
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A professional under a hat, with whether they are still in force."""

    hat: Hat
    standing: Standing

"""What stands: the acts of one dossier folded into who was told what, and until when."""

from dataclasses import dataclass, field
from datetime import datetime

from vepshare.consent._events import (
    Target,
)
from vepshare.consent._terms import Refused, Terms
from vepshare.dossier import Compartment
from vepshare.ids import ConsentId, OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What follows from one line of a consent (habilitation): for whom, what, until when.

    `ends` is the last instant; `ended_at` the first instant at which a withdrawal or a
    replacement has closed it. `digest` names the signed event it follows from, 32 bytes.
    """

    consent_id: ConsentId
    version: int
    digest: bytes
    organisation_id: OrganisationId
    profession: Profession
    professional_id: ProfessionalId | None
    compartments: frozenset[Compartment]
    own_ticks: frozenset[Compartment]
    warned: bool
    starts: datetime
    ends: datetime
    confirmed: bool
    ended_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Tell whether it holds at this instant: confirmed, begun, not over, not withdrawn."""
        within = self.confirmed and self.starts <= now <= self.ends
        return within and (self.ended_at is None or now < self.ended_at)

    def over(self, now: datetime) -> datetime | None:
        """Return when it came to an end, or None while it has not."""
        if self.ended_at is not None and self.ended_at <= min(now, self.ends):
            return self.ended_at
        return self.ends if self.confirmed and now > self.ends else None

    def names(self, hat: Hat) -> bool:
        """Tell whether this line speaks of that organisation, function and person (V1)."""
        service = self.organisation_id == hat.organisation_id and self.profession == hat.profession
        return service and self.professional_id in {None, hat.professional_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One act of consent as it stands now, with what was refused (accord)."""

    id: ConsentId
    version: int
    digest: bytes
    terms: Terms
    recorded_at: datetime
    recorded_by: Hat
    confirmed: bool
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A service she said no to, and when."""

    refused: Refused
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Who must never see the dossier: an organisation or a person, by exclusion or by tie (V7)."""

    organisation_id: OrganisationId | None = None
    professional_id: ProfessionalId | None = None
    by_tie: bool = False
    since: datetime

    def covers(self, hat: Hat) -> bool:
        """Tell whether it keeps this professional out, under whatever function."""
        if self.organisation_id is not None:
            return self.organisation_id == hat.organisation_id
        return self.professional_id == hat.professional_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Everything the acts of one dossier add up to."""

    consents: tuple[Consent, ...] = ()
    grants: tuple[Grant, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    barred: tuple[Bar, ...] = ()
    place: OrganisationId | None = None
    last_withdrawals: tuple[tuple[Target, datetime], ...] = field(default_factory=tuple)

    def live(self, now: datetime) -> tuple[Grant, ...]:
        """Return the grants that hold at *now*."""
        return tuple(grant for grant in self.grants if grant.live(now))

    def consent(self, consent_id: ConsentId) -> Consent | None:
        """Return one consent, or None when this dossier has no such act."""
        return next((one for one in self.consents if one.id == consent_id), None)

    def refused(self, organisation_id: OrganisationId, profession: Profession) -> datetime | None:
        """Return when she last said no to that service, or None.

        A later consent that names the service is her changing her mind, for it alone (S01).
        """
        said = [r.at for r in self.refusals if r.refused.covers(organisation_id, profession)]
        given = [
            consent.recorded_at
            for consent in self.consents
            for one in consent.terms.recipients
            if (one.organisation_id, one.profession) == (organisation_id, profession)
        ]
        return max(said) if said and (not given or max(said) > max(given)) else None

    def bar(self, hat: Hat) -> Bar | None:
        """Return what keeps this professional out, or None."""
        return next((one for one in self.barred if one.covers(hat)), None)

    def withdrawn_at(
        self, organisation_id: OrganisationId, profession: Profession
    ) -> datetime | None:
        """Return when a consent for that service was last taken back, or None."""
        hits = [
            at for target, at in self.last_withdrawals if target.covers(organisation_id, profession)
        ]
        return max(hits, default=None)

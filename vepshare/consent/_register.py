"""What stands: the acts of one dossier folded into who was told what, and until when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from vepshare.consent._events import (
    Confirmed,
    Event,
    Excluded,
    Given,
    Target,
    Tied,
    Withdrawn,
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


def fold(events: Iterable[Event]) -> Register:
    """Return what stands after *events*, taken in order.

    Source: V2, V4, V7
    """
    register = Register()
    for event in events:
        register = _after(register, event)
    return register


def _after(register: Register, event: Event) -> Register:
    match event.act:
        case Given():
            return _given(register, event, event.act)
        case Confirmed():
            return _confirmed(register, event.act.consent_id, event.at)
        case Withdrawn():
            return _withdrawn(register, event.act, event.at)
        case Excluded(organisation_id=organisation, professional_id=professional):
            bar = Bar(organisation_id=organisation, professional_id=professional, since=event.at)
            return replace(register, barred=(*register.barred, bar))
        case Tied(professional_id=professional):
            bar = Bar(professional_id=professional, by_tie=True, since=event.at)
            return replace(register, barred=(*register.barred, bar))


def _given(register: Register, event: Event, act: Given) -> Register:
    confirmed = act.terms.proof.witness is None
    consent = Consent(
        id=act.consent_id,
        version=act.version,
        digest=event.digest,
        terms=act.terms,
        recorded_at=event.at,
        recorded_by=event.by,
        confirmed=confirmed,
    )
    register = replace(
        register,
        consents=(*register.consents, consent),
        grants=(*register.grants, *_grants(consent)),
        refusals=(
            *register.refusals,
            *(Refusal(refused=one, at=event.at) for one in act.terms.refused),
        ),
    )
    return _in_force(register, consent, event.at) if confirmed else register


def places(terms: Terms) -> frozenset[OrganisationId]:
    """Return the shelters that *terms* tell of the protected place: it is theirs to run (S05)."""
    return frozenset(
        one.organisation_id
        for one in terms.recipients
        if one.profession is Profession.SVH and Compartment.PROTECTED_PLACE in one.own_ticks
    )


def _grants(consent: Consent) -> Iterator[Grant]:
    for one in consent.terms.recipients:
        yield Grant(
            consent_id=consent.id,
            version=consent.version,
            digest=consent.digest,
            organisation_id=one.organisation_id,
            profession=one.profession,
            professional_id=one.professional_id,
            compartments=one.compartments,
            own_ticks=one.own_ticks,
            warned=consent.terms.proof.reporting_warning_read,
            starts=consent.terms.starts,
            ends=consent.terms.ends if one.ends is None else min(one.ends, consent.terms.ends),
            confirmed=consent.confirmed,
        )


def _in_force(register: Register, consent: Consent, at: datetime) -> Register:
    """Close what *consent* replaces, from the instant it begins itself, and move the place."""
    from_then = max(at, consent.terms.starts)
    for old in consent.terms.replaces:
        register = _ended(register, old, from_then)
    return replace(register, place=next(iter(places(consent.terms)), register.place))


def _ended(register: Register, consent_id: ConsentId, at: datetime) -> Register:
    return replace(
        register,
        consents=tuple(
            replace(one, ended_at=at) if one.id == consent_id and one.ended_at is None else one
            for one in register.consents
        ),
        grants=tuple(
            replace(one, ended_at=_first(one.ended_at, at)) if one.consent_id == consent_id else one
            for one in register.grants
        ),
    )


def _first(earlier: datetime | None, at: datetime) -> datetime:
    return at if earlier is None else min(earlier, at)


def _confirmed(register: Register, consent_id: ConsentId, at: datetime) -> Register:
    register = replace(
        register,
        consents=tuple(
            replace(one, confirmed=True) if one.id == consent_id else one
            for one in register.consents
        ),
        grants=tuple(
            replace(one, confirmed=True, starts=max(one.starts, at))
            if one.consent_id == consent_id
            else one
            for one in register.grants
        ),
    )
    consent = register.consent(consent_id)
    if consent is None or _ended_by(consent, at):
        # What she took back while it waited replaces nothing: the older act still stands.
        return register
    return _in_force(register, consent, at)


def _withdrawn(register: Register, act: Withdrawn, at: datetime) -> Register:
    grants = tuple(piece for one in register.grants for piece in _closed(one, act, at))
    marks = tuple((target, at) for target in _targets(register, act))
    register = replace(
        register, grants=grants, last_withdrawals=(*register.last_withdrawals, *marks)
    )
    over = {one.id for one in register.consents} - {
        one.consent_id for one in grants if not _ended_by(one, at)
    }
    return replace(
        register,
        consents=tuple(
            replace(one, ended_at=_first(one.ended_at, at)) if one.id in over else one
            for one in register.consents
        ),
    )


def _ended_by(one: Grant | Consent, at: datetime) -> bool:
    """Tell whether it is closed at *at*: what is to be replaced later stands until then."""
    return one.ended_at is not None and one.ended_at <= at


def _targets(register: Register, act: Withdrawn) -> tuple[Target, ...]:
    """Return the services a withdrawal closes, for the rule that an old act cannot return (S02)."""
    if act.compartments:
        return ()
    if act.targets:
        return act.targets
    lines = (one for one in register.grants if one.consent_id == act.consent_id)
    return tuple(
        Target(organisation_id=one.organisation_id, profession=one.profession) for one in lines
    )


def _closed(grant: Grant, act: Withdrawn, at: datetime) -> Iterator[Grant]:
    """Yield what is left of *grant* after *act*: itself, or a closed part and an open one."""
    taken = _taken(grant, act)
    if _ended_by(grant, at) or not taken:
        yield grant
        return
    yield replace(grant, compartments=taken, ended_at=at)
    if left := grant.compartments - taken:
        yield replace(grant, compartments=left, own_ticks=grant.own_ticks - taken)


def _taken(grant: Grant, act: Withdrawn) -> frozenset[Compartment]:
    if act.targets:
        named = any(one.covers(grant.organisation_id, grant.profession) for one in act.targets)
    else:
        named = grant.consent_id == act.consent_id
    if not named:
        return frozenset()
    return grant.compartments & act.compartments if act.compartments else grant.compartments

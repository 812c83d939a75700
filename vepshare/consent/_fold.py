"""From acts to what stands: each one in turn, nothing looked up, nothing forgotten."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from vepshare.consent._events import Confirmed, Event, Excluded, Given, Target, Tied, Withdrawn
from vepshare.consent._register import Bar, Consent, Grant, Refusal, Register
from vepshare.consent._terms import Terms
from vepshare.dossier import Compartment
from vepshare.ids import ConsentId, OrganisationId
from vepshare.people import Profession


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
    register = _said_no(register, consent, event.at)
    return _in_force(register, consent, event.at) if confirmed else register


def _said_no(register: Register, consent: Consent, at: datetime) -> Register:
    """Close what older acts still told the services she now refuses: a no is a no at once."""
    refused = consent.terms.refused
    grants = tuple(
        replace(one, ended_at=_first(one.ended_at, at))
        if one.consent_id != consent.id
        and any(no.covers(one.organisation_id, one.profession) for no in refused)
        else one
        for one in register.grants
    )
    return _consents_over(replace(register, grants=grants), at)


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
    return _consents_over(register, at)


def _consents_over(register: Register, at: datetime) -> Register:
    """Mark as ended the acts of which no line stands any more."""
    standing = {one.consent_id for one in register.grants if not _ended_by(one, at)}
    return replace(
        register,
        consents=tuple(
            one if one.id in standing else replace(one, ended_at=_first(one.ended_at, at))
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

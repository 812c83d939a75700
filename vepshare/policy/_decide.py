"""The only place where a right to a dossier is decided. Facts in, decision out, nothing touched."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from vepshare.consent import Grant
from vepshare.dossier import READABLE, Compartment
from vepshare.ids import OrganisationId
from vepshare.people import Standing
from vepshare.policy._ceiling import Level
from vepshare.policy._cells import cell_of, cells, own_grants
from vepshare.policy._facts import Actor, Cell, Decision, Facts, Refusal

_WRITING = frozenset({Level.WRITE_OWN, Level.WRITE, Level.PLACE})
_NOT_YET = frozenset(
    {Refusal.NO_CONSENT, Refusal.CONSENT_NOT_CONFIRMED, Refusal.CONSENT_NOT_YET_VALID}
)


def decide_standing(standing: Standing, *, now: datetime) -> Refusal | None:
    """Tell why a professional may do nothing at all at *now*, or None.

    Source: V1, R15, R16
    """
    if not standing.account_active:
        return Refusal.ACCOUNT_INACTIVE
    if not standing.organisation_active:
        return Refusal.ORGANISATION_INACTIVE
    if not standing.function_held:
        return Refusal.FUNCTION_NOT_HELD
    return None if now <= standing.undertaking_until else Refusal.UNDERTAKING_LAPSED


def decide_link(facts: Facts, actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor has no personal link to the dossier at *now*, or None. An exclusion wins.

    Source: V1, V7, R6, R18
    """
    if refusal := decide_standing(actor.standing, now=now):
        return refusal
    if bar := facts.register.bar(actor.hat):
        return Refusal.TIED if bar.by_tie else Refusal.EXCLUDED
    if facts.linked(actor.hat, now):
        return None
    ended = facts.link(actor.hat) is not None
    return Refusal.LINK_ENDED if ended else Refusal.NOT_A_PARTICIPANT


def decide_reading(facts: Facts, actor: Actor, *, now: datetime) -> Decision:
    """Tell which compartments the actor may read at *now*, and at which level.

    Source: V1, R1, R2
    """
    if refusal := decide_link(facts, actor, now=now):
        return _refused(facts, actor, refusal, now)
    grants = own_grants(facts.register, actor.hat, now)
    if refusal := _closed(facts, actor, grants, now):
        return _refused(facts, actor, refusal, now)
    return Decision(cells=_frozen(cells(grants, facts.register)))


def decide_cell(
    facts: Facts, actor: Actor, compartment: Compartment, *, now: datetime
) -> Level | Refusal:
    """Return the level of one compartment, or the reason why it is closed to the actor."""
    decision = decide_reading(facts, actor, now=now)
    if decision.refusal is not None:
        return decision.refusal
    if compartment in decision.cells:
        return decision.cells[compartment].level
    reasons = [
        reason
        for grant in own_grants(facts.register, actor.hat, now)
        if isinstance(reason := cell_of(grant, compartment, facts.register), Refusal)
    ]
    weightier = [one for one in reasons if one is not Refusal.COMPARTMENT_NOT_CONSENTED]
    return next(iter(weightier or reasons), Refusal.NO_CONSENT)


def decide_writing(
    facts: Facts, actor: Actor, compartment: Compartment, *, now: datetime
) -> Decision:
    """Tell whether the actor may add an entry to *compartment* at *now*.

    Source: V1, V13
    """
    level = decide_cell(facts, actor, compartment, now=now)
    if isinstance(level, Refusal):
        return _refused(facts, actor, level, now)
    if level not in _WRITING:
        return Decision(refusal=Refusal.LEVEL_TOO_LOW)
    cell = decide_reading(facts, actor, now=now).cells[compartment]
    return Decision(cells=_frozen({compartment: cell}))


def decide_rectifying(
    facts: Facts,
    actor: Actor,
    compartment: Compartment,
    *,
    written_by: OrganisationId,
    now: datetime,
) -> Decision:
    """Tell whether the actor may add a new version to an entry written by *written_by*.

    A `w` cell rectifies what its own organisation wrote, and nothing else.
    """
    decision = decide_writing(facts, actor, compartment, now=now)
    cell = decision.cells.get(compartment)
    own = written_by == actor.hat.organisation_id
    if cell is not None and cell.level is Level.WRITE_OWN and not own:
        return Decision(refusal=Refusal.ANOTHER_ORGANISATION)
    return decision


def _closed(facts: Facts, actor: Actor, grants: tuple[Grant, ...], now: datetime) -> Refusal | None:
    """Tell why nothing is open to a participant, or None."""
    if not grants:
        reason = _no_grant(facts, actor, now)
        return None if reason in _NOT_YET and _accompanies(facts, actor) else reason
    return None if facts.state in READABLE else Refusal.DOSSIER_NOT_ACTIVE


def _accompanies(facts: Facts, actor: Actor) -> bool:
    """The referent keeps the page, without content, of a dossier that does not name them yet."""
    return facts.state in READABLE and facts.referent_id == actor.hat.professional_id


def _no_grant(facts: Facts, actor: Actor, now: datetime) -> Refusal:
    named = [grant for grant in facts.register.grants if grant.names(actor.hat)]
    if not named:
        return Refusal.NO_CONSENT
    if any(not grant.confirmed for grant in named):
        return Refusal.CONSENT_NOT_CONFIRMED
    if any(grant.ended_at is None and now < grant.starts for grant in named):
        return Refusal.CONSENT_NOT_YET_VALID
    latest = max(named, key=lambda grant: _over(grant, now))
    over = latest.ended_at is not None and latest.ended_at <= min(now, latest.ends)
    return Refusal.CONSENT_WITHDRAWN if over else Refusal.CONSENT_EXPIRED


def _over(grant: Grant, now: datetime) -> datetime:
    return grant.over(now) or now


def _refused(facts: Facts, actor: Actor, refusal: Refusal, now: datetime) -> Decision:
    return Decision(refusal=refusal, ended_on=ended_on(facts, actor, now=now))


def ended_on(facts: Facts, actor: Actor, *, now: datetime) -> datetime | None:
    """Return when the access of a former participant ended, or None for anybody else.

    An exclusion looks like any other end to somebody who took part, and like an unknown
    dossier to everybody else: neither learns that it exists (V5, V7).
    """
    link = facts.link(actor.hat)
    if link is None:
        return None
    bar = facts.register.bar(actor.hat)
    begun = (grant for grant in facts.register.grants if grant.confirmed and grant.starts <= now)
    shared = [grant.over(now) for grant in begun if grant.names(actor.hat)]
    ends = [one for one in (link.ended_at, bar.since if bar else None) if one and one <= now]
    if shared and all(shared):
        ends.append(max(one for one in shared if one is not None))
    return min(ends, default=None)


def _frozen(found: dict[Compartment, Cell]) -> Mapping[Compartment, Cell]:
    return MappingProxyType(found)

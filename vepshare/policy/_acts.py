"""Who may open, give, withdraw, invite, join, exclude, oversee: everything but reading values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vepshare.consent import Consent, Fault, Problem, Recipient, Terms
from vepshare.dossier import Compartment, State
from vepshare.people import CONFIDANTS, OUTSIDE_FUNCTIONS, Hat, Profession
from vepshare.policy._ceiling import matrix
from vepshare.policy._cells import own_grants
from vepshare.policy._decide import decide_link, decide_reading, decide_standing
from vepshare.policy._facts import Actor, Facts, Refusal

CONFIRMATION = timedelta(hours=24)
"""How long a consent waits for its witness before it lapses (S06)."""

_CAN_RESUME = frozenset({State.ACTIVE, State.FROZEN, State.LAPSED})
_CLOSING = frozenset({State.FROZEN, State.LAPSED, State.SEALED})


def decide_opening(actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not open a dossier on a consent, or None.

    Source: V3, R19
    """
    if refusal := decide_standing(actor.standing, now=now):
        return refusal
    return None if actor.hat.profession in CONFIDANTS else Refusal.FUNCTION_MAY_NOT


def decide_giving(facts: Facts, actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not record a further consent in this dossier, or None.

    When sharing has stopped, only the referent may start it again, by a new act (S02).
    """
    if refusal := decide_link(facts, actor, now=now) or decide_opening(actor, now=now):
        return refusal
    if facts.state not in _CAN_RESUME:
        return Refusal.DOSSIER_NOT_ACTIVE
    if facts.referent_id == actor.hat.professional_id:
        return None
    return decide_reading(facts, actor, now=now).refusal


def check_recipients(terms: Terms, facts: Facts | None) -> tuple[Problem, ...]:
    """Return what the matrix and the exclusions say against the lines of a consent.

    An excluded service is refused in words that fit any reason (S04-R1). *facts* is None for
    a dossier that is only being opened.

    Source: V7, R6, R19, R34
    """
    found = []
    for number, one in enumerate(terms.recipients):
        path = f"recipients.{number}"
        if one.profession in OUTSIDE_FUNCTIONS or one.profession is Profession.PAR:
            found.append(Problem(field=path, fault=Fault.NEVER_A_RECIPIENT))
        elif facts is not None and _barred(facts, one):
            found.append(Problem(field=path, fault=Fault.CANNOT_BE_ADDED))
        elif any(matrix().cell(one.profession, c) is None for c in one.compartments):
            found.append(Problem(field=f"{path}.compartments", fault=Fault.OUTSIDE_FUNCTION))
    return tuple(found)


def check_witness(
    terms: Terms, facts: Facts | None, witness: tuple[Hat, ...]
) -> tuple[Problem, ...]:
    """Return why the witness named cannot be one: excluded, tied, or from the other side (R12)."""
    if terms.proof.witness is None:
        return ()
    barred = facts is not None and any(facts.register.bar(hat) for hat in witness)
    helping = any(hat.profession in CONFIDANTS for hat in witness)
    if barred or not helping:
        return (Problem(field="witness", fault=Fault.WITNESS_NOT_ALLOWED),)
    return ()


def _barred(facts: Facts, one: Recipient) -> bool:
    return any(
        (bar.organisation_id is not None and bar.organisation_id == one.organisation_id)
        or (bar.professional_id is not None and bar.professional_id == one.professional_id)
        for bar in facts.register.barred
    )


def decide_confirming(
    consent: Consent, actor: Actor, facts: Facts, *, now: datetime
) -> Refusal | None:
    """Tell why the actor may not confirm an oral consent as its witness, or None (S06)."""
    if refusal := decide_standing(actor.standing, now=now):
        return refusal
    if consent.terms.proof.witness != actor.hat.professional_id:
        return Refusal.NOT_THE_WITNESS
    if facts.register.bar(actor.hat):
        return Refusal.EXCLUDED
    if consent.confirmed:
        return Refusal.ALREADY_CONFIRMED
    if consent.ended_at is not None and consent.ended_at <= now:
        return Refusal.ALREADY_WITHDRAWN
    late = now - consent.recorded_at > CONFIRMATION
    return Refusal.CONFIRMATION_TOO_LATE if late else None


def decide_withdrawing(facts: Facts, actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not record a withdrawal, or None: any participant, on her word.

    Source: V4, R7
    """
    return decide_link(facts, actor, now=now)


def decide_excluding(facts: Facts, actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not exclude somebody, or None: those she confides in may.

    Source: V7
    """
    refusal = decide_link(facts, actor, now=now)
    return refusal or (None if actor.hat.profession in CONFIDANTS else Refusal.FUNCTION_MAY_NOT)


def decide_inviting(facts: Facts, actor: Actor, invited: Hat, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not bring *invited* into the dossier, or None.

    The referent invites, and only members of a service that the consent names. For an
    invitation to a service as such, `invited.professional_id` is the actor's own.

    Source: V1, V7, S01-R1, S01-R7
    """
    if refusal := decide_reading(facts, actor, now=now).refusal:
        return refusal
    if facts.referent_id != actor.hat.professional_id:
        return Refusal.NOT_REFERENT
    if facts.register.bar(invited):
        return Refusal.CANNOT_BE_ADDED
    if own_grants(facts.register, invited, now):
        return None
    said_no = facts.register.refused(invited.organisation_id, invited.profession)
    return Refusal.NO_CONSENT if said_no is None else Refusal.EXPLICIT_REFUSAL


def decide_joining(facts: Facts, actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why a member of a named service may not join by themself, or None.

    Source: V1, R18
    """
    if refusal := decide_standing(actor.standing, now=now):
        return refusal
    if bar := facts.register.bar(actor.hat):
        return Refusal.TIED if bar.by_tie else Refusal.EXCLUDED
    if facts.state is not State.ACTIVE:
        return Refusal.DOSSIER_NOT_ACTIVE
    return None if own_grants(facts.register, actor.hat, now) else Refusal.NO_CONSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How much of « who sees what » somebody may see.

    `compartments`: those they hold themselves; the others are not even named (V6).
    `own_only`: a service that holds flags only learns nothing of the other services, since
    the name of a shelter tells the region (S05-R4).
    """

    compartments: frozenset[Compartment] = frozenset()
    own_only: bool = True
    refusal: Refusal | None = None


def decide_overview(facts: Facts, actor: Actor, *, now: datetime) -> Overview:
    """Tell how much the actor may see of the consents, the participants and the readers.

    The referent, who goes through it with her, sees all of it.

    Source: V6, S01-R5, S05-R4
    """
    decision = decide_reading(facts, actor, now=now)
    if decision.refusal is not None:
        return Overview(refusal=decision.refusal)
    if facts.referent_id == actor.hat.professional_id:
        return Overview(compartments=frozenset(Compartment), own_only=False)
    return Overview(compartments=frozenset(decision.cells), own_only=decision.flags_only)


def decide_closing_sheet(facts: Facts, actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor has no closing sheet, or None: the referent, once sharing has stopped.

    Source: S02
    """
    if refusal := decide_link(facts, actor, now=now):
        return refusal
    if facts.referent_id != actor.hat.professional_id:
        return Refusal.NOT_REFERENT
    over = facts.state in _CLOSING or not facts.register.live(now)
    erased = facts.state is State.ERASED
    return None if over and not erased else Refusal.DOSSIER_NOT_ACTIVE


def decide_accounts(actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not end functions and accounts, or None: the administrator only.

    Source: R17
    """
    if refusal := decide_standing(actor.standing, now=now):
        return refusal
    return None if actor.hat.profession is Profession.ADM else Refusal.FUNCTION_MAY_NOT


def decide_log(actor: Actor, *, now: datetime) -> Refusal | None:
    """Tell why the actor may not read the log, or None: the data-protection officer only."""
    if refusal := decide_standing(actor.standing, now=now):
        return refusal
    return None if actor.hat.profession is Profession.DPO else Refusal.FUNCTION_MAY_NOT

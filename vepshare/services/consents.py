"""Giving, confirming and withdrawing consent; showing what is agreed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from vepshare import audit, policy
from vepshare.consent import Consent, Given, Target, Terms, Withdrawn
from vepshare.dossier import Compartment, State
from vepshare.ids import ConsentId, new_id
from vepshare.policy import Overview, Refusal
from vepshare.services import _access, _alarm, _consenting, _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import InvalidError
from vepshare.services._facts import Loaded
from vepshare.storage import Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsView:
    """The consents of a dossier, each cut down to what the caller may see of it."""

    reference: str
    pseudonym: str
    consents: tuple[Consent, ...]
    overview: Overview
    can_give: bool


def give(store: Store, caller: Caller, reference: str, terms: Terms, *, now: datetime) -> Consent:
    """Record a further consent; open at once what it opens; return it.

    Raises:
        UnknownDossierError, AccessEndedError, ActRefusedError: the caller may not.
        InvalidError: it does not stand as it is; the attempt is logged.

    Source: V2, V3, S02-R7

    """
    problem: InvalidError | None = None
    given: Consent | None = None
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_give(loaded, caller, now)
        if loaded is not None and refusal is None:
            try:
                _consenting.checked(work, terms, loaded.facts, caller, now=now)
            except InvalidError as error:
                # The attempt stays in the log: an excluded service was named by mistake (S04).
                problem, refusal = error, _refusal(error)
            else:
                given = _give(work, loaded, caller, terms, now)
        if given is None:
            of = _access.dossier_id(loaded)
            _records.note(work, caller, audit.Event.CONSENT_GIVEN, of, refusal, now=now)
    if problem is not None:
        raise problem
    if given is None:
        _access.refuse(loaded, caller, refusal or Refusal.INVALID, now=now)
    return given


def _may_give(loaded: Loaded | None, caller: Caller, now: datetime) -> Refusal | None:
    if loaded is None:
        return Refusal.UNKNOWN_DOSSIER
    return policy.decide_giving(loaded.facts, caller.actor, now=now)


def _refusal(error: InvalidError) -> Refusal:
    barred = Refusal.CANNOT_BE_ADDED in error.faults.values()
    return Refusal.CANNOT_BE_ADDED if barred else Refusal.INVALID


def _give(work: Work, loaded: Loaded, caller: Caller, terms: Terms, now: datetime) -> Consent:
    version = max((one.version for one in loaded.register.consents), default=0) + 1
    act = Given(consent_id=ConsentId(new_id()), version=version, terms=terms)
    before = loaded.register.place
    loaded = _facts.record(work, loaded, caller, act, now=now)
    _keys.align(work, loaded.dossier.id, loaded.register, caller=caller, now=now)
    if loaded.dossier.state is not State.ACTIVE:
        work.dossiers.set_state(loaded.dossier.id, State.ACTIVE)
    _consenting.watch(work, loaded, now=now)
    _consenting.recorded(work, caller, loaded, now=now)
    _consenting.place_moved(work, caller, before, loaded, now=now)
    return _known(loaded, act.consent_id)


def _known(loaded: Loaded, consent_id: ConsentId) -> Consent:
    found = loaded.register.consent(consent_id)
    if found is None:
        raise LookupError(consent_id)
    return found


def withdraw(
    store: Store,
    caller: Caller,
    reference: str,
    consent_id: ConsentId | None,
    *,
    targets: Iterable[Target] = (),
    compartments: Iterable[Compartment] = (),
    now: datetime,
) -> bool:
    """Record that she took back her word; tell whether anything is still shared afterwards.

    One consent whole, or with *targets* some services under every consent, or with
    *compartments* some subjects only. Without *consent_id* and *targets*: everything. When
    nobody is left, the dossier freezes. No reason is asked, and nobody is told. It is closed
    before the answer is sent.

    Raises:
        UnknownDossierError, AccessEndedError: the caller does not take part.
        InvalidError: nothing of what is named is open.

    Source: V4, R7, S02

    """
    targets, compartments = tuple(targets), frozenset(compartments)
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        refusal = _may_withdraw(loaded, caller, now)
        acts: tuple[Withdrawn, ...] = ()
        shared = False
        if loaded is not None and refusal is None:
            acts = _acts(loaded, consent_id, targets, compartments, now)
            for act in acts:
                loaded = _withdraw(work, loaded, caller, act, now)
            shared = _anyone_left(loaded, now)
        if refusal is not None or not acts:
            reason = refusal or Refusal.ALREADY_WITHDRAWN
            of = _access.dossier_id(loaded)
            _records.note(work, caller, audit.Event.CONSENT_WITHDRAWN, of, reason, now=now)
    if refusal is not None:
        _access.refuse(loaded, caller, refusal, now=now)
    if not acts:
        raise InvalidError({"recipients": Refusal.ALREADY_WITHDRAWN.value})
    return shared


def _may_withdraw(loaded: Loaded | None, caller: Caller, now: datetime) -> Refusal | None:
    if loaded is None:
        return Refusal.UNKNOWN_DOSSIER
    return policy.decide_withdrawing(loaded.facts, caller.actor, now=now)


def _acts(
    loaded: Loaded,
    consent_id: ConsentId | None,
    targets: tuple[Target, ...],
    compartments: frozenset[Compartment],
    now: datetime,
) -> tuple[Withdrawn, ...]:
    """Return the acts that say it, none when nothing of it is open any more."""
    # What is to be replaced later is open today: it closes as well.
    standing = [
        one for one in loaded.register.consents if one.ended_at is None or now < one.ended_at
    ]
    wanted = [one.id for one in standing if consent_id in {None, one.id}]
    known = consent_id is None or loaded.register.consent(consent_id) is not None
    if targets and known:
        # Named services are closed under every consent at once, whichever was pointed at, be it
        # one that has ended: one act says it all.
        wanted = [one.id for one in standing][:1]
    acts = (Withdrawn(consent_id=one, targets=targets, compartments=compartments) for one in wanted)
    return tuple(act for act in acts if _closes(loaded, act, now))


def _closes(loaded: Loaded, act: Withdrawn, now: datetime) -> bool:
    return any(
        grant.over(now) is None
        and (not act.compartments or grant.compartments & act.compartments)
        and (
            any(one.covers(grant.organisation_id, grant.profession) for one in act.targets)
            if act.targets
            else grant.consent_id == act.consent_id
        )
        for grant in loaded.register.grants
    )


def _withdraw(work: Work, loaded: Loaded, caller: Caller, act: Withdrawn, now: datetime) -> Loaded:
    loaded = _facts.record(work, loaded, caller, act, now=now)
    _keys.align(work, loaded.dossier.id, loaded.register, caller=caller, now=now)
    _records.note(
        work,
        caller,
        audit.Event.CONSENT_WITHDRAWN,
        loaded.dossier.id,
        None,
        now=now,
        ground=str(act.consent_id),
        digest=loaded.events[-1].digest,
        compartments={c: _records.NAMED for c in Compartment if c in act.compartments},
        count=len(act.targets),
    )
    if not _anyone_left(loaded, now) and loaded.dossier.state is State.ACTIVE:
        work.dossiers.set_state(loaded.dossier.id, State.FROZEN)
        event = audit.Event.DOSSIER_FROZEN
        _records.note(work, caller, event, loaded.dossier.id, None, now=now)
    return loaded


def _anyone_left(loaded: Loaded, now: datetime) -> bool:
    return any(grant.over(now) is None for grant in loaded.register.grants)


def list_consents(store: Store, caller: Caller, reference: str, *, now: datetime) -> ConsentsView:
    """Return the consents of a dossier, cut down to what the caller may see of them.

    Source: V6, S01-A2
    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        overview = (
            Overview(refusal=Refusal.UNKNOWN_DOSSIER)
            if loaded is None
            else policy.decide_overview(loaded.facts, caller.actor, now=now)
        )
        of = _access.dossier_id(loaded)
        _records.note(work, caller, audit.Event.CONSENT_READ, of, overview.refusal, now=now)
    if loaded is None or overview.refusal is not None:
        _access.refuse(loaded, caller, overview.refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    return ConsentsView(
        reference=loaded.dossier.reference,
        pseudonym=loaded.dossier.pseudonym,
        consents=tuple(_cut(one, overview, caller) for one in loaded.register.consents),
        overview=overview,
        can_give=policy.decide_giving(loaded.facts, caller.actor, now=now) is None,
    )


def _cut(consent: Consent, overview: Overview, caller: Caller) -> Consent:
    own = (caller.hat.organisation_id, caller.hat.profession)
    lines = tuple(
        replace(
            one,
            compartments=one.compartments & overview.compartments,
            own_ticks=one.own_ticks & overview.compartments,
        )
        for one in consent.terms.recipients
        if not overview.own_only or (one.organisation_id, one.profession) == own
    )
    shown = tuple(one for one in lines if one.compartments)
    refused = () if overview.own_only else consent.terms.refused
    # The interpreter's code stays with the organisation that recorded it (S06-L1).
    proof = consent.terms.proof
    if consent.recorded_by.organisation_id != caller.hat.organisation_id:
        proof = replace(proof, interpreter=None)
    terms = replace(consent.terms, recipients=shown, refused=refused, proof=proof)
    return replace(consent, terms=terms)

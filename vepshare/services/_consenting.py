"""What every act that changes consent has in common: checks, log, dates to watch."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from vepshare import audit, consent, policy
from vepshare.consent import Given, Terms
from vepshare.dossier import Compartment
from vepshare.ids import OrganisationId
from vepshare.policy import Facts
from vepshare.services import _records
from vepshare.services._caller import Caller
from vepshare.services._errors import InvalidError
from vepshare.services._facts import Loaded
from vepshare.services._sealing import Draft
from vepshare.storage import TaskKind, Work


def checked(
    work: Work,
    terms: Terms,
    facts: Facts | None,
    caller: Caller,
    drafts: Iterable[Draft] = (),
    *,
    now: datetime,
) -> None:
    """Return when *terms*, and the first entries, can be recorded.

    Raises:
        InvalidError: they cannot; every reason at once, by field.

    Source: R3, V2, V7, V13

    """
    witness = terms.proof.witness
    hats = () if witness is None else work.people.hats(witness)
    register = consent.Register() if facts is None else facts.register
    problems = (
        *consent.check(terms, register, recorder=caller.id, now=now),
        *policy.check_recipients(terms, facts),
        *policy.check_witness(terms, facts, hats),
    )
    faults = {one.field: one.fault.value for one in problems} | dict(_outside(terms, drafts, now))
    if faults:
        raise InvalidError(faults)


def _outside(terms: Terms, drafts: Iterable[Draft], now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the entries of an intake that nobody could read under this consent as yet (V13).

    A compartment without the tick of its own that its recipients need has no key.
    """
    agreed = {
        c
        for one in terms.recipients
        for c in one.compartments
        if c in one.own_ticks or not policy.needs_own_tick(one.profession, c)
    }
    waits = terms.proof.witness is not None or now < terms.starts
    for number, draft in enumerate(drafts):
        if waits or draft.kind.compartment not in agreed:
            yield f"entries.{number}.compartment", "not_consented"


def recorded(work: Work, caller: Caller, loaded: Loaded, *, now: datetime) -> None:
    """Log the consent that has just been recorded: its id, its digest, what it opens."""
    event = loaded.events[-1]
    if not isinstance(event.act, Given):
        raise TypeError("the last act is no consent")
    named = {c for one in event.act.terms.recipients for c in one.compartments}
    _records.note(
        work,
        caller,
        audit.Event.CONSENT_GIVEN,
        loaded.dossier.id,
        None,
        now=now,
        compartments={c: _records.NAMED for c in Compartment if c in named},
        ground=str(event.act.consent_id),
        digest=event.digest,
        purpose=min(event.act.terms.purposes),
        count=event.act.version,
    )


def place_moved(
    work: Work,
    caller: Caller,
    before: OrganisationId | None,
    loaded: Loaded,
    *,
    now: datetime,
) -> None:
    """Log that another shelter now runs the protected place: both names, no address (S05-L1)."""
    after = loaded.register.place
    if after is not None and after != before:
        _records.note(
            work,
            caller,
            audit.Event.PLACE_MOVED,
            loaded.dossier.id,
            None,
            now=now,
            subject=after,
            ground="" if before is None else str(before),
        )


def watch(work: Work, loaded: Loaded, *, now: datetime) -> None:
    """Note when something of this dossier begins or ends by itself; call the witness."""
    for one in loaded.register.consents:
        witness = one.terms.proof.witness
        if not one.confirmed and witness is not None:
            kind, of = TaskKind.CONFIRM_AS_WITNESS, loaded.dossier.id
            work.tasks.add(kind, of, professional_id=witness, now=now)
    moments = {grant.ends for grant in loaded.register.grants}
    moments |= {grant.starts for grant in loaded.register.grants}
    waiting = (one for one in loaded.register.consents if not one.confirmed)
    moments |= {one.recorded_at + policy.CONFIRMATION for one in waiting}
    work.consents.watch(loaded.dossier.id, moments)

"""The log as the data-protection officer reads it, and its proofs. Reading it is logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, policy
from vepshare.ids import DossierId, OrganisationId, ProfessionalId
from vepshare.people import Organisation
from vepshare.policy import Refusal
from vepshare.services import _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError, InvalidError
from vepshare.storage import LogFilter, Store, Work

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are asked for, as the officer names them: references, logins and codes."""

    dossier: str | None = None
    actor: str | None = None
    organisation: str | None = None
    event: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Entries, latest first, with what resolves their ids for display; `next` goes on."""

    entries: tuple[audit.Entry, ...]
    next: int | None
    total: int
    names: Mapping[ProfessionalId, str]
    logins: Mapping[ProfessionalId, str]
    organisations: Mapping[OrganisationId, Organisation]
    references: Mapping[DossierId, str]


def read_log(
    store: Store,
    caller: Caller,
    wanted: Wanted,
    *,
    cursor: int | None = None,
    limit: int = 50,
    now: datetime,
) -> LogPage:
    """Return entries of the log: facts and codes, never a content or the victim's name.

    The entry that tells of this very reading is made first, and is the latest one shown.

    Raises:
        ActRefusedError: the caller is not the data-protection officer.
        InvalidError: *limit* is not between 1 and 200.

    """
    if not 1 <= limit <= MOST:
        raise InvalidError({"limit": "out_of_range"})
    page: LogPage | None = None
    with store.begin() as work:
        refusal = policy.decide_log(caller.actor, now=now)
        _records.note(work, caller, audit.Event.LOG_READ, None, refusal, now=now)
        if refusal is None:
            page = _page(work, wanted, cursor, limit)
    if page is None:
        raise ActRefusedError(refusal or Refusal.FUNCTION_MAY_NOT)
    return page


def _page(work: Work, wanted: Wanted, cursor: int | None, limit: int) -> LogPage:
    professionals = work.people.professionals()
    organisations = work.people.organisations()
    found = _filter(work, wanted, {one.login: one.id for one, _ in professionals}, organisations)
    entries = () if found is None else work.log.find(found, before=cursor, most=limit + 1)
    shown = entries[:limit]
    return LogPage(
        entries=shown,
        next=shown[-1].index if len(entries) > limit else None,
        total=0 if found is None else work.log.count(found),
        names={one.id: one.name for one, _ in professionals},
        logins={one.id: one.login for one, _ in professionals},
        organisations=organisations,
        references=work.dossiers.references({e.dossier for e in shown if e.dossier is not None}),
    )


def _filter(
    work: Work,
    wanted: Wanted,
    logins: Mapping[str, ProfessionalId],
    organisations: Mapping[OrganisationId, Organisation],
) -> LogFilter | None:
    """Return the filter by ids, or None when something named does not exist."""
    codes = {one.code: one.id for one in organisations.values()}
    dossier = work.dossiers.id_of(wanted.dossier) if wanted.dossier else None
    actor = logins.get(wanted.actor) if wanted.actor else None
    organisation = codes.get(wanted.organisation) if wanted.organisation else None
    named = ((wanted.dossier, dossier), (wanted.actor, actor), (wanted.organisation, organisation))
    if any(name and found is None for name, found in named):
        return None
    return LogFilter(
        dossier=dossier,
        actor=actor,
        organisation=organisation,
        event=wanted.event or None,
        outcome=wanted.outcome or None,
        since=wanted.since,
        until=wanted.until,
    )


def last_checkpoint(store: Store, caller: Caller, *, now: datetime) -> str:
    """Return the latest signed checkpoint, empty when there is none.

    Raises:
        ActRefusedError: the caller is not the data-protection officer.

    """
    with store.begin() as work:
        refusal = policy.decide_log(caller.actor, now=now)
        _records.note(work, caller, audit.Event.LOG_PROVED, None, refusal, now=now)
        found = work.log.last_checkpoint()
    if refusal is not None:
        raise ActRefusedError(refusal)
    return found[0] if found else ""


def inclusion(
    store: Store, caller: Caller, *, index: int, size: int, now: datetime
) -> tuple[bytes, ...]:
    """Return the hashes that prove entry *index* is in the tree of *size* entries.

    Raises:
        ActRefusedError: the caller is not the data-protection officer.
        InvalidError: there is no such entry or size.

    Source: RFC 9162, section 2.1.3

    """
    return _proof(store, caller, size, 0 <= index < size, now, index, None)


def consistency(
    store: Store, caller: Caller, *, first: int, second: int, now: datetime
) -> tuple[bytes, ...]:
    """Return the hashes that prove the tree of *first* entries is the start of *second*.

    Raises:
        ActRefusedError, InvalidError: as for `inclusion`.

    Source: RFC 9162, section 2.1.4

    """
    return _proof(store, caller, second, 0 < first <= second, now, None, first)


def _proof(
    store: Store,
    caller: Caller,
    size: int,
    in_order: bool,
    now: datetime,
    index: int | None,
    first: int | None,
) -> tuple[bytes, ...]:
    proof: tuple[bytes, ...] | None = None
    with store.begin() as work:
        refusal = policy.decide_log(caller.actor, now=now)
        _records.note(work, caller, audit.Event.LOG_PROVED, None, refusal, now=now)
        if refusal is None and in_order and 0 < size <= work.log.head().size:
            if index is not None:
                proof = audit.inclusion_proof(index, size, work.log)
            elif first is not None:
                proof = audit.consistency_proof(first, size, work.log)
    if refusal is not None:
        raise ActRefusedError(refusal)
    if proof is None:
        raise InvalidError({"size": "out_of_range"})
    return proof

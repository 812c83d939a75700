"""Writing an entry, and rectifying one."""

from collections.abc import Callable, Iterable
from datetime import datetime

from vepshare import audit, policy
from vepshare.dossier import KINDS, Compartment, EntryKind, looks_like_place, texts
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import EntryId, OrganisationId, ServiceId, new_id
from vepshare.people import Profession
from vepshare.policy import Decision, Level, Refusal
from vepshare.services import _access, _alarm, _facts, _keys, _records, _rotations
from vepshare.services._caller import Caller
from vepshare.services._errors import InvalidError, StaleVersionError, UnknownDossierError
from vepshare.services._facts import Loaded
from vepshare.services._places import digest_of
from vepshare.services._recipients import Recipients, gone
from vepshare.services._sealing import Draft, Position, SealedEntry, seal_entry
from vepshare.services._unsealing import Opener
from vepshare.storage import EntryRow, Epoch, Store, Work

Address = tuple[OrganisationId, Profession]


def write_entry(
    store: Store,
    caller: Caller,
    reference: str,
    draft: Draft,
    *,
    addressed_to: Iterable[Address] = (),
    place_checked: bool = False,
    now: datetime,
) -> EntryId:
    """Seal an entry, log it and store it in one transaction; return its id.

    Raises:
        UnknownDossierError, AccessEndedError, ActRefusedError: the caller may not.
        InvalidError: the text looks like a place and *place_checked* does not say that the
            author has looked (S05-A1); or a service it is addressed to takes no part.

    Source: V1, V4, V8

    """
    addressed_to = tuple(addressed_to)
    entry_id = EntryId(new_id())
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        decision = _decide(loaded, caller, draft, now)
        if loaded is not None and decision.refusal is None:
            decision = _with_key(work, loaded, caller, decision, draft.kind.compartment, now)
        if loaded is not None and decision.refusal is None:
            _check_place(loaded, draft, place_checked)
            services = _addressees(work, loaded, draft, addressed_to, now)
            position = Position(dossier_id=loaded.dossier.id, entry_id=entry_id)
            sealed = _seal(work, loaded, caller, decision, draft, position, addressed_to, now)
            work.entries.address(loaded.dossier.id, entry_id, services)
            _store(work, caller, sealed, audit.Event.ENTRY_WRITTEN, decision, now)
        else:
            event = audit.Event.ENTRY_WRITTEN
            _log_refusal(work, caller, event, loaded, decision, draft.kind.compartment, now)
    if decision.refusal is not None:
        _access.refuse(loaded, caller, decision.refusal, now=now)
    return entry_id


def rectify_entry(
    store: Store,
    caller: Caller,
    reference: str,
    entry_id: EntryId,
    revise: Callable[[EntryKind], Draft],
    *,
    version: int,
    place_checked: bool = False,
    now: datetime,
) -> int:
    """Add a version to an entry, on top of *version*, and return its number.

    *revise* is given the kind of the entry, once the caller may rectify it, and returns what
    the new version says.

    Raises:
        UnknownDossierError: also when the entry is in no compartment open to the caller.
        AccessEndedError, ActRefusedError, InvalidError: as for `write_entry`.
        StaleVersionError: *version* is not the last; nothing is overwritten.

    """
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        row = None if loaded is None else work.entries.get(loaded.dossier.id, entry_id)
        decision = _decide_rectifying(loaded, row, caller, now)
        if decision.refusal is None and row is not None and row.version != version:
            decision = Decision(refusal=Refusal.LOST_RACE)
        if loaded is not None and row is not None and decision.refusal is None:
            _check_last(work, loaded, caller, decision, row, now)
            draft = revise(KINDS[row.kind])
            _check_place(loaded, draft, place_checked)
            _rectify(work, loaded, caller, decision, draft, row, now)
        else:
            event, of = audit.Event.ENTRY_RECTIFIED, _access.dossier_id(loaded)
            _records.note(work, caller, event, of, decision.refusal, now=now, subject=entry_id)
    if decision.refusal is Refusal.LOST_RACE:
        raise StaleVersionError
    if decision.refusal is Refusal.COMPARTMENT_NOT_CONSENTED:
        raise UnknownDossierError
    if decision.refusal is not None:
        _access.refuse(loaded, caller, decision.refusal, now=now)
    return version + 1


def _decide(loaded: Loaded | None, caller: Caller, draft: Draft, now: datetime) -> Decision:
    if loaded is None:
        return Decision(refusal=Refusal.UNKNOWN_DOSSIER)
    compartment = draft.kind.compartment
    return policy.decide_writing(loaded.facts, caller.actor, compartment, now=now)


def _with_key(
    work: Work,
    loaded: Loaded,
    caller: Caller,
    decision: Decision,
    compartment: Compartment,
    now: datetime,
) -> Decision:
    """Begin the first key of a compartment, where a reader who could not hold one now can.

    Refused while nobody can: what is written would open for nobody, ever.
    """
    if _current_epoch(work, loaded, compartment) is None:
        _keys.align(work, loaded.dossier.id, loaded.register, caller=caller, now=now)
        if _current_epoch(work, loaded, compartment) is None:
            return Decision(refusal=Refusal.NO_KEY)
    return decision


def _decide_rectifying(
    loaded: Loaded | None, row: EntryRow | None, caller: Caller, now: datetime
) -> Decision:
    if loaded is None:
        return Decision(refusal=Refusal.UNKNOWN_DOSSIER)
    reading = policy.decide_reading(loaded.facts, caller.actor, now=now)
    if reading.refusal is None and (row is None or row.compartment not in reading.cells):
        # An entry that is not there and one that is closed to the caller look the same.
        return Decision(refusal=Refusal.COMPARTMENT_NOT_CONSENTED)
    if row is None:
        return reading
    return policy.decide_rectifying(
        loaded.facts, caller.actor, row.compartment, written_by=row.organisation_id, now=now
    )


def _check_place(loaded: Loaded, draft: Draft, place_checked: bool) -> None:
    """Stop a text that may tell where she is, until its author has looked again (S05-A1).

    The answer names neither the text nor an address: a screen can be read over a shoulder.
    """
    elsewhere = draft.kind.compartment is not Compartment.PROTECTED_PLACE
    if place_checked or loaded.register.place is None or not elsewhere:
        return
    if draft.values.satisfies(lambda values: any(map(looks_like_place, texts(draft.kind, values)))):
        raise InvalidError({"values": "looks_like_place"})


def _addressees(
    work: Work, loaded: Loaded, draft: Draft, addressed_to: tuple[Address, ...], now: datetime
) -> tuple[ServiceId, ...]:
    """Return the services an entry is addressed to; each must hold the compartment itself."""
    open_to = {
        (one.organisation_id, one.profession)
        for one in policy.holders(loaded.register, now=now)
        if one.compartment is draft.kind.compartment and one.level is not Level.FLAG
    }
    known = work.people.service_keys()
    if any(one not in open_to or one not in known for one in addressed_to):
        raise InvalidError({"addressed_to": "not_a_recipient"})
    return tuple(known[one].service_id for one in addressed_to)


def _seal(
    work: Work,
    loaded: Loaded,
    caller: Caller,
    decision: Decision,
    draft: Draft,
    position: Position,
    addressed_to: tuple[Address, ...],
    now: datetime,
) -> SealedEntry:
    dossier_id, compartment = loaded.dossier.id, draft.kind.compartment
    cell = decision.cells[compartment]
    own_key_for = None
    if cell.level is Level.WRITE_OWN or addressed_to:
        mine = cell.grant.organisation_id
        leavers = gone(loaded.facts.participants)
        resolve = Recipients(work, loaded.register, gone=leavers)
        own_key_for = resolve.readers(compartment, mine, addressed_to, now=now)
    held = _keys.Held(dossier_id, caller, work.keys.wraps_for(dossier_id, tuple(caller.key_ids)))
    epoch = _current_epoch(work, loaded, compartment)
    if epoch is None or (own_key_for is None and held.key(compartment, epoch.epoch) is None):
        # A consent has begun since the keys were last brought into line.
        held = _keys.align(work, dossier_id, loaded.register, caller=caller, now=now)
        epoch = _current_epoch(work, loaded, compartment)
    if epoch is None:
        raise LookupError("a writer is entitled to a compartment without a key")
    _rotations.check(work, dossier_id, epoch)
    return seal_entry(draft, position, epoch, caller, held=held, own_key_for=own_key_for, now=now)


def _current_epoch(work: Work, loaded: Loaded, compartment: Compartment) -> Epoch | None:
    epochs = [one for one in work.keys.epochs(loaded.dossier.id) if one.compartment is compartment]
    return epochs[-1] if epochs else None


def _check_last(
    work: Work, loaded: Loaded, caller: Caller, decision: Decision, row: EntryRow, now: datetime
) -> None:
    """Return if *row* is what was written, as far as the caller's keys open it.

    Its kind and its organisation decide what may follow it, and its digest is what follows.

    Raises:
        TamperedError: it is not.

    """
    of, keys = loaded.dossier.id, tuple(caller.key_ids)
    wraps = work.keys.wraps_for(of, keys)
    own = work.entries.wraps_for(of, keys) if row.own_key else ()
    opener = Opener(of, caller, loaded.register, wraps=wraps, entry_wraps=own, now=now)
    for _ in opener.views(decision.cells[row.compartment], (row,)):
        pass
    if row.digest != digest_of(row):
        raise TamperedError(Tampered.VALUE)


def _rectify(
    work: Work,
    loaded: Loaded,
    caller: Caller,
    decision: Decision,
    draft: Draft,
    row: EntryRow,
    now: datetime,
) -> None:
    position = Position(
        dossier_id=loaded.dossier.id,
        entry_id=row.id,
        version=row.version + 1,
        previous=row.digest,
    )
    services = work.entries.addressees(loaded.dossier.id).get(row.id, frozenset())
    known = work.people.service_keys()
    addressed = tuple(service for service, key in known.items() if key.service_id in services)
    sealed = _seal(work, loaded, caller, decision, draft, position, addressed, now)
    _store(work, caller, sealed, audit.Event.ENTRY_RECTIFIED, decision, now)


def _store(
    work: Work,
    caller: Caller,
    sealed: SealedEntry,
    event: audit.Event,
    decision: Decision,
    now: datetime,
) -> None:
    row = sealed.row
    work.entries.add(row)
    work.entries.add_wraps(row.dossier_id, sealed.wraps)
    _records.note(
        work,
        caller,
        event,
        row.dossier_id,
        None,
        now=now,
        cells=decision.cells,
        subject=row.id,
        count=row.version,
        digest=row.digest,
    )


def _log_refusal(
    work: Work,
    caller: Caller,
    event: audit.Event,
    loaded: Loaded | None,
    decision: Decision,
    compartment: Compartment,
    now: datetime,
) -> None:
    _records.note(
        work,
        caller,
        event,
        _access.dossier_id(loaded),
        decision.refusal,
        now=now,
        compartments={compartment: _records.NAMED},
    )

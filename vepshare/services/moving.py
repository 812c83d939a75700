"""Moving on: what is wrapped to a former key of a service is wrapped to its present one.

When a member leaves, the next request of one who remains makes the next key of the service, and
signs for it. Dossiers that name the service are not touched then: there may be thousands. The
sessions of its members do it, a few dossiers a request; until then they read with the former
key, which the one who left has not been left with.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from vepshare import audit, crypto
from vepshare.crypto import CompartmentKey, EntryKey, EntryWrapPlace, FlagKey, Part
from vepshare.dossier import Compartment
from vepshare.errors import TamperedError
from vepshare.ids import DossierId
from vepshare.services import _alarm, _facts, _keys, _recipients, _records, accounts
from vepshare.services._caller import Caller
from vepshare.services._places import place_of
from vepshare.services._publishing import Signer
from vepshare.services._recipients import Entitled, Slot
from vepshare.services._sealing import wrap_own_key
from vepshare.storage import EntryWrap, KeyWrap, PendingWrap, ServiceKey, Store, Work

MOST = 2
"""Dossiers in one request, each in a transaction of its own: below 50 ms (`bench keys`)."""


def move_on(store: Store, caller: Caller, *, now: datetime) -> int:
    """Move a few dossiers of the caller's service to its present key; return how many.

    When none is left, the seeds of the former keys are destroyed.

    Raises:
        TamperedError: a wrap is not what was stored; its dossier stays as it is, the others move.

    Source: DESIGN 5

    """
    if caller.renewal_due:
        renew(store, caller, now=now)
    former = caller.former_key_ids
    if not former:
        return 0
    with store.glance() as work:
        waiting = work.keys.dossiers_of(former, most=MOST)
    tampered: TamperedError | None = None
    for dossier_id in waiting:
        try:
            _move(store, caller, dossier_id, former, now)
        except TamperedError as error:
            tampered = error
    if tampered is not None:
        raise tampered
    if not waiting:
        _retire(store, caller)
    return len(waiting)


def renew(store: Store, caller: Caller, *, now: datetime) -> None:
    """Make the next key of the caller's service, if it is due, and sign for it as a member."""
    service = (caller.hat.organisation_id, caller.hat.profession)
    signer = Signer(professional_id=caller.id, seed=caller.keyring.signing)
    with store.begin() as work:
        key = work.people.service_keys()[service]
        # Whoever is not a published member signs for nothing that anybody would believe.
        if key.renewal_due and accounts.is_published(work, key, caller.id):
            accounts.begin_service_epoch(work, key, signer, now=now)


def _retire(store: Store, caller: Caller) -> None:
    """Destroy the seeds of the former keys of the caller's service, for all its members."""
    service = (caller.hat.organisation_id, caller.hat.profession)
    with store.peek() as work:
        key = work.people.service_keys()[service]
        waiting = work.people.has_former_seeds(key.service_id, before=key.epoch)
    if waiting:
        with store.begin() as work:
            key = work.people.service_keys()[service]
            # Somebody may have left again meanwhile: then their key is not empty yet.
            old = [one for one, now in work.people.former_keys().items() if now == key]
            if not work.keys.dossiers_of(old, most=1):
                work.people.drop_former_seeds(key.service_id, before=key.epoch)


def _move(
    store: Store, caller: Caller, dossier_id: DossierId, former: frozenset[bytes], now: datetime
) -> None:
    with store.peek() as work:
        reference = work.dossiers.references((dossier_id,))[dossier_id]
    with _alarm.watching(store, caller, reference, now=now), store.begin() as work:
        loaded = _facts.to_change(work, reference)
        if loaded is None:
            return
        # Whoever is no longer entitled loses it here, and the keys move on as at any other end.
        _keys.align(work, dossier_id, loaded.register, caller=caller, now=now)
        leavers = _recipients.gone(loaded.facts.participants)
        wanted = _recipients.entitled(work, loaded.register, now, gone=leavers)
        key = work.people.service_keys()[caller.hat.organisation_id, caller.hat.profession]
        wraps = [
            _wrapped_anew(dossier_id, one, caller, wanted, key)
            for one in work.keys.wraps_for(dossier_id, former)
        ]
        own = list(_own_wrapped_anew(work, dossier_id, caller, former, wanted, key))
        work.keys.drop_recipient(dossier_id, former)
        work.keys.add_wraps(dossier_id, wraps)
        work.entries.add_wraps(dossier_id, own)
        touched = {one.compartment for one in wraps} | {one.compartment for one in own}
        _log(work, caller, dossier_id, touched, len(wraps) + len(own), now)


def _log(
    work: Work,
    caller: Caller,
    dossier_id: DossierId,
    touched: Iterable[Compartment],
    count: int,
    now: datetime,
) -> None:
    named = frozenset(touched)
    _records.note(
        work,
        caller,
        audit.Event.KEY_MOVED,
        dossier_id,
        None,
        now=now,
        compartments={one: _records.NAMED for one in Compartment if one in named},
        count=count,
    )


def _wrapped_anew(
    dossier_id: DossierId, one: KeyWrap, caller: Caller, wanted: Entitled, key: ServiceKey
) -> KeyWrap:
    """Return a wrap to the present key, under the same consent as the one to the former key."""
    if Slot(one.compartment, Part(one.part), key.key_id) not in wanted.slots:
        raise LookupError("what is no longer owed has been dropped before")
    secret: CompartmentKey | FlagKey
    if one.part == Part.BODY:
        secret = _keys.open_wrap(dossier_id, one, CompartmentKey, caller)
    else:
        secret = _keys.open_wrap(dossier_id, one, FlagKey, caller)
    owed = PendingWrap(
        compartment=one.compartment,
        epoch=one.epoch,
        part=one.part,
        recipient_key=key.key_id,
        grant=one.grant,
    )
    return _keys.make_wrap(dossier_id, owed, secret, key.public)


def _own_wrapped_anew(
    work: Work,
    dossier_id: DossierId,
    caller: Caller,
    former: frozenset[bytes],
    wanted: Entitled,
    key: ServiceKey,
) -> Iterator[EntryWrap]:
    """Yield the own keys of entries wrapped to the present key, where it is owed them."""
    stored = [
        one
        for one in work.entries.wraps_for(dossier_id, former)
        if not one.inbox and wanted.reads_own(one.compartment, key.key_id)
    ]
    rows = work.entries.versions(dossier_id, {one.compartment for one in stored})
    places = {(row.id, row.version): place_of(row) for row in rows}
    for one in stored:
        place = places[one.entry_id, one.version]
        at = EntryWrapPlace(place=place, part=Part.BODY, recipient_key=one.recipient_key)
        private = caller.private_key(one.recipient_key)
        secret = crypto.unwrap(EntryKey, one.wrap, private, at.info())
        to = (key.key_id, key.public)
        yield wrap_own_key(place, Part.BODY, secret, to, inbox=False)

"""Handing over keys that are owed: to recipients whose public key was not the published one.

Older epochs are drained; what is left to hand over are present ones.
"""

from collections.abc import Iterable
from datetime import datetime

from vepshare import audit, crypto
from vepshare.crypto import Part
from vepshare.services import _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._recipients import Slot, entitled, gone
from vepshare.storage import KeyWrap, PendingWrap, Store, Work


def hand_over(
    store: Store,
    caller: Caller,
    reference: str,
    wraps: Iterable[KeyWrap],
    *,
    now: datetime,
) -> None:
    """Settle what is owed with the keys in *wraps*, those of a reading; what else is owed waits on.

    In a transaction of its own, that looks again: whoever has lost their consent since then
    is owed nothing any more.
    """
    with store.begin() as work:
        loaded = _facts.to_change(work, reference)
        if loaded is None:
            return
        publics = _publics(work, loaded, now)
        held = _keys.Held(loaded.dossier.id, caller, wraps)
        for owed in work.keys.owed(loaded.dossier.id):
            key = held.key(owed.compartment, owed.epoch)
            slot = Slot(owed.compartment, Part(owed.part), owed.recipient_key)
            if key is not None and slot in publics:
                secret = key if slot.part is Part.BODY else crypto.flag_key(key)
                wrap = _keys.make_wrap(loaded.dossier.id, owed, secret, publics[slot])
                work.keys.add_wraps(loaded.dossier.id, (wrap,))
                work.keys.settle(loaded.dossier.id, owed)
                _log(work, caller, loaded, owed, now)


def _publics(work: Work, loaded: _facts.Loaded, now: datetime) -> dict[Slot, bytes]:
    leavers = gone(loaded.facts.participants)
    wanted = entitled(work, loaded.register, now, gone=leavers)
    return {slot: owed.public for slot, owed in wanted.slots.items()}


def _log(
    work: Work, caller: Caller, loaded: _facts.Loaded, owed: PendingWrap, now: datetime
) -> None:
    _records.note(
        work,
        caller,
        audit.Event.KEY_SHARED,
        loaded.dossier.id,
        None,
        now=now,
        compartments={owed.compartment: _records.NAMED},
        count=owed.epoch,
        digest=owed.recipient_key,
    )

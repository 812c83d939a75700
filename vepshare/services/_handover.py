"""Handing over older keys to recipients who were added when no holder was at hand."""

from collections.abc import Iterable
from datetime import datetime

from vepshare import audit
from vepshare.consent import Register
from vepshare.crypto import Part
from vepshare.services import _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._recipients import Slot, entitled
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
        publics = _publics(work, loaded.register, now)
        held = _keys.Held(loaded.dossier.id, caller, wraps)
        for owed in work.keys.owed(loaded.dossier.id):
            key = held.key(owed.compartment, owed.epoch)
            slot = Slot(owed.compartment, Part(owed.part), owed.recipient_key)
            if key is not None and slot in publics:
                wrap = _keys.make_wrap(loaded.dossier.id, owed, key, publics[slot])
                work.keys.add_wraps(loaded.dossier.id, (wrap,))
                work.keys.settle(loaded.dossier.id, owed)
                _log(work, caller, loaded, owed, now)


def _publics(work: Work, register: Register, now: datetime) -> dict[Slot, bytes]:
    return {slot: owed.public for slot, owed in entitled(work, register, now).slots.items()}


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

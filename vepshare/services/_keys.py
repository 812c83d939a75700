"""The keys of a dossier follow its consents: the one place where a wrap is made.

`align` compares what the register says with what the key tables hold, and makes them agree.
It is called inside every transaction that changes the register, so that there is never a wrap
without its consent, nor a consent that opens nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from vepshare import audit, crypto
from vepshare.consent import Register
from vepshare.crypto import CompartmentKey, FlagKey, GrantPlace, Part
from vepshare.dossier import Compartment
from vepshare.ids import DossierId, RequestId, new_id
from vepshare.services import _recipients, _rotations
from vepshare.services._caller import Caller
from vepshare.services._recipients import Entitled, Slot
from vepshare.services._records import NAMED
from vepshare.storage import Epoch, KeyWrap, PendingWrap, ServiceKey, Work

K = TypeVar("K", CompartmentKey, FlagKey)


class Held:
    """The compartment keys that can be used here: unwrapped from the caller's, or just made."""

    def __init__(
        self, dossier_id: DossierId, caller: Caller | None, wraps: Iterable[KeyWrap]
    ) -> None:
        self._dossier_id = dossier_id
        self._caller = caller
        keys = frozenset() if caller is None else frozenset(caller.key_ids)
        self._wraps = {
            (one.compartment, one.epoch): one
            for one in wraps
            if one.part == Part.BODY and one.recipient_key in keys
        }
        self._made: dict[tuple[Compartment, int], CompartmentKey] = {}

    def key(self, compartment: Compartment, epoch: int) -> CompartmentKey | None:
        """Return a compartment key, or None when neither the caller nor this work holds it."""
        if (compartment, epoch) in self._made:
            return self._made[compartment, epoch]
        stored = self._wraps.get((compartment, epoch))
        if stored is None or self._caller is None:
            return None
        key = open_wrap(self._dossier_id, stored, CompartmentKey, self._caller)
        self._made[compartment, epoch] = key
        return key

    def keep(self, compartment: Compartment, epoch: int, key: CompartmentKey) -> None:
        """Keep a key that has just been made until the work ends; then it is forgotten."""
        self._made[compartment, epoch] = key


def open_wrap(dossier_id: DossierId, stored: KeyWrap, cls: type[K], caller: Caller) -> K:
    """Return the key in a wrap made for the caller.

    Raises:
        TamperedError: the wrap was made for another place, consent or key.

    """
    place = _place(dossier_id, stored, stored.recipient_key, stored.grant)
    return crypto.unwrap(cls, stored.wrap, caller.private_key(stored.recipient_key), place.info())


def align(
    work: Work,
    dossier_id: DossierId,
    register: Register,
    *,
    caller: Caller | None,
    now: datetime,
) -> Held:
    """Make the key tables say what *register* says at *now*; return the keys made or used.

    Who lost a compartment loses every wrap of it, and those who remain get a new epoch, for
    which public keys suffice. Who was added gets the epochs the caller holds; a fresh one when
    the caller holds none; what is older waits for somebody who holds it.

    Source: V4, V7, R7
    """
    stored = work.keys.wraps(dossier_id)
    held = Held(dossier_id, caller, stored)
    leavers = _recipients.gone(work.dossiers.participants(dossier_id))
    wanted = _recipients.entitled(work, register, now, gone=leavers)
    present = _Present(work.people.former_keys())
    having = {*map(_slot, stored), *map(_slot, work.keys.owed(dossier_id))}
    emptied = {_slot(one) for one in stored if not one.wrap}
    kept = wanted.slots.keys() | wanted.withheld.keys()
    lost = {one for one in having if present.slot(one) not in kept} | emptied
    served = set(map(present.slot, having - emptied))
    new, waiting = wanted.slots.keys() - served, wanted.withheld.keys() - served
    work.keys.drop_wraps(dossier_id, lost)
    lost_own = _lost_entry_wraps(work, dossier_id, wanted, present)
    work.entries.drop_wraps(dossier_id, lost_own)
    plan = _Alignment(work, dossier_id, wanted, held, present.held_by(stored, wanted), now=now)
    for compartment in Compartment:
        plan.compartment(
            compartment,
            # Whoever lost only keys of entries moves the compartment on as well: when it is
            # drained, its entries get other keys, and those who remain are handed them anew.
            lost=any(one is compartment for one, *_ in (*lost, *lost_own)),
            new={one for one in new if one.compartment is compartment},
            waiting={one for one in waiting if one.compartment is compartment},
        )
    if plan.begun:
        work.log.append(_rotation(dossier_id, plan.begun, caller), now=now)
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancies:
    """Where keys and consents of a dossier do not agree: numbers only.

    `extra` wraps are held by somebody who is entitled to nothing of it, `missing` ones neither
    exist nor are owed.
    """

    extra: int
    missing: int


def discrepancies(
    work: Work, dossier_id: DossierId, register: Register, *, now: datetime
) -> Discrepancies:
    """Return what `align` would have to mend in a dossier, and change nothing."""
    leavers = _recipients.gone(work.dossiers.participants(dossier_id))
    entitled = _recipients.entitled(work, register, now, gone=leavers)
    kept = entitled.slots.keys() | entitled.withheld.keys()
    present = _Present(work.people.former_keys())
    stored = {*map(_slot, work.keys.wraps(dossier_id)), *map(_slot, work.keys.owed(dossier_id))}
    having = set(map(present.slot, stored))
    missing = entitled.slots.keys() - having
    return Discrepancies(extra=len(having - kept), missing=len(missing))


def _slot(one: KeyWrap | PendingWrap) -> Slot:
    return Slot(one.compartment, Part(one.part), one.recipient_key)


class _Present:
    """Former keys of services stand for the present ones until everything has moved on."""

    def __init__(self, former: Mapping[bytes, ServiceKey]) -> None:
        self._former = former

    def key(self, recipient_key: bytes) -> bytes:
        """Return the present key of the recipient, as its id."""
        following = self._former.get(recipient_key)
        return recipient_key if following is None else following.key_id

    def slot(self, one: Slot) -> Slot:
        """Return the slot under the present key of its recipient."""
        return one._replace(recipient_key=self.key(one.recipient_key))

    def held_by(
        self, stored: Iterable[KeyWrap], wanted: Entitled
    ) -> frozenset[tuple[Compartment, int]]:
        """Return of which (compartment, epoch) somebody entitled holds the whole key."""
        return frozenset(
            (one.compartment, one.epoch)
            for one in stored
            if one.part == Part.BODY and self.slot(_slot(one)) in wanted.slots
        )


def _rotation(dossier_id: DossierId, begun: list[Epoch], caller: Caller | None) -> audit.Record:
    """Return the entry that publishes the new epochs: whoever swaps an inbox is found out."""
    return audit.Record(
        event=audit.Event.KEY_ROTATED,
        outcome=audit.Outcome.ALLOWED,
        actor=None if caller is None else caller.id,
        profession="" if caller is None else caller.hat.profession.value,
        organisation=None if caller is None else caller.hat.organisation_id,
        dossier=dossier_id,
        compartments={one.compartment.value: NAMED for one in begun},
        request=RequestId(new_id()) if caller is None else caller.request,
        digest=_rotations.digest_of(dossier_id, begun),
    )


def _lost_entry_wraps(
    work: Work, dossier_id: DossierId, wanted: Entitled, present: _Present
) -> frozenset[tuple[Compartment, bytes]]:
    kept = wanted.writers | {
        (slot.compartment, slot.recipient_key)
        for slot in (*wanted.slots, *wanted.withheld)
        if slot.part is Part.BODY
    }
    return frozenset(
        (compartment, key)
        for compartment, key in work.entries.wrapped_to(dossier_id)
        if (compartment, present.key(key)) not in kept
    )


class _Alignment:
    """The work of `align` on one dossier."""

    def __init__(
        self,
        work: Work,
        dossier_id: DossierId,
        wanted: Entitled,
        held: Held,
        holders: frozenset[tuple[Compartment, int]],
        *,
        now: datetime,
    ) -> None:
        self._work = work
        self._now = now
        self._dossier_id = dossier_id
        self._wanted = wanted
        self._held = held
        self._holders = holders
        self.begun: list[Epoch] = []
        self._last: dict[Compartment, int] = {}
        for epoch in work.keys.epochs(dossier_id):
            self._last[epoch.compartment] = epoch.epoch

    def compartment(
        self, compartment: Compartment, *, lost: bool, new: set[Slot], waiting: set[Slot]
    ) -> None:
        """Bring one compartment into line."""
        last = self._last.get(compartment, 0)
        current = self._held.key(compartment, last) if last and new else None
        if lost or not last or (new and current is None):
            self._begin_epoch(compartment, last + 1)
        else:
            if new and current is not None:
                self._hand_out(last, current, new)
            self._owe(last, waiting)
        # The former shelter's address is closed, not passed on (S05).
        if new and compartment is not Compartment.PROTECTED_PLACE:
            self._hand_out_older(compartment, last if not lost and current else last + 1, new)

    def _begin_epoch(self, compartment: Compartment, number: int) -> None:
        slots = {slot for slot in self._wanted.slots if slot.compartment is compartment}
        writing = any(one is compartment for one, _ in self._wanted.writers)
        if not slots and not writing:
            return
        key = CompartmentKey.new()
        self._held.keep(compartment, number, key)
        epoch = _epoch(compartment, number, key, self._now)
        self._work.keys.add_epoch(self._dossier_id, epoch)
        self.begun.append(epoch)
        self._hand_out(number, key, slots)
        withheld = self._wanted.withheld
        self._owe(number, {slot for slot in withheld if slot.compartment is compartment})

    def _owe(self, number: int, waiting: set[Slot]) -> None:
        withheld = self._wanted.withheld
        self._work.keys.owe(
            self._dossier_id, (_owed(slot, number, withheld[slot]) for slot in waiting)
        )

    def _hand_out_older(self, compartment: Compartment, below: int, new: set[Slot]) -> None:
        for number in range(1, below):
            key = self._held.key(compartment, number)
            if key is not None:
                self._hand_out(number, key, new)
            elif (compartment, number) in self._holders:
                self._work.keys.owe(self._dossier_id, (self._pending(slot, number) for slot in new))

    def _pending(self, slot: Slot, number: int) -> PendingWrap:
        return _owed(slot, number, self._wanted.slots[slot].grant)

    def _hand_out(self, number: int, key: CompartmentKey, slots: set[Slot]) -> None:
        pairs = ((self._pending(slot, number), self._wanted.slots[slot].public) for slot in slots)
        flag = crypto.flag_key(key)
        wraps = [
            make_wrap(self._dossier_id, owed, key if owed.part == Part.BODY else flag, public)
            for owed, public in pairs
        ]
        self._work.keys.add_wraps(self._dossier_id, wraps)


def _owed(slot: Slot, number: int, grant: bytes) -> PendingWrap:
    return PendingWrap(
        compartment=slot.compartment,
        epoch=number,
        part=slot.part.value,
        recipient_key=slot.recipient_key,
        grant=grant,
    )


def make_wrap(
    dossier_id: DossierId, owed: PendingWrap, secret: CompartmentKey | FlagKey, public: bytes
) -> KeyWrap:
    """Return the wrap that was owed: consent, as bytes."""
    place = _place(dossier_id, owed, owed.recipient_key, owed.grant)
    return KeyWrap(
        compartment=owed.compartment,
        epoch=owed.epoch,
        part=owed.part,
        recipient_key=owed.recipient_key,
        grant=owed.grant,
        wrap=crypto.wrap(secret, public, place.info()),
    )


def _place(
    dossier_id: DossierId, one: KeyWrap | PendingWrap, recipient_key: bytes, grant: bytes
) -> GrantPlace:
    return GrantPlace(
        dossier=dossier_id,
        compartment=one.compartment.value,
        part=Part(one.part),
        epoch=one.epoch,
        recipient_key=recipient_key,
        grant=grant,
    )


def _epoch(compartment: Compartment, number: int, key: CompartmentKey, now: datetime) -> Epoch:
    flag = crypto.flag_key(key)
    return Epoch(
        compartment=compartment,
        epoch=number,
        body_commitment=crypto.commitment(key),
        flag_commitment=crypto.commitment(flag),
        body_inbox=crypto.public_key(crypto.inbox_seed(key)),
        flag_inbox=crypto.public_key(crypto.inbox_seed(flag)),
        begun_at=now,
    )

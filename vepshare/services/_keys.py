"""The keys of a dossier follow its consents: the one place where a wrap is made.

`align` compares what the register says with what the key tables hold, and makes them agree.
It is called inside every transaction that changes the register, so that there is never a wrap
without its consent, nor a consent that opens nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from vepshare import crypto, policy
from vepshare.consent import Register
from vepshare.crypto import CompartmentKey, FlagKey, GrantPlace, Part
from vepshare.dossier import Compartment
from vepshare.ids import DossierId, OrganisationId, ProfessionalId
from vepshare.people import Profession
from vepshare.policy import Holder, Level
from vepshare.services._caller import Caller
from vepshare.storage import Epoch, KeyWrap, PendingWrap, Work

K = TypeVar("K", CompartmentKey, FlagKey)


class Slot(NamedTuple):
    """One key owed to one recipient: of which compartment, which part, to which public key."""

    compartment: Compartment
    part: Part
    recipient_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owed:
    public: bytes
    grant: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Whom the register entitles to keys, and (compartment, recipient key) of who only writes."""

    slots: Mapping[Slot, _Owed]
    writers: frozenset[tuple[Compartment, bytes]]


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
    entitled = wanted(work, register, now)
    owed = {
        Slot(one.compartment, Part(one.part), one.recipient_key)
        for one in work.keys.owed(dossier_id)
    }
    having = {Slot(one.compartment, Part(one.part), one.recipient_key) for one in stored} | owed
    lost = having - entitled.slots.keys()
    work.keys.drop_wraps(dossier_id, lost)
    work.entries.drop_wraps(dossier_id, _lost_entry_wraps(work, dossier_id, entitled))
    plan = _Alignment(work, dossier_id, entitled, held, stored)
    for compartment in Compartment:
        plan.compartment(
            compartment,
            lost={one for one in lost if one.compartment is compartment},
            new={one for one in entitled.slots.keys() - having if one.compartment is compartment},
        )
    return held


def _lost_entry_wraps(
    work: Work, dossier_id: DossierId, wanted: _Wanted
) -> frozenset[tuple[Compartment, bytes]]:
    kept = wanted.writers | {
        (slot.compartment, slot.recipient_key) for slot in wanted.slots if slot.part is Part.BODY
    }
    return work.entries.wrapped_to(dossier_id) - kept


class _Alignment:
    """The work of `align` on one dossier."""

    def __init__(
        self,
        work: Work,
        dossier_id: DossierId,
        wanted: _Wanted,
        held: Held,
        stored: tuple[KeyWrap, ...],
    ) -> None:
        self._work = work
        self._dossier_id = dossier_id
        self._wanted = wanted
        self._held = held
        self._holders = {
            (one.compartment, one.epoch)
            for one in stored
            if one.part == Part.BODY
            and Slot(one.compartment, Part.BODY, one.recipient_key) in wanted.slots
        }
        self._last: dict[Compartment, int] = {}
        for epoch in work.keys.epochs(dossier_id):
            self._last[epoch.compartment] = epoch.epoch

    def compartment(self, compartment: Compartment, *, lost: set[Slot], new: set[Slot]) -> None:
        """Bring one compartment into line."""
        last = self._last.get(compartment, 0)
        current = self._held.key(compartment, last) if last and new else None
        if lost or not last or (new and current is None):
            self._begin_epoch(compartment, last + 1)
        elif new and current is not None:
            self._hand_out(last, current, new)
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
        self._work.keys.add_epoch(self._dossier_id, _epoch(compartment, number, key))
        self._hand_out(number, key, slots)

    def _hand_out_older(self, compartment: Compartment, below: int, new: set[Slot]) -> None:
        for number in range(1, below):
            key = self._held.key(compartment, number)
            if key is not None:
                self._hand_out(number, key, new)
            elif (compartment, number) in self._holders:
                self._work.keys.owe(self._dossier_id, (self._pending(slot, number) for slot in new))

    def _pending(self, slot: Slot, number: int) -> PendingWrap:
        return PendingWrap(
            compartment=slot.compartment,
            epoch=number,
            part=slot.part.value,
            recipient_key=slot.recipient_key,
            grant=self._wanted.slots[slot].grant,
        )

    def _hand_out(self, number: int, key: CompartmentKey, slots: set[Slot]) -> None:
        pairs = ((self._pending(slot, number), self._wanted.slots[slot].public) for slot in slots)
        wraps = [make_wrap(self._dossier_id, owed, key, public) for owed, public in pairs]
        self._work.keys.add_wraps(self._dossier_id, wraps)


def make_wrap(
    dossier_id: DossierId, owed: PendingWrap, key: CompartmentKey, public: bytes
) -> KeyWrap:
    """Return the wrap that was owed: consent, as bytes."""
    secret = key if owed.part == Part.BODY else crypto.flag_key(key)
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


def _epoch(compartment: Compartment, number: int, key: CompartmentKey) -> Epoch:
    flag = crypto.flag_key(key)
    return Epoch(
        compartment=compartment,
        epoch=number,
        body_commitment=crypto.commitment(key),
        flag_commitment=crypto.commitment(flag),
        body_inbox=crypto.public_key(crypto.inbox_seed(key)),
        flag_inbox=crypto.public_key(crypto.inbox_seed(flag)),
    )


def wanted(work: Work, register: Register, now: datetime) -> _Wanted:
    """Return whom *register* entitles to which keys at *now*."""
    slots: dict[Slot, _Owed] = {}
    writers: set[tuple[Compartment, bytes]] = set()
    holders = tuple(policy.holders(register, now=now))
    resolve = Recipients(work, register)
    for holder in holders:
        for key_id, public in resolve(holder):
            if holder.level is Level.WRITE_OWN:
                writers.add((holder.compartment, key_id))
                continue
            part = Part.FLAG if holder.level is Level.FLAG else Part.BODY
            slot = Slot(holder.compartment, part, key_id)
            slots[slot] = _Owed(public=public, grant=holder.grant.digest)
    return _Wanted(slots=slots, writers=frozenset(writers))


class Recipients:
    """The public keys behind a recipient: of a service, of one person, or of all but one.

    A service has one key for all its members. When one of them is excluded or tied, the
    others receive in their own names (V7).
    """

    def __init__(self, work: Work, register: Register) -> None:
        self._people = work.people
        self._register = register
        self._services = work.people.service_keys()

    def __call__(self, holder: Holder) -> Iterator[tuple[bytes, bytes]]:
        """Yield the (key id, public key) of each."""
        return self.of(holder.organisation_id, holder.profession, holder.professional_id)

    def of(
        self,
        organisation_id: OrganisationId,
        profession: Profession,
        professional_id: ProfessionalId | None = None,
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the (key id, public key) of each, for a service or one person of it."""
        persons = self._persons(organisation_id, profession, professional_id)
        if persons is None:
            service = self._services.get((organisation_id, profession))
            if service is not None:
                yield service.key_id, service.public
            return
        for keys in self._people.public_keys(persons).values():
            yield keys.wrap_key_id, keys.wrap_public

    def _persons(
        self,
        organisation_id: OrganisationId,
        profession: Profession,
        professional_id: ProfessionalId | None,
    ) -> tuple[ProfessionalId, ...] | None:
        if professional_id is not None:
            return (professional_id,)
        if not any(bar.professional_id for bar in self._register.barred):
            return None
        members = self._people.members(organisation_id, profession)
        allowed = tuple(hat for hat in members if self._register.bar(hat) is None)
        if len(allowed) == len(members):
            return None
        return tuple(hat.professional_id for hat in allowed)

"""Draining: what lies under older keys of a compartment moves under the present one.

A withdrawal begins a new epoch with public keys alone; the entries stay where they are until the
first session of somebody who holds both keys comes by. Then they are sealed anew, and the older
key is destroyed with the last of its wraps: a copy made since holds nothing that it would open.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from vepshare import audit, crypto, policy
from vepshare.crypto import CompartmentKey, EntryKey, EntryPlace, EntryWrapPlace, Part
from vepshare.dossier import Compartment
from vepshare.errors import Tampered, TamperedError
from vepshare.plain import Plain
from vepshare.policy import Level
from vepshare.services import _facts, _records, _rotations
from vepshare.services._caller import Caller
from vepshare.services._facts import Loaded
from vepshare.services._keys import Held
from vepshare.services._places import context_of, digest_of, place_of
from vepshare.services._recipients import Recipients, gone
from vepshare.services._sealing import SealedEntry, seal_again
from vepshare.storage import EntryRow, EntryWrap, KeyWrap, Store, Work

WITHIN = timedelta(hours=48)
"""How long an older key may wait for somebody to come by before operators are told."""

_WHOLE = frozenset({Level.READ, Level.WRITE, Level.PLACE})
Opened = tuple[EntryRow, tuple[Plain[bytes], Plain[bytes]]]


def due(wraps: Iterable[KeyWrap]) -> bool:
    """Tell whether somebody's wraps hold an older key of a compartment beside its present one."""
    epochs: dict[Compartment, set[int]] = {}
    for one in wraps:
        if one.part == Part.BODY:
            epochs.setdefault(one.compartment, set()).add(one.epoch)
    return any(len(found) > 1 for found in epochs.values())


def drain(store: Store, caller: Caller, reference: str, *, now: datetime) -> None:
    """Seal anew what the caller's keys open under older epochs, and destroy those.

    In a transaction of its own, which looks again at what the caller may still read. Everything
    opens first, or nothing changes.

    Raises:
        TamperedError: a value or a wrap is not what was stored.

    Source: R7

    """
    with store.begin() as work:
        loaded = _facts.to_change(work, reference)
        if loaded is None:
            return
        cells = policy.decide_reading(loaded.facts, caller.actor, now=now).cells
        whole = frozenset(one for one, cell in cells.items() if cell.level in _WHOLE)
        if whole:
            _Drain(work, loaded, caller, whole, now).run()


class _Drain:
    """The work of `drain` on one dossier, in the compartments the caller reads whole."""

    def __init__(
        self,
        work: Work,
        loaded: Loaded,
        caller: Caller,
        whole: frozenset[Compartment],
        now: datetime,
    ) -> None:
        self._work = work
        self._id = loaded.dossier.id
        self._caller = caller
        self._now = now
        wraps = work.keys.wraps_for(self._id, tuple(caller.key_ids))
        self._held = Held(self._id, caller, wraps)
        self._epochs = {(one.compartment, one.epoch): one for one in work.keys.epochs(self._id)}
        self._present = {one.compartment: one for one in self._epochs.values()}
        self._older = frozenset(
            (one.compartment, one.epoch)
            for one in wraps
            if one.part == Part.BODY
            and one.compartment in whole
            and one.epoch < self._present[one.compartment].epoch
        )
        self._readers = _Readers(work, loaded, now)
        self._own_wraps = {
            (one.entry_id, one.version): one
            for one in work.entries.wraps_for(self._id, ())
            if one.part == Part.BODY
        }

    def run(self) -> None:
        """Open everything that moves, seal it anew, and only then write."""
        for older in self._older:
            self._check(*older)
        rows = self._work.entries.versions(self._id, {one for one, _ in self._older})
        entries = [tuple(versions) for _, versions in groupby(rows, key=lambda one: one.id)]
        moving = [one for one in entries if self._moves(one)]
        for compartment in {versions[0].compartment for versions in moving}:
            _rotations.check(self._work, self._id, self._present[compartment])
        for versions in moving:
            _check_chain(versions)
        opened = [tuple(map(self._open, versions)) for versions in moving]
        sealed = [one for versions in opened for one in self._seal(versions)]
        staying = {
            (one.compartment, one.epoch)
            for versions in entries
            if versions not in moving
            for one in versions
        }
        self._write(sealed, self._older - staying)

    def _moves(self, versions: tuple[EntryRow, ...]) -> bool:
        """Tell whether an entry lies under older keys, and all of its keys are held."""
        compartment = versions[0].compartment
        epochs = {one.epoch for one in versions}
        present = self._present[compartment].epoch
        needed = epochs | {present}
        held = all(self._held.key(compartment, one) is not None for one in needed)
        return held and epochs != {present}

    def _check(self, compartment: Compartment, number: int) -> None:
        """Destroy no epoch whose wrap is not what was put there: that would hide who moved it."""
        epoch = self._epochs.get((compartment, number))
        if epoch is None:
            raise TamperedError(Tampered.WRAP)
        crypto.check_commitment(self._key(compartment, number), epoch.body_commitment)

    def _key(self, compartment: Compartment, epoch: int) -> CompartmentKey:
        key = self._held.key(compartment, epoch)
        if key is None:
            raise KeyError(compartment)
        return key

    def _open(self, row: EntryRow) -> Opened:
        key = self._key(row.compartment, row.epoch)
        keys: tuple[crypto.Secret, crypto.Secret] = (key, crypto.flag_key(key))
        if row.own_key:
            own = _own_key(key, self._own_wraps.get((row.id, row.version)), place_of(row))
            keys = (own, crypto.entry_flag_key(own))
        body, flags = (
            crypto.unseal(secret, context_of(row, part), sealed)
            for secret, part, sealed in zip(keys, Part, (row.body, row.flags), strict=True)
        )
        return row, (body, flags)

    def _seal(self, versions: Iterable[Opened]) -> Iterator[SealedEntry]:
        """Yield the versions of one entry sealed anew, each bound to the one before."""
        previous = crypto.NO_PREVIOUS
        for row, opened in versions:
            epoch = self._present[row.compartment]
            key = self._key(row.compartment, epoch.epoch)
            # A wrap that somebody put there with a key of their own must not seal what is kept.
            crypto.check_commitment(key, epoch.body_commitment)
            readers = self._readers.of(row) if row.own_key else ()
            one = seal_again(row, opened, epoch, key, previous=previous, own_key_for=readers)
            previous = one.row.digest
            yield one

    def _write(self, sealed: list[SealedEntry], empty: frozenset[tuple[Compartment, int]]) -> None:
        if not sealed and not empty:
            return
        with_own_key = {one.row.id for one in sealed if one.row.own_key}
        self._work.entries.drop_wraps_of(self._id, with_own_key)
        self._work.entries.reseal(one.row for one in sealed)
        self._work.entries.add_wraps(self._id, (wrap for one in sealed for wrap in one.wraps))
        self._work.keys.drop_epochs(self._id, empty)
        touched = {compartment for compartment, _ in empty} | {
            one.row.compartment for one in sealed
        }
        _records.note(
            self._work,
            self._caller,
            audit.Event.KEY_DRAINED,
            self._id,
            None,
            now=self._now,
            compartments={one: _records.NAMED for one in Compartment if one in touched},
            count=len(sealed),
            digest=crypto.sealed_hash(*(one.row.digest for one in sealed)),
        )


def _check_chain(versions: tuple[EntryRow, ...]) -> None:
    """Seal no history anew out of which a version has been taken: that would hide it."""
    previous = crypto.NO_PREVIOUS
    for number, row in enumerate(versions, start=1):
        if (row.version, row.previous) != (number, previous):
            raise TamperedError(Tampered.VALUE)
        previous = digest_of(row)


class _Readers:
    """Who is handed the own key of an entry as the consents stand now."""

    def __init__(self, work: Work, loaded: Loaded, now: datetime) -> None:
        leavers = gone(loaded.facts.participants)
        self._resolve = Recipients(work, loaded.register, gone=leavers)
        self._addressees = work.entries.addressees(loaded.dossier.id)
        self._services = {
            key.service_id: service for service, key in work.people.service_keys().items()
        }
        self._now = now

    def of(self, row: EntryRow) -> tuple[tuple[bytes, bytes], ...]:
        """Return the (key id, public key) of each."""
        addressed = [self._services[one] for one in self._addressees.get(row.id, ())]
        of = row.organisation_id
        return self._resolve.readers(row.compartment, of, addressed, now=self._now)


def _own_key(key: CompartmentKey, stored: EntryWrap | None, place: EntryPlace) -> EntryKey:
    """Return an entry's own key, out of the inbox that the compartment key opens."""
    if stored is None:
        raise TamperedError(Tampered.WRAP)
    inbox = crypto.private_key(crypto.inbox_seed(key))
    at = EntryWrapPlace(place=place, part=Part.BODY, recipient_key=stored.recipient_key)
    return crypto.unwrap(EntryKey, stored.wrap, inbox, at.info())

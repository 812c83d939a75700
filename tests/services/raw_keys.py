"""The raw-key test: what the private keys of one professional open in a copy of the database.

It asks no consent, no policy and no service: only keys, wraps and seals. It is the measure of
everything else (DESIGN, section 5).
"""

from collections.abc import Iterator

from tests.worlds import World
from vepshare import crypto
from vepshare.crypto import (
    EntryPlace,
    EntryWrapPlace,
    GrantPlace,
    Part,
    Provenance,
    VersionPlace,
)
from vepshare.dossier import CODES, Compartment
from vepshare.errors import TamperedError
from vepshare.ids import DossierId
from vepshare.storage import EntryRow, EntryWrap, KeyWrap, Work

_CODE = {compartment: code for code, compartment in CODES.items()}
_CLASSES = {
    "body": (crypto.CompartmentKey, crypto.EntryKey),
    "flag": (crypto.FlagKey, crypto.EntryFlagKey),
}


def opens(world: World, login: str, reference: str) -> str:
    """Return what the keys of *login* open: `ID IN:f`, whole entries and flags-only ones.

    A compartment is there when at least one entry of it opens.
    """
    with world.store.peek() as work:
        dossier_id = work.dossiers.id_of(reference)
        found = set(_RawKeys(world, login, work, dossier_id).opened())
    return " ".join(
        code if "body" in parts else f"{code}:f"
        for code in CODES
        if (parts := {part for one, part in found if one == code})
    )


def wrapped_to(world: World, login: str, reference: str) -> str:
    """Return of which compartments a wrapped key exists for *login*: `ID IN:f`."""
    with world.store.peek() as work:
        keys = {one.key_id for one in world.cast[login].keyring.seeds}
        stored = work.keys.wraps_for(work.dossiers.id_of(reference), keys)
    having = {(_CODE[one.compartment], one.part) for one in stored}
    return " ".join(
        code if (code, "body") in having else f"{code}:f"
        for code in CODES
        if (code, "body") in having or (code, "flag") in having
    )


def epochs(world: World, reference: str, code: str) -> int:
    """Return how many keys a compartment has had."""
    with world.store.peek() as work:
        found = work.keys.epochs(work.dossiers.id_of(reference))
    return sum(one.compartment is CODES[code] for one in found)


class _RawKeys:
    def __init__(self, world: World, login: str, work: Work, dossier_id: DossierId) -> None:
        self._dossier_id = dossier_id
        self._private = {
            one.key_id: crypto.private_key(one.seed) for one in world.cast[login].keyring.seeds
        }
        self._rows = work.entries.latest(dossier_id, Compartment)
        self._entry_wraps = work.entries.wraps_for(dossier_id, self._private)
        self._keys: dict[tuple[Compartment, int, str], crypto.Secret] = {}
        for one in work.keys.wraps_for(dossier_id, self._private):
            self._keys[one.compartment, one.epoch, one.part] = self._unwrap(one)

    def _unwrap(self, one: KeyWrap) -> crypto.Secret:
        place = GrantPlace(
            dossier=self._dossier_id,
            compartment=one.compartment.value,
            part=Part(one.part),
            epoch=one.epoch,
            recipient_key=one.recipient_key,
            grant=one.grant,
        )
        cls = _CLASSES[one.part][0]
        return crypto.unwrap(cls, one.wrap, self._private[one.recipient_key], place.info())

    def opened(self) -> Iterator[tuple[str, str]]:
        """Yield the code and the part of everything that opens."""
        for row in self._rows:
            for part in ("body", "flag"):
                if any(self._unseals(row, part, key) for key in self._candidates(row, part)):
                    yield _CODE[row.compartment], part

    def _candidates(self, row: EntryRow, part: str) -> Iterator[crypto.Secret]:
        if not row.own_key:
            held = self._keys.get((row.compartment, row.epoch, part))
            if held is not None:
                yield held
            return
        for one in self._entry_wraps:
            if (one.entry_id, one.version, one.part) == (row.id, row.version, part):
                yield from self._own_key(row, one)

    def _own_key(self, row: EntryRow, one: EntryWrap) -> Iterator[crypto.Secret]:
        place = EntryWrapPlace(
            place=self._place(row), part=Part(one.part), recipient_key=one.recipient_key
        )
        private = self._private.get(one.recipient_key)
        inbox = self._keys.get((row.compartment, row.epoch, one.part))
        if one.inbox and inbox is not None:
            private = crypto.private_key(crypto.inbox_seed(inbox))
        if private is not None:
            yield crypto.unwrap(_CLASSES[one.part][1], one.wrap, private, place.info())

    def _unseals(self, row: EntryRow, part: str, key: crypto.Secret) -> bool:
        sealed = row.body if part == "body" else row.flags
        told = Provenance(
            kind=row.kind,
            author=row.author_id,
            organisation=row.organisation_id,
            profession=row.profession.value,
            recorded_at=row.recorded_at,
        )
        context = VersionPlace(place=self._place(row), told=told).context(Part(part))
        try:
            crypto.unseal(key, context, sealed)
        except TamperedError:
            return False
        return True

    def _place(self, row: EntryRow) -> EntryPlace:
        return EntryPlace(
            dossier=self._dossier_id,
            compartment=row.compartment.value,
            epoch=row.epoch,
            entry=row.id,
            version=row.version,
            previous=row.previous,
        )

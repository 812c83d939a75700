"""The epochs of a dossier against the log: nothing is sealed to an epoch it does not tell of.

Commitments and inboxes of the epochs begun together stand in one entry, by digest. Somebody who
swaps an inbox, or a whole epoch, for one of their own would be handed what is written next.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from vepshare import audit, crypto
from vepshare.dossier import Compartment
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import DossierId
from vepshare.storage import Epoch, Work

Number = tuple[Compartment, int]


def digest_of(dossier_id: DossierId, begun: Iterable[Epoch]) -> bytes:
    """Return the digest under which the log tells of epochs that begin together: 32 bytes."""
    publics = [
        crypto.binding(
            crypto.Kind.KEY_DIRECTORY,
            dossier_id,
            one.compartment.value,
            one.epoch,
            one.body_commitment,
            one.flag_commitment,
            one.body_inbox,
            one.flag_inbox,
        )
        for one in begun
    ]
    return crypto.sealed_hash(*publics)


def check(work: Work, dossier_id: DossierId, epoch: Epoch) -> None:
    """Return if *epoch* is what the log says it is.

    Raises:
        TamperedError: it is not, or the log does not tell of it.

    """
    entries = work.statements.rotations(dossier_id)
    stored = work.keys.epochs(dossier_id)
    if epoch not in stored or (epoch.compartment, epoch.epoch) not in _published(
        dossier_id, entries, stored
    ):
        raise TamperedError(Tampered.KEY, dossier_id, epoch.compartment.value, epoch.epoch)


@lru_cache(maxsize=256)
def _published(
    dossier_id: DossierId, entries: tuple[bytes, ...], stored: tuple[Epoch, ...]
) -> frozenset[Number]:
    """Return which epochs are as the log tells; remembered by all the bytes that were read."""
    together = compare(dossier_id, entries, stored)
    return frozenset(number for numbers, holds in together if holds for number in numbers)


def compare(
    dossier_id: DossierId, entries: Iterable[bytes], stored: Iterable[Epoch]
) -> Iterator[tuple[tuple[Number, ...], bool]]:
    """Yield the epochs each entry tells of, and whether they are stored as it tells.

    An entry names each compartment once, and the epochs of a compartment are numbered from 1.
    """
    by_number = {(one.compartment, one.epoch): one for one in stored}
    last: dict[Compartment, int] = {}
    for entry in entries:
        said = audit.decode(entry)
        named = [one for one in Compartment if one.value in said.compartments]
        last |= {one: last.get(one, 0) + 1 for one in named}
        numbers = tuple((one, last[one]) for one in named)
        begun = [by_number[number] for number in numbers if number in by_number]
        whole = len(begun) == len(numbers) and said.event is audit.Event.KEY_ROTATED
        yield numbers, whole and digest_of(dossier_id, begun) == said.digest

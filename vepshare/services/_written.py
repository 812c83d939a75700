"""Entries against the log: none is missing, none is added, none stands under another author.

It needs no key: the digest of a version names its place, its author, its time, its kind and both
seals. What has been sealed anew since has another digest, and the log names those all in one.
"""

from collections.abc import Iterator, Mapping

from vepshare import audit
from vepshare.dossier import Compartment
from vepshare.errors import TamperedError
from vepshare.ids import DossierId
from vepshare.services._places import digest_of
from vepshare.storage import EntryRow, Work

_WRITTEN = (audit.Event.ENTRY_WRITTEN, audit.Event.ENTRY_RECTIFIED)
Version = tuple[object, int]


def faults(work: Work, dossier_id: DossierId) -> Iterator[str]:
    """Yield a line for each version of a dossier that is not what the log tells of."""
    try:
        rows = work.entries.versions(dossier_id, Compartment)
    except TamperedError:
        yield f"dossier {dossier_id} entries: unreadable"
        return
    if not rows and work.statements.entries_of(dossier_id, (audit.Event.DOSSIER_ERASED,)):
        return
    told: dict[Version, audit.Entry] = {
        (one.subject, one.count or 1): one for one in _log(work, dossier_id, _WRITTEN)
    }
    drained = _drained(work, dossier_id)
    stored: dict[Version, EntryRow] = {(row.id, row.version): row for row in rows}
    named: set[object] = set()
    for version, row in stored.items():
        fault = _fault(row, told.get(version), drained, stored)
        if fault:
            named.add(row.id)
            yield f"dossier {dossier_id} entry {row.id} version {row.version}: {fault}"
    for entry, number in told.keys() - stored.keys():
        named.add(entry)
        yield f"dossier {dossier_id} entry {entry} version {number}: taken away"
    shown = {(row.id, row.version) for row in work.entries.latest(dossier_id, Compartment)}
    for entry in {entry for entry, _ in shown ^ _last(stored)} - named:
        yield f"dossier {dossier_id} entry {entry}: shown in an older version"


def _last(stored: Mapping[Version, EntryRow]) -> set[Version]:
    """Return the last version of each entry."""
    last: dict[object, int] = {}
    for entry, version in stored:
        last[entry] = max(version, last.get(entry, 0))
    return set(last.items())


def _log(
    work: Work, dossier_id: DossierId, events: tuple[audit.Event, ...]
) -> Iterator[audit.Entry]:
    stored = map(audit.decode, work.statements.entries_of(dossier_id, events))
    return (one for one in stored if one.outcome is audit.Outcome.ALLOWED)


def _drained(work: Work, dossier_id: DossierId) -> Mapping[str, int]:
    """Return where the log tells last that a compartment was sealed anew."""
    entries = _log(work, dossier_id, (audit.Event.KEY_DRAINED,))
    return {compartment: one.index for one in entries for compartment in one.compartments}


def _fault(
    row: EntryRow,
    entry: audit.Entry | None,
    drained: Mapping[str, int],
    stored: Mapping[Version, EntryRow],
) -> str:
    if entry is None:
        return "not in the log"
    author = (row.author_id, row.organisation_id, row.profession.value)
    if author != (entry.actor, entry.organisation, entry.profession):
        return "author"
    before = stored.get((row.id, row.version - 1))
    try:
        digest = digest_of(row)
    except TamperedError:
        return "chain"
    if row.digest != digest or (before is not None and row.previous != before.digest):
        return "chain"
    moved = entry.index < drained.get(row.compartment.value, -1)
    return "" if moved or digest == entry.digest else "not as written"

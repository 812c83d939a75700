"""What the signatures add up to: keys, acts and epochs against the log, each named once.

The tree says that the log is whole (`platform.verify_log`). This says that what stands beside
it is what it tells of: every statement of the key directory, every act of every dossier with its
signer's key at that time, every epoch, every version of an entry. One dossier is held in memory
at a time, and the keys.
"""

from collections.abc import Iterator, Mapping

from vepshare import audit, consent, crypto
from vepshare.consent import Confirmed, Event, Excluded, Given, Signed, Tied, Withdrawn
from vepshare.errors import TamperedError
from vepshare.ids import DossierId
from vepshare.people import Hat, Profession
from vepshare.services import _approvals, _rotations, _written
from vepshare.services._key_directory import Directory
from vepshare.storage import PublishedKey, SignedAct, StatementKind, Store, Work

_ACTS = {
    Given: audit.Event.CONSENT_GIVEN,
    Confirmed: audit.Event.CONSENT_CONFIRMED,
    Withdrawn: audit.Event.CONSENT_WITHDRAWN,
    Excluded: audit.Event.EXCLUSION_DECLARED,
    Tied: audit.Event.TIE_DECLARED,
}
_APPROVALS = (
    audit.Event.PARTICIPANT_INVITED,
    audit.Event.PARTICIPANT_JOINED,
    audit.Event.REFERENT_CHANGED,
)

Entries = Mapping[bytes, audit.Entry]


def faults(store: Store) -> Iterator[str]:
    """Yield one line for each thing that is not what the log tells of: ids and codes only."""
    with store.peek() as work:
        directory = Directory(work.founding)
        epochs: set[tuple[object, int, bytes]] = set()
        yield from _statements(work, directory, epochs)
        for key in work.statements.current_keys():
            if not _published(key, directory, epochs):
                yield f"{_named(key)}: not published"
        for dossier_id in _dossiers(work):
            yield from _dossier(work, dossier_id, directory)


def _statements(
    work: Work, directory: Directory, epochs: set[tuple[object, int, bytes]]
) -> Iterator[str]:
    """Take every statement, in the order of the log, and compare with what the log published."""
    stated: set[int] = set()
    for one in work.statements.everything():
        stated.add(one.log_index)
        flaw = directory.take(one)
        if flaw is not None:
            yield f"statement {one.log_index}: {flaw.value}"
        elif one.kind is StatementKind.SERVICE:
            epochs.add((one.subject, one.epoch, one.wrap_key_id))
    for index, _ in work.statements.published_after(-1):
        if index not in stated:
            yield f"entry {index}: no statement"


def _published(
    key: PublishedKey, directory: Directory, epochs: set[tuple[object, int, bytes]]
) -> bool:
    key_id = crypto.key_id(key.wrap_public)
    if key.kind is StatementKind.SERVICE:
        return (key.subject, key.epoch, key_id) in epochs
    one = directory.last((key.kind, key.subject, key.organisation_id, key.profession.value))
    return one is not None and (one.wrap_key_id, one.sign_public) == (key_id, key.sign_public)


def _named(key: PublishedKey) -> str:
    if key.kind is StatementKind.SERVICE:
        return f"key of service {key.subject} epoch {key.epoch}"
    return f"key of professional {key.subject} as {key.profession.value}"


def _dossiers(work: Work) -> Iterator[DossierId]:
    page = work.statements.dossiers_after(None)
    while page:
        yield from page
        page = work.statements.dossiers_after(page[-1])


def _dossier(work: Work, dossier_id: DossierId, directory: Directory) -> Iterator[str]:
    yield from _acts(work, dossier_id, directory)
    yield from _approved(work, dossier_id, directory)
    yield from _epochs(work, dossier_id)
    yield from _written.faults(work, dossier_id)


def _logged(work: Work, dossier_id: DossierId, events: tuple[audit.Event, ...]) -> Entries:
    """Return what the log tells was done, by the digest of the act, or by none."""
    stored = map(audit.decode, work.statements.entries_of(dossier_id, events))
    allowed = (one for one in stored if one.outcome is audit.Outcome.ALLOWED)
    return {one.digest or one.index.to_bytes(8, "big"): one for one in allowed}


def _unmatched(dossier_id: DossierId, logged: Entries, known: set[bytes]) -> Iterator[str]:
    for digest, entry in logged.items():
        if digest not in known:
            yield f"dossier {dossier_id} entry {entry.index}: no such act"


def _acts(work: Work, dossier_id: DossierId, directory: Directory) -> Iterator[str]:
    chain = work.consents.chain(dossier_id)
    logged = _logged(work, dossier_id, tuple(_ACTS.values()))
    try:
        events = consent.read(chain)
    except TamperedError as error:
        # What follows an act that is not what was written cannot be placed.
        yield f"dossier {dossier_id} act {error.args[-1]}: chain"
        return
    for event, signed in zip(events, chain, strict=True):
        fault = _act(event, signed, logged, directory)
        if fault:
            yield f"dossier {dossier_id} act {event.seq}: {fault}"
    yield from _unmatched(dossier_id, logged, {one.digest for one in events})


def _act(event: Event, signed: Signed, logged: Entries, directory: Directory) -> str:
    entry = logged.get(event.digest)
    said = (_ACTS[type(event.act)], event.by.professional_id)
    if entry is None or (entry.event, entry.actor) != said:
        return "not in the log"
    public = directory.signing_at(event.by, entry.index)
    return _signature(public, crypto.Kind.CONSENT, event.digest, signed.signature)


def _signature(public: bytes, kind: crypto.Kind, digest: bytes, signature: bytes) -> str:
    try:
        crypto.verify(public, kind, digest, signature)
    except TamperedError:
        return "signature"
    return ""


def _approved(work: Work, dossier_id: DossierId, directory: Directory) -> Iterator[str]:
    logged = _logged(work, dossier_id, _APPROVALS)
    previous, known = _approvals.NO_PREVIOUS, set[bytes]()
    for number, one in enumerate(work.statements.acts(dossier_id), start=1):
        digest = _approvals.digest_of(one)
        chained = (one.seq, one.previous) == (number, previous)
        fault = _approval(one, digest, logged, directory) if chained else "chain"
        if fault:
            yield f"dossier {dossier_id} approval {number}: {fault}"
        previous = digest
        known.add(digest)
    yield from _unmatched(dossier_id, logged, known)


def _approval(one: SignedAct, digest: bytes, logged: Entries, directory: Directory) -> str:
    entry = logged.get(digest)
    if entry is None or (entry.event.value, entry.actor) != (one.event, one.signer):
        return "not in the log"
    hat = Hat(
        professional_id=one.signer,
        organisation_id=one.by_organisation,
        profession=Profession(one.by_profession),
    )
    public = directory.signing_at(hat, entry.index)
    return _signature(public, crypto.Kind.APPROVAL, digest, one.signature)


def _epochs(work: Work, dossier_id: DossierId) -> Iterator[str]:
    """Compare the epochs of a dossier with the log; of one that was erased there are none."""
    stored = work.keys.epochs(dossier_id)
    if not stored and work.statements.entries_of(dossier_id, (audit.Event.DOSSIER_ERASED,)):
        return
    told: set[tuple[str, int]] = set()
    for numbers, holds in _rotations.compare(
        dossier_id, work.statements.rotations(dossier_id), stored
    ):
        told |= {(one.value, number) for one, number in numbers}
        if not holds:
            begun = " ".join(f"{one.value} {number}" for one, number in numbers)
            yield f"dossier {dossier_id} epochs {begun}: not as published"
    for one in stored:
        if (one.compartment.value, one.epoch) not in told:
            place = f"{one.compartment.value} {one.epoch}"
            yield f"dossier {dossier_id} epoch {place}: not published"

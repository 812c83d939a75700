"""Loading what a decision is taken on: the shell, the links, and the acts, checked one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from vepshare import audit, consent, crypto
from vepshare.consent import Act, Event, Given, Register, Signed
from vepshare.dossier import Dossier, Participant
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import DossierId
from vepshare.people import Hat
from vepshare.policy import Facts
from vepshare.services import _published
from vepshare.services._caller import Caller
from vepshare.services._key_directory import Signing
from vepshare.storage import Stored, Work

Chain = tuple[Signed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A dossier with everything a decision about it needs."""

    dossier: Dossier
    facts: Facts
    events: tuple[Event, ...]

    @property
    def register(self) -> Register:
        """Return what its acts add up to."""
        return self.facts.register


def to_read(work: Work, reference: str) -> Loaded | None:
    """Return a dossier whose consents cannot change before the transaction ends, or None."""
    stored = work.readings.to_read(reference)
    return None if stored is None else _loaded(work, stored)


def to_change(work: Work, reference: str) -> Loaded | None:
    """Return a dossier that nobody else can read or change until the transaction ends, or None."""
    stored = work.readings.to_change(reference)
    if stored is None:
        return None
    loaded = _loaded(work, stored)
    _check_last(work, loaded)
    return loaded


def _check_last(work: Work, loaded: Loaded) -> None:
    """Return if the last act is the one the log tells of last.

    Somebody who removes a withdrawal would have its service handed the next key.
    """
    entry = work.statements.last_consent(loaded.dossier.id)
    digest = b"" if entry is None else audit.decode(entry).digest
    if digest != (loaded.events[-1].digest if loaded.events else b""):
        raise TamperedError(Tampered.CONSENT, loaded.dossier.id, len(loaded.events))


def several(work: Work, ids: Iterable[DossierId]) -> tuple[Loaded, ...]:
    """Return several dossiers at once, for lists; in the order of their pseudonyms."""
    ids = tuple(ids)
    chains = work.consents.chains(ids)
    links = work.dossiers.participants_of(ids)
    signing = _signing(work, chains.values())
    return tuple(
        _joined(dossier, chains.get(dossier.id, ()), signing, links.get(dossier.id, ()))
        for dossier in work.dossiers.by_ids(ids)
    )


def _loaded(work: Work, stored: Stored) -> Loaded:
    signing = _published.added_up(work, stored.statements).signing() if stored.acts else ()
    return _joined(stored.dossier, stored.acts, signing, stored.links)


def _signing(work: Work, chains: Iterable[Chain]) -> Signing:
    """Return the keys that were published for whoever signed; the database's word is not enough."""
    signers = {signed.signer for chain in chains for signed in chain}
    return _published.load(work, signers).signing() if signers else ()


def _joined(
    dossier: Dossier, chain: Chain, signing: Signing, links: tuple[Participant, ...]
) -> Loaded:
    signers = {signed.signer for signed in chain}
    own = tuple(one for one in signing if one[0].professional_id in signers)
    events, register = _checked(chain, own)
    facts = Facts(
        state=dossier.state,
        referent_id=dossier.referent_id,
        participants=links,
        register=register,
    )
    return Loaded(dossier=dossier, facts=facts, events=events)


@lru_cache(maxsize=1024)
def _checked(chain: Chain, signing: Signing) -> tuple[tuple[Event, ...], Register]:
    """Return the events, and what they add up to, once every link and every signature holds.

    Remembered by all the bytes that were read, signatures and public keys included: bytes that
    differ anywhere are checked anew, and the same bytes cannot mean anything else. So nothing
    that has been added or altered since is ever missed.

    Raises:
        TamperedError: somebody wrote to the chain who was not its signer.

    """
    events = consent.read(chain)
    for event, signed in zip(events, chain, strict=True):
        if not signed_by(signed, event.by, signing):
            raise TamperedError(Tampered.CONSENT, event.dossier_id, event.seq)
    return events, consent.fold(events)


def signed_by(signed: Signed, hat: Hat, signing: Signing) -> bool:
    """Tell whether one of the keys that were published under *hat* signed an act."""
    for one, public in signing:
        try:
            if one == hat:
                crypto.verify(public, crypto.Kind.CONSENT, signed.digest, signed.signature)
                return True
        except TamperedError:
            continue
    return False


def record(work: Work, loaded: Loaded, caller: Caller, act: Act, *, now: datetime) -> Loaded:
    """Sign *act*, append it to the dossier's chain, and return the dossier as it stands after.

    Raises:
        TamperedError: the act would not read back as it was meant, or the caller's key was not
            published, so that nobody could verify what they sign.

    Source: R10

    """
    last = loaded.events[-1] if loaded.events else None
    event = consent.compose(
        dossier_id=loaded.dossier.id,
        seq=1 if last is None else last.seq + 1,
        at=now if last is None else max(now, last.at),
        by=caller.hat,
        act=act,
        previous=consent.GENESIS if last is None else last.digest,
    )
    public = crypto.signing_public_key(caller.keyring.signing)
    if not _published.load_latest(work, (caller.id,)).signs(caller.hat, public):
        raise TamperedError(Tampered.KEY, caller.id)
    signed = _sign(event, caller)
    work.consents.add(signed)
    if _closes(act):
        work.ledger.closed(signed.dossier_id, signed.seq, signed.digest)
    events = (*loaded.events, event)
    facts = Facts(
        state=loaded.facts.state,
        referent_id=loaded.facts.referent_id,
        participants=loaded.facts.participants,
        register=consent.fold(events),
    )
    return Loaded(dossier=loaded.dossier, facts=facts, events=events)


def _closes(act: Act) -> bool:
    """Tell whether undoing *act* could open something again: all but a consent that only adds."""
    return not isinstance(act, Given) or bool(act.terms.refused or act.terms.replaces)


def _sign(event: Event, caller: Caller) -> Signed:
    if event.by.professional_id != caller.id:
        raise TamperedError(Tampered.CONSENT, event.dossier_id)
    return Signed(
        dossier_id=event.dossier_id,
        seq=event.seq,
        previous=event.previous,
        payload=event.payload,
        digest=event.digest,
        signer=caller.id,
        signature=crypto.sign(caller.keyring.signing, crypto.Kind.CONSENT, event.digest),
    )

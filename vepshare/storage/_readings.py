"""What a decision about one dossier is taken on, and what it lets out: each in one round trip."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from vepshare.consent import Signed
from vepshare.dossier import Compartment, Dossier, Participant
from vepshare.ids import DossierId
from vepshare.storage import _tables as t
from vepshare.storage._asking import Asked, Question, ask
from vepshare.storage._consents import signed
from vepshare.storage._dossiers import TO_CHANGE, TO_READ, dossier, participant
from vepshare.storage._entries import LATEST, WRAPS
from vepshare.storage._keys import WRAPS_FOR
from vepshare.storage._rows import EntryRow, EntryWrap, KeyStatement, KeyWrap
from vepshare.storage._statements import about, statement

_ID = (
    select(t.dossiers.c.id)
    .where(t.dossiers.c.reference == bindparam("reference"))
    .scalar_subquery()
)
_ACTS = t.consent_events.c.dossier_id == _ID
_CHAIN = Question(select(t.consent_events).where(_ACTS).order_by(t.consent_events.c.seq))
_SIGNED_BY = Question(about(select(t.consent_events.c.signer).where(_ACTS)), make=statement)
_LINKS = Question(
    select(t.participants)
    .where(t.participants.c.dossier_id == _ID)
    .order_by(t.participants.c.since, t.participants.c.id)
)


class Stored(NamedTuple):
    """A dossier with its acts, who takes part, and what is published of whoever signed."""

    dossier: Dossier
    acts: tuple[Signed, ...]
    links: tuple[Participant, ...]
    statements: tuple[KeyStatement, ...]


class Sealed(NamedTuple):
    """What some compartments hold, and the wraps of it to some recipient keys, all sealed."""

    rows: tuple[EntryRow, ...] = ()
    wraps: tuple[KeyWrap, ...] = ()
    entry_wraps: tuple[EntryWrap, ...] = ()


class Readings:
    """Dossiers as they are decided on and read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def to_read(self, reference: str) -> Stored | None:
        """Return a dossier and keep its consents from changing until the transaction ends."""
        return self._locked(TO_READ, reference)

    def to_change(self, reference: str) -> Stored | None:
        """Return a dossier and keep everybody else out of it until the transaction ends."""
        return self._locked(TO_CHANGE, reference)

    def _locked(self, lock: Question, reference: str) -> Stored | None:
        # The lock is the first question: whatever is found after it cannot change any more.
        asked = (Asked(one, {"reference": reference}) for one in (lock, _CHAIN, _LINKS, _SIGNED_BY))
        found, acts, links, statements = ask(self._connection, *asked)
        if not found:
            return None
        return Stored(
            dossier=dossier(found[0]),
            acts=tuple(map(signed, acts)),
            links=tuple(map(participant, links)),
            statements=statements,
        )

    def sealed(
        self, dossier_id: DossierId, compartments: Iterable[Compartment], keys: Iterable[bytes]
    ) -> Sealed:
        """Return the latest entries of some compartments and the wraps to some recipient keys."""
        return Sealed(*ask(self._connection, *_of(dossier_id, compartments, keys)))


def _of(
    dossier_id: DossierId, compartments: Iterable[Compartment], keys: Iterable[bytes]
) -> tuple[Asked, ...]:
    to = {"dossier_id": dossier_id, "keys": tuple(keys)}
    within = {"dossier_id": dossier_id, "compartments": tuple(one.value for one in compartments)}
    return Asked(LATEST, within), Asked(WRAPS_FOR, to), Asked(WRAPS, to)

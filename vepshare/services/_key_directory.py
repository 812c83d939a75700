"""The key directory: whose a public key is, by statements that lead back to the founding.

Every statement is signed and named in the log. Taken in the order of the log, each is believed
only if whoever signed it was entitled to at that moment: the founder vouches for the first
registrar of an organisation, a registrar for its members and services, and the members of a
service for the next key of that service (ADR 0012).
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from vepshare import audit, crypto
from vepshare.errors import TamperedError
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession
from vepshare.storage import KeyStatement, PublicKeys, ServiceKey, StatementKind

Place = tuple[StatementKind, UUID, UUID, str]
"""What the statements that follow one another are about."""

Signing = tuple[tuple[Hat, bytes], ...]
"""Under which hat which Ed25519 key was published."""

NO_PREVIOUS = bytes(32)
_SUBJECT = re.compile(rb'"subject":"([0-9a-f-]{36})"')


class Flaw(StrEnum):
    """Why a statement is not believed."""

    OUT_OF_CHAIN = "out_of_chain"
    """It does not follow the one before it on the same subject."""
    NOT_ENTITLED = "not_entitled"
    """Whoever signed it may not speak of that subject."""
    NOT_IN_LOG = "not_in_log"
    SIGNATURE = "signature"


def digest_of(one: KeyStatement) -> bytes:
    """Return the digest that names a statement: 32 bytes."""
    said = crypto.binding(
        crypto.Kind.KEY_DIRECTORY,
        one.kind.value,
        one.subject,
        one.organisation_id,
        one.profession,
        one.epoch,
        one.wrap_key_id,
        one.sign_public,
        one.previous,
        one.signer,
    )
    return crypto.sealed_hash(said)


def place_of(one: KeyStatement) -> Place:
    """Return which statements this one follows; an organisation has one registrar at a time."""
    if one.kind is StatementKind.FOUNDING:
        return _FOUNDING
    if one.kind is StatementKind.REGISTRAR:
        return (one.kind, one.organisation_id, one.organisation_id, "")
    return (one.kind, one.subject, one.organisation_id, one.profession)


_FOUNDING: Place = (StatementKind.FOUNDING, UUID(int=0), UUID(int=0), "")


@lru_cache(maxsize=8192)
def _flaw(one: KeyStatement, public: bytes) -> Flaw | None:
    """Return what is wrong with a statement as signed by *public* and named in its log entry.

    Remembered by all the bytes that were read: bytes that differ anywhere are checked anew.
    """
    digest = digest_of(one)
    if not _logged(one, digest):
        return Flaw.NOT_IN_LOG
    try:
        crypto.verify(public, crypto.Kind.KEY_DIRECTORY, digest, one.signature)
    except TamperedError:
        return Flaw.SIGNATURE
    return None


def _logged(one: KeyStatement, digest: bytes) -> bool:
    try:
        entry = audit.decode(one.entry)
    except TamperedError:
        return False
    said = (entry.index, entry.event, entry.subject, entry.digest)
    return said == (one.log_index, audit.Event.KEY_PUBLISHED, one.subject, digest)


class _Period(NamedTuple):
    """From which place of the log on which key signs; the empty one ends it."""

    since: int
    public: bytes


class Directory:
    """What statements add up to, taken one by one in the order of the log.

    With the digest of a *founding*, no other founding is believed.
    """

    def __init__(self, founding: bytes = b"") -> None:
        self._founding = founding
        self._last: dict[Place, KeyStatement] = {}
        self._seen: dict[UUID, int] = {}
        self._in_log: dict[UUID, int] = {}
        self._signing: dict[Hat, list[_Period]] = {}

    def take(self, one: KeyStatement) -> Flaw | None:
        """Believe the next statement, or return why not; what stood before stands on then."""
        place = place_of(one)
        last = self._last.get(place)
        flaw = Flaw.OUT_OF_CHAIN
        if self._follows(one, last):
            public = self._entitled(one, last)
            found = Flaw.NOT_ENTITLED if public is None else _flaw(one, public)
            if found is None:
                self._believe(place, one)
                return None
            flaw = found
        return flaw

    def _follows(self, one: KeyStatement, last: KeyStatement | None) -> bool:
        if last is None:
            return one.previous == NO_PREVIOUS
        return one.previous == digest_of(last) and one.epoch > last.epoch

    def _entitled(self, one: KeyStatement, last: KeyStatement | None) -> bytes | None:
        """Return the key that must have signed a statement, None when nobody could."""
        if one.kind is StatementKind.FOUNDING:
            known = self._founding in {b"", digest_of(one)}
            first = last is None and one.signer == one.subject
            return one.sign_public if first and known else None
        vouching = [self.registrar(one.organisation_id)]
        if one.kind is StatementKind.REGISTRAR:
            vouching.append(self.founder())
        if one.kind is StatementKind.SERVICE and last is not None:
            member = (StatementKind.MEMBER, one.signer, one.organisation_id, one.profession)
            vouching.append(self._last.get(member))
        for voucher in vouching:
            if voucher is not None and voucher.subject == one.signer and voucher.sign_public:
                return voucher.sign_public
        return None

    def _believe(self, place: Place, one: KeyStatement) -> None:
        self._last[place] = one
        self._seen[one.subject] = one.log_index
        if one.kind is StatementKind.MEMBER:
            hat = Hat(
                professional_id=ProfessionalId(one.subject),
                organisation_id=one.organisation_id,
                profession=Profession(one.profession),
            )
            self._signing.setdefault(hat, []).append(_Period(one.log_index, one.sign_public))

    def compare(self, published: Iterable[tuple[int, bytes]]) -> None:
        """Take note of what the log says was published: a statement that is gone is missed."""
        for index, entry in published:
            match = _SUBJECT.search(entry)
            if match is not None:
                self._in_log[UUID(match[1].decode())] = index

    def since(self, subjects: Iterable[UUID]) -> int:
        """Return the place in the log of the last statement on one of *subjects*: the oldest."""
        return min((self._seen.get(one, -1) for one in subjects), default=-1)

    def last(self, place: Place) -> KeyStatement | None:
        """Return the statement that stands at a place, None when there is none to be believed."""
        return self._last.get(place)

    def founder(self) -> KeyStatement | None:
        """Return who vouches for the first registrars."""
        return self._last.get(_FOUNDING)

    def registrar(self, organisation_id: OrganisationId) -> KeyStatement | None:
        """Return who vouches for the keys of an organisation."""
        place = (StatementKind.REGISTRAR, organisation_id, organisation_id, "")
        return self._last.get(place)

    def service(self, key: ServiceKey) -> bool:
        """Tell whether the key of a service, in this epoch, is the one published last."""
        one = self._current(
            (StatementKind.SERVICE, key.service_id, key.organisation_id, key.profession.value)
        )
        known = one is not None and (one.epoch, one.wrap_key_id) == (key.epoch, key.key_id)
        return known and crypto.key_id(key.public) == key.key_id

    def member(self, hat: Hat, keys: PublicKeys) -> bool:
        """Tell whether the keys of a professional are those published last under that hat."""
        one = self._current(_of(hat))
        published = (keys.wrap_key_id, keys.sign_public)
        known = one is not None and (one.wrap_key_id, one.sign_public) == published
        return known and crypto.key_id(keys.wrap_public) == keys.wrap_key_id

    def struck(self, hat: Hat) -> bool:
        """Tell whether it was published that a professional holds that hat no more."""
        one = self._current(_of(hat))
        return one is not None and not one.wrap_key_id

    def key_id(self, subject: UUID) -> bytes | None:
        """Return the id of the key last published of a service or professional, or None."""
        keys = (
            one.wrap_key_id
            for one in self._last.values()
            if one.subject == subject and one.wrap_key_id
        )
        return next(keys, None)

    def signs(self, hat: Hat, public: bytes) -> bool:
        """Tell whether *public* is the key that signs under that hat now."""
        one = self._current(_of(hat))
        return one is not None and one.sign_public == public

    def signing(self) -> Signing:
        """Return every key that was ever published to sign, with its hat."""
        return tuple(
            (hat, one.public)
            for hat, periods in self._signing.items()
            for one in periods
            if one.public
        )

    def signing_at(self, hat: Hat, index: int) -> bytes:
        """Return the key that signed under *hat* at a place of the log; empty when there was none.

        That is how a signature of today is told from one by somebody who has left since.
        """
        before = [one.public for one in self._signing.get(hat, ()) if one.since < index]
        return before[-1] if before else b""

    def _current(self, place: Place) -> KeyStatement | None:
        one = self._last.get(place)
        if one is None or self._in_log.get(one.subject, -1) > self._seen[one.subject]:
            return None
        return one


def _of(hat: Hat) -> Place:
    organisation, profession = hat.organisation_id, hat.profession.value
    return (StatementKind.MEMBER, hat.professional_id, organisation, profession)

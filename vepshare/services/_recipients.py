"""Whom the acts of a dossier entitle to which keys, and the public keys behind a recipient."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from vepshare import policy
from vepshare.consent import Register
from vepshare.crypto import Part
from vepshare.dossier import Compartment, Participant
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession
from vepshare.policy import Holder, Level
from vepshare.services import _published
from vepshare.services._key_directory import Directory
from vepshare.storage import ServiceKey, Work

Recipient = tuple[OrganisationId, Profession, ProfessionalId | None]


class Slot(NamedTuple):
    """One key owed to one recipient: of which compartment, which part, to which public key."""

    compartment: Compartment
    part: Part
    recipient_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """To which public key a key is owed, and the digest of the consent it follows from."""

    public: bytes
    grant: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """Whom the register entitles to keys, and (compartment, recipient key) of who only writes."""

    slots: Mapping[Slot, Owed]
    writers: frozenset[tuple[Compartment, bytes]]
    withheld: Mapping[Slot, bytes] = field(default_factory=dict)
    """Whom nothing is wrapped to for now: they keep what they hold and are owed the rest, under
    the consent whose digest stands here.

    Nobody published their public key; or it is the key of a service whose seed no member holds,
    or of a person with one way to unlock, who would lose with it what they are handed.
    """

    def reads_own(self, compartment: Compartment, key_id: bytes) -> bool:
        """Tell whether own keys of entries of a compartment may be wrapped to a recipient key."""
        whole = Slot(compartment, Part.BODY, key_id) in self.slots
        return whole or (compartment, key_id) in self.writers


def gone(links: Iterable[Participant]) -> frozenset[Hat]:
    """Return the hats that took part and do so no more: named or not, they are owed nothing."""
    active: dict[Hat, bool] = {}
    for one in links:
        hat = Hat(
            professional_id=one.professional_id,
            organisation_id=one.organisation_id,
            profession=one.profession,
        )
        active[hat] = active.get(hat, False) or one.ended_at is None
    return frozenset(hat for hat, is_active in active.items() if not is_active)


def entitled(
    work: Work, register: Register, now: datetime, *, gone: frozenset[Hat] = frozenset()
) -> Entitled:
    """Return whom *register* entitles to which keys at *now*; persons who are *gone* to none."""
    slots: dict[Slot, Owed] = {}
    writers: set[tuple[Compartment, bytes]] = set()
    withheld: dict[Slot, bytes] = {}
    holders = tuple(policy.holders(register, now=now))
    resolve = Recipients(work, register, gone=gone)
    resolve.expect(holders)
    for holder in holders:
        for key_id, public in resolve(holder):
            if holder.level is Level.WRITE_OWN:
                writers.add((holder.compartment, key_id))
                continue
            slot = Slot(holder.compartment, _part(holder), key_id)
            slots[slot] = Owed(public=public, grant=holder.grant.digest)
        for key_id in resolve.withheld(holder):
            if holder.level is Level.WRITE_OWN:
                writers.add((holder.compartment, key_id))
                continue
            withheld[Slot(holder.compartment, _part(holder), key_id)] = holder.grant.digest
    resolve.alarm(now=now)
    return Entitled(slots=slots, writers=frozenset(writers), withheld=withheld)


def _part(holder: Holder) -> Part:
    return Part.FLAG if holder.level is Level.FLAG else Part.BODY


class Recipients:
    """The public keys behind a recipient: of a service, of one person, or of all but one.

    A service has one key for all its members. When one of them is excluded or tied, the
    others receive in their own names (V7). A key is there only if it was published: one that
    somebody put into the database is not handed anything (ADR 0012).
    """

    def __init__(
        self, work: Work, register: Register, *, gone: frozenset[Hat] = frozenset()
    ) -> None:
        self._work = work
        self._published: dict[UUID, Directory] = {}
        self._withheld: dict[Recipient, dict[UUID, bytes]] = {}
        self._waiting: dict[Recipient, dict[UUID, bytes]] = {}
        self._people = work.people
        self._register = register
        self._gone = gone
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
        recipient = (organisation_id, profession, professional_id)
        persons = self._persons(organisation_id, profession, professional_id)
        if persons is None:
            service = self._services.get((organisation_id, profession))
            if service is not None:
                yield from self._of_service(recipient, service)
        else:
            yield from self._of_persons(recipient, persons)

    def _of_service(
        self, recipient: Recipient, service: ServiceKey
    ) -> Iterator[tuple[bytes, bytes]]:
        if not self._directory(service.service_id).service(service):
            self._withhold(recipient, service.service_id, service.key_id)
        elif service.held:
            yield service.key_id, service.public
        else:
            self._wait(recipient, service.service_id, service.key_id)

    def _of_persons(
        self, recipient: Recipient, persons: tuple[ProfessionalId, ...]
    ) -> Iterator[tuple[bytes, bytes]]:
        organisation_id, profession, _ = recipient
        ready = self._people.ready(persons)
        for one, keys in self._people.public_keys(persons).items():
            hat = Hat(professional_id=one, organisation_id=organisation_id, profession=profession)
            published = self._directory(one).member(hat, keys)
            if published and one in ready:
                yield keys.wrap_key_id, keys.wrap_public
            elif published:
                self._wait(recipient, one, keys.wrap_key_id)
            elif not self._directory(one).struck(hat):
                self._withhold(recipient, one, keys.wrap_key_id)

    def _withhold(self, recipient: Recipient, subject: UUID, key_id: bytes) -> None:
        published = self._directory(subject).key_id(subject)
        self._withheld.setdefault(recipient, {})[subject] = published or key_id

    def _wait(self, recipient: Recipient, subject: UUID, key_id: bytes) -> None:
        self._waiting.setdefault(recipient, {})[subject] = key_id

    def withheld(self, holder: Holder) -> tuple[bytes, ...]:
        """Return the ids of the keys of a recipient, just asked for, that nothing is wrapped to.

        As they were published, where they were; as they stand in the database otherwise.
        """
        recipient = (holder.organisation_id, holder.profession, holder.professional_id)
        found = self._withheld.get(recipient, {}) | self._waiting.get(recipient, {})
        return tuple(found.values())

    def alarm(self, *, now: datetime) -> None:
        """Tell the log and the operator of the keys that nobody published."""
        _published.alarm(self._work, {s for one in self._withheld.values() for s in one}, now=now)

    def expect(self, holders: Iterable[Holder]) -> None:
        """Look up at once what is published of the services and the persons named."""
        subjects: set[UUID] = set()
        for holder in holders:
            service = self._services.get((holder.organisation_id, holder.profession))
            if holder.professional_id is not None:
                subjects.add(holder.professional_id)
            elif service is not None:
                subjects.add(service.service_id)
        self._published |= dict.fromkeys(subjects, _published.load_latest(self._work, subjects))

    def _directory(self, subject: UUID) -> Directory:
        if subject not in self._published:
            self._published[subject] = _published.load_latest(self._work, (subject,))
        return self._published[subject]

    def readers(
        self,
        compartment: Compartment,
        organisation_id: OrganisationId,
        addressed_to: Collection[tuple[OrganisationId, Profession]],
        *,
        now: datetime,
    ) -> tuple[tuple[bytes, bytes], ...]:
        """Return who is handed the own key of an entry written at *organisation_id*.

        Whoever holds the compartment key reads it through the inbox. Whoever only writes here
        reads what its own organisation wrote, and what is addressed to it.
        """
        wanted = {
            (one.organisation_id, one.profession, one.professional_id)
            for one in policy.holders(self._register, now=now)
            if one.level is Level.WRITE_OWN
            and one.compartment is compartment
            and (
                one.organisation_id == organisation_id
                or (one.organisation_id, one.profession) in addressed_to
            )
        }
        found = {key for service in wanted for key in self.of(*service)}
        self.alarm(now=now)
        return tuple(sorted(found))

    def _persons(
        self,
        organisation_id: OrganisationId,
        profession: Profession,
        professional_id: ProfessionalId | None,
    ) -> tuple[ProfessionalId, ...] | None:
        if professional_id is None and not any(
            bar.professional_id for bar in self._register.barred
        ):
            return None
        members = self._people.members(organisation_id, profession)
        if professional_id is not None:
            # Whoever is named, and then excluded, tied or gone, loses what the name gave them (V7).
            named = [hat for hat in members if hat.professional_id == professional_id]
            kept = (hat for hat in named if hat not in self._gone and not self._register.bar(hat))
            return tuple(hat.professional_id for hat in kept)
        allowed = tuple(hat for hat in members if self._register.bar(hat) is None)
        if len(allowed) == len(members):
            return None
        return tuple(hat.professional_id for hat in allowed)

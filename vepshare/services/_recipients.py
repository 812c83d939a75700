"""Whom the acts of a dossier entitle to which keys, and the public keys behind a recipient."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from vepshare import policy
from vepshare.consent import Register
from vepshare.crypto import Part
from vepshare.dossier import Compartment
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession
from vepshare.policy import Holder, Level
from vepshare.storage import Work


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


def entitled(work: Work, register: Register, now: datetime) -> Entitled:
    """Return whom *register* entitles to which keys at *now*."""
    slots: dict[Slot, Owed] = {}
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
            slots[slot] = Owed(public=public, grant=holder.grant.digest)
    return Entitled(slots=slots, writers=frozenset(writers))


def writing_readers(
    work: Work,
    register: Register,
    compartment: Compartment,
    organisation_id: OrganisationId,
    addressed_to: Iterable[tuple[OrganisationId, Profession]] = (),
    *,
    now: datetime,
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the (key id, public key) of those who only write here and yet read an entry.

    They are the services of the author's organisation, and the services it is addressed to.
    Whoever holds the compartment key reads it through the inbox.
    """
    addressed = frozenset(addressed_to)
    resolve = Recipients(work, register)
    wanted = {
        (one.organisation_id, one.profession, one.professional_id)
        for one in policy.holders(register, now=now)
        if one.level is Level.WRITE_OWN
        and one.compartment is compartment
        and (
            one.organisation_id == organisation_id
            or (one.organisation_id, one.profession) in addressed
        )
    }
    return tuple(sorted({key for service in wanted for key in resolve.of(*service)}))


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
            # Whoever is named, and then excluded or tied, loses what the name gave them (V7).
            hat = Hat(
                professional_id=professional_id,
                organisation_id=organisation_id,
                profession=profession,
            )
            return () if self._register.bar(hat) else (professional_id,)
        if not any(bar.professional_id for bar in self._register.barred):
            return None
        members = self._people.members(organisation_id, profession)
        allowed = tuple(hat for hat in members if self._register.bar(hat) is None)
        if len(allowed) == len(members):
            return None
        return tuple(hat.professional_id for hat in allowed)

"""Places: where a wrap or a seal belongs. It opens nowhere else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from vepshare.crypto._bindings import Kind, binding, fields
from vepshare.crypto._seals import sealed_hash
from vepshare.ids import DossierId, EntryId, OrganisationId, ProfessionalId, ServiceId

HASH_SIZE = 32

NO_PREVIOUS = bytes(HASH_SIZE)
"""Stands for the previous version of an entry that has none."""


class Part(StrEnum):
    """Which part of a compartment or an entry: all of it, or its flag values only."""

    BODY = "body"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPlace:
    """Where a compartment key or flag key lies for one recipient of one grant.

    `recipient_key` is the `key_id` of the public key it is wrapped to, `grant` the
    hash of the signed consent: 32 bytes each. So a wrap cannot be replayed under
    another grant, dossier or epoch, nor a flag key pass for a compartment key.

    Raises:
        ValueError: one of the two is not 32 bytes.

    """

    dossier: DossierId
    compartment: str
    part: Part
    epoch: int
    recipient_key: bytes
    grant: bytes

    def __post_init__(self) -> None:
        _require_hashes(self.recipient_key, self.grant)

    def info(self) -> bytes:
        """Return the binding of the wrap."""
        return binding(
            Kind.GRANT_WRAP,
            self.dossier,
            self.compartment,
            self.part,
            self.epoch,
            self.recipient_key,
            self.grant,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlace:
    """Where the seed of a service, in one epoch, lies for one of its members."""

    service: ServiceId
    epoch: int
    professional: ProfessionalId

    def info(self) -> bytes:
        """Return the binding of the wrap."""
        return binding(Kind.MEMBER_WRAP, self.service, self.epoch, self.professional)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPlace:
    """Where one version of an entry lies.

    `previous` is the digest of the version before (`VersionPlace`), `NO_PREVIOUS` for the
    first: versions form a chain, out of which none can be taken and put elsewhere.

    Raises:
        ValueError: `previous` is not 32 bytes.

    """

    dossier: DossierId
    compartment: str
    epoch: int
    entry: EntryId
    version: int
    previous: bytes

    def __post_init__(self) -> None:
        _require_hashes(self.previous)


class Provenance(NamedTuple):
    """What is told of a version beside its values: its kind, who wrote it, as what, and when.

    `recorded_at` is aware; two times of one instant are the same provenance. A tuple, since it
    is made for every value that is opened.
    """

    kind: str
    author: ProfessionalId
    organisation: OrganisationId
    profession: str
    recorded_at: datetime


class VersionPlace(NamedTuple):
    """Where the two seals of a version lie, and what is told beside what they hold.

    Who writes to the database can then put no other author, function, organisation, time or
    kind beside a value: under those it does not open.
    """

    place: EntryPlace
    told: Provenance

    def context(self, part: Part) -> bytes:
        """Return the binding of the seal over the body or over the flag values."""
        at, told = self.place, self.told
        kind = Kind.RECORD if part is Part.BODY else Kind.FLAGS
        return (
            _beginning(kind, at.dossier, at.compartment, at.epoch)
            + _author(told.kind, told.author, told.organisation, told.profession)
            + fields(told.recorded_at, at.entry, at.version, at.previous)
        )

    def digest(self, body: bytes, flags: bytes) -> bytes:
        """Return the name of a version, 32 bytes: of its place, of what is told, of both seals."""
        return sealed_hash(self.context(Part.BODY), body, flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWrapPlace:
    """Where an entry's own key lies for a service or for the inbox of a compartment.

    `recipient_key` is the `key_id` of the public key it is wrapped to, 32 bytes.

    Raises:
        ValueError: it is not 32 bytes.

    """

    place: EntryPlace
    part: Part
    recipient_key: bytes

    def __post_init__(self) -> None:
        _require_hashes(self.recipient_key)

    def info(self) -> bytes:
        """Return the binding of the wrap."""
        at = self.place
        return _beginning(Kind.ENTRY_WRAP, at.dossier, at.compartment, at.epoch) + fields(
            at.entry, at.version, at.previous, self.part, self.recipient_key
        )


@lru_cache(maxsize=256)
def _beginning(kind: Kind, dossier: DossierId, compartment: str, epoch: int) -> bytes:
    """Return what the bindings of all entries of a compartment begin with."""
    return binding(kind, dossier, compartment, epoch)


@lru_cache(maxsize=1024)
def _author(
    kind: str, author: ProfessionalId, organisation: OrganisationId, profession: str
) -> bytes:
    """Return what the bindings of all entries of a kind by one author go on with."""
    return fields(kind, author, organisation, profession)


def _require_hashes(*hashes: bytes) -> None:
    for one in hashes:
        if len(one) != HASH_SIZE:
            raise ValueError(f"a place takes hashes and key ids of {HASH_SIZE} bytes")

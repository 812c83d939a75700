"""Places with fixed values, and their neighbours that differ in one field."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from vepshare import crypto
from vepshare.ids import (
    DossierId,
    EntryId,
    MethodId,
    OrganisationId,
    ProfessionalId,
    ServiceId,
)

DOSSIER = DossierId(UUID(int=1))
ENTRY = EntryId(UUID(int=2))
SERVICE = ServiceId(UUID(int=3))
NURSE = ProfessionalId(UUID(int=4))
PHYSICIAN = ProfessionalId(UUID(int=5))
LAPTOP = MethodId(UUID(int=6))
PHONE = MethodId(UUID(int=7))
HOSPITAL = OrganisationId(UUID(int=8))

GRANT_PLACE = crypto.GrantPlace(
    dossier=DOSSIER,
    compartment="safe_contact",
    part=crypto.Part.BODY,
    epoch=1,
    recipient_key=bytes(range(32)),
    grant=bytes(range(32, 64)),
)
MEMBER_PLACE = crypto.MemberPlace(service=SERVICE, epoch=1, professional=NURSE)
ENTRY_PLACE = crypto.EntryPlace(
    dossier=DOSSIER,
    compartment="safe_contact",
    epoch=1,
    entry=ENTRY,
    version=1,
    previous=crypto.NO_PREVIOUS,
)
VERSION_PLACE = crypto.VersionPlace(
    place=ENTRY_PLACE,
    told=crypto.Provenance(
        kind="identity",
        author=NURSE,
        organisation=HOSPITAL,
        profession="SVA",
        recorded_at=datetime(2027, 3, 2, 13, 35, 0, 250_000, tzinfo=UTC),
    ),
)
ENTRY_WRAP_PLACE = crypto.EntryWrapPlace(
    place=ENTRY_PLACE, part=crypto.Part.BODY, recipient_key=bytes(range(32))
)

PlaceT = TypeVar("PlaceT")


def neighbours(place: PlaceT) -> list[PlaceT]:
    """Return one place for each field of *place*, which differs from it in that field only.

    Of what a place itself holds, a place or a provenance, each field counts.
    """
    return [
        _changed(place, name, another)
        for name in _names(place)
        for another in _others(getattr(place, name))
    ]


def _names(place: object) -> tuple[str, ...]:
    if is_dataclass(place):
        return tuple(field.name for field in fields(place))
    return getattr(place, "_fields", ())


def _changed(place: Any, name: str, value: object) -> Any:
    changes = {name: value}
    return replace(place, **changes) if is_dataclass(place) else place._replace(**changes)


def _others(value: object) -> Iterator[object]:
    if _names(value):
        yield from neighbours(value)
    else:
        yield _another(value)


def _another(value: object) -> object:
    match value:
        case datetime():
            return value + timedelta(microseconds=1)
        case UUID():
            return UUID(int=value.int + 1000)
        case crypto.Part.BODY:
            return crypto.Part.FLAG
        case str():
            return value + "x"
        case int():
            return value + 1
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
    raise AssertionError(value)


def flipped(blob: bytes, position: int) -> bytes:
    """Return *blob* with one bit of the byte at *position* changed."""
    changed = bytearray(blob)
    changed[position] ^= 1 << position % 8
    return bytes(changed)


def altered(blob: bytes) -> list[bytes]:
    """Return *blob* flipped at positions throughout, truncated, extended, and emptied."""
    step = max(1, len(blob) // 60)
    positions = {*range(0, len(blob), step), len(blob) - 1}
    cut = [blob[:-1], blob[:1], b"", blob[1:], blob + b"\0", blob + blob]
    return [flipped(blob, position) for position in sorted(positions)] + cut


def other_suites(blob: bytes) -> list[bytes]:
    """Return *blob* behind every suite byte but its own."""
    return [bytes([suite]) + blob[1:] for suite in range(256) if suite != blob[0]]

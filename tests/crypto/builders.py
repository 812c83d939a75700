"""Places with fixed values, and their neighbours that differ in one field."""

from dataclasses import fields, replace
from typing import Any, TypeVar
from uuid import UUID

from vepshare import crypto
from vepshare.ids import DossierId, EntryId, MethodId, ProfessionalId, ServiceId

DOSSIER = DossierId(UUID(int=1))
ENTRY = EntryId(UUID(int=2))
SERVICE = ServiceId(UUID(int=3))
NURSE = ProfessionalId(UUID(int=4))
PHYSICIAN = ProfessionalId(UUID(int=5))
LAPTOP = MethodId(UUID(int=6))
PHONE = MethodId(UUID(int=7))

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
ENTRY_WRAP_PLACE = crypto.EntryWrapPlace(
    place=ENTRY_PLACE, part=crypto.Part.BODY, recipient_key=bytes(range(32))
)

PlaceT = TypeVar(
    "PlaceT", crypto.GrantPlace, crypto.MemberPlace, crypto.EntryPlace, crypto.EntryWrapPlace
)


def neighbours(place: PlaceT) -> list[PlaceT]:
    """Return one place for each field of *place*, which differs from it in that field only."""
    return [_changed(place, field.name) for field in fields(place)]


def _changed(place: PlaceT, name: str) -> PlaceT:
    changes: dict[str, Any] = {name: _another(getattr(place, name))}
    return replace(place, **changes)


def _another(value: object) -> object:
    match value:
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
        case crypto.EntryPlace():
            return neighbours(value)[-1]
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

"""Bindings: the injective, length-prefixed bytes that tie a sealed thing to its place."""

import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any
from uuid import UUID

Field = bytes | str | int | UUID | datetime

_LENGTH = struct.Struct(">I")
_INTEGER = struct.Struct(">Q")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Kind(StrEnum):
    """What a binding is for; stored inside every blob, so never renamed."""

    UNLOCK = "unlock"
    MEMBER_WRAP = "member-wrap"
    GRANT_WRAP = "grant-wrap"
    ENTRY_WRAP = "entry-wrap"
    RECORD = "record"
    FLAGS = "flags"
    SESSION = "session"
    SEALED_HASH = "sealed-hash"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    APPROVAL = "approval"
    KEY_DIRECTORY = "key-directory"
    PEPPER = "pepper"
    # Reserved: attachments and the pieces of a recovery.
    DOC_KEY = "doc-key"
    DOC_BODY = "doc-body"
    RECOVERY_PIECE = "recovery-piece"


def binding(kind: Kind, *values: Field) -> bytes:
    """Return the bytes that stand for *values* under *kind*, and for nothing else.

    `vepshare/<kind>/v1`, a zero byte, then each field as a 4-byte big-endian length
    and its bytes: UTF-8 for text, 8 big-endian bytes for an integer, 16 for a UUID. A time
    is an integer: the microseconds since the beginning of 1970 in UTC. Which types a kind
    takes, and in which order, is fixed in docs/crypto.md.

    Raises:
        TypeError: for a bool, which would pass as an integer unnoticed, and any other type.
        ValueError: for an integer below 0 or above 2**64 - 1, and a time before 1970
            or without a zone.

    """
    return _PREFIXES[kind] + fields(*values)


def fields(*values: Field) -> bytes:
    """Return fields as they stand in a binding; what a binding goes on with, added to another."""
    parts: list[bytes] = []
    for value in values:
        encode = _ENCODERS.get(type(value))
        raw = _encode(value) if encode is None else encode(value)
        parts += (_LENGTH.pack(len(raw)), raw)
    return b"".join(parts)


_PREFIXES = {kind: f"vepshare/{kind.value}/v1\0".encode() for kind in Kind}


def _encode(field: Field) -> bytes:
    encode = _ENCODERS.get(type(field))
    if encode is not None:
        return encode(field)
    if isinstance(field, str):
        # A code: an enumeration whose members are text.
        return field.encode()
    if isinstance(field, datetime):
        return _encode_time(field)
    raise TypeError(f"a binding takes no {type(field).__name__}")


def _encode_integer(number: int) -> bytes:
    try:
        return _INTEGER.pack(number)
    except struct.error:
        raise ValueError("an integer in a binding lies between 0 and 2**64 - 1") from None


def _encode_time(moment: datetime) -> bytes:
    if moment.tzinfo is None:
        raise ValueError("a time in a binding has a zone")
    return _encode_integer((moment - _EPOCH) // _MICROSECOND)


# By exact type, since this runs for every field of every value that is opened; a bool is no int.
_ENCODERS: Mapping[type, Callable[[Any], bytes]] = {
    bytes: bytes,
    str: str.encode,
    int: _encode_integer,
    UUID: attrgetter("bytes"),
    datetime: _encode_time,
}

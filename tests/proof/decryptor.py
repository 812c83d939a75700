"""What the private keys of one professional open in a copy of the database, by other means.

Written from docs/crypto.md alone: nothing of vepshare is imported, and no consent, policy or
session is asked. It is what a thief would write who has the database and somebody's keys.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TABLES = ("member_wraps", "wraps", "entries", "entry_wraps", "epochs", "pending")
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_IDS = {"dossier_id", "id", "entry_id", "service_id", "professional_id", "organisation_id"}

Row = Mapping[str, Any]
Copy = Mapping[str, list[Row]]


class Opened(NamedTuple):
    """One part of one version that opened, and what it says."""

    dossier: UUID
    compartment: str
    entry: UUID
    version: int
    part: str
    text: bytes


def sqlite_copy(path: Path) -> Copy:
    """Return the tables a thief needs, from a database file."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        return {
            table: [_plain(dict(row)) for row in connection.execute(f"SELECT * FROM {table}")]
            for table in TABLES
        }
    finally:
        connection.close()


def postgres_copy(address: str) -> Copy:
    """Return the same tables from a PostgreSQL database."""
    with psycopg.connect(address, row_factory=psycopg.rows.dict_row) as connection:
        return {
            table: [_plain(row) for row in connection.execute(f"SELECT * FROM {table}")]
            for table in TABLES
        }


def _plain(row: dict[str, Any]) -> Row:
    return {
        name: UUID(value) if name in _IDS and isinstance(value, str) else value
        for name, value in row.items()
    }


def binding(kind: str, *fields: UUID | bytes | str | int) -> bytes:
    """Return what ties a blob to its place."""
    made = f"vepshare/{kind}/v1".encode() + b"\0"
    for field in fields:
        if isinstance(field, UUID):
            raw = field.bytes
        elif isinstance(field, int):
            raw = field.to_bytes(8, "big")
        else:
            raw = field.encode() if isinstance(field, str) else field
        made += len(raw).to_bytes(4, "big") + raw
    return made


def derive(source: bytes, label: str) -> bytes:
    """Return the 32 bytes that follow from a key under a label."""
    return HKDF(SHA256(), 32, None, f"vepshare/key/{label}/v1".encode()).derive(source)


class _Pair:
    """An X-Wing pair from its seed."""

    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.shake_256(seed).digest(96)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        self.id = hashlib.sha256(public).digest()
        self._private = MLKEM768X25519PrivateKey(mlkem, x25519)

    def unwrap(self, blob: bytes, info: bytes) -> bytes | None:
        if blob[:1] != b"\x01":
            return None
        try:
            return _SUITE.decrypt(blob[1:], self._private, info)
        except InvalidTag:
            return None


def _unseal(key: bytes, context: bytes, blob: bytes) -> bytes | None:
    if blob[:1] != b"\x01":
        return None
    decryptor = Cobblestone256Decryptor(key, context)
    try:
        padded = decryptor.update(blob[1:]) + decryptor.finalize()
    except InvalidTag:
        return None
    return padded.rstrip(b"\0").removesuffix(b"\x80")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a version lies, as its bindings name it."""

    row: Row

    @property
    def fields(self) -> tuple[Any, ...]:
        row = self.row
        return (
            *(row["dossier_id"], row["compartment"], row["epoch"]),
            *(row["id"], row["version"], row["previous"]),
        )


class Thief:
    """Whoever has a copy of the database and the wrap seed of one professional."""

    def __init__(self, copy: Copy, professional: UUID, seed: bytes) -> None:
        self._copy = copy
        own = _Pair(seed)
        self._pairs = {own.id: own}
        for row in copy["member_wraps"]:
            if row["professional_id"] == professional:
                info = binding("member-wrap", row["service_id"], row["epoch"], professional)
                found = own.unwrap(row["wrap"], info)
                if found is not None:
                    pair = _Pair(found)
                    self._pairs[pair.id] = pair
        self.keys = dict(self._grants())

    def _grants(self) -> Iterator[tuple[tuple[UUID, str, int, str], bytes]]:
        """Yield every compartment key and flag key that opens, by where it belongs."""
        for row in self._copy["wraps"]:
            pair = self._pairs.get(row["recipient_key"])
            if pair is None:
                continue
            at = (row["dossier_id"], row["compartment"])
            info = binding(
                "grant-wrap", *at, row["part"], row["epoch"], row["recipient_key"], row["grant"]
            )
            key = pair.unwrap(row["wrap"], info)
            if key is not None:
                yield (*at, row["epoch"], row["part"]), key
                if row["part"] == "body":
                    yield (*at, row["epoch"], "flag"), derive(key, "flag")

    def opened(self) -> Iterator[Opened]:
        """Yield every part of every version that opens."""
        for row in self._copy["entries"]:
            place = _Place(row)
            for part, kind, column in (("body", "record", "body"), ("flag", "flags", "flags")):
                for key in self._candidates(place, part):
                    text = _unseal(key, binding(kind, *place.fields), row[column])
                    if text is not None:
                        name = (row["dossier_id"], row["compartment"], row["id"], row["version"])
                        yield Opened(*name, part, text)
                        break

    def _candidates(self, place: _Place, part: str) -> Iterator[bytes]:
        row = place.row
        at = (row["dossier_id"], row["compartment"], row["epoch"])
        if not row["own_key"]:
            if (*at, part) in self.keys:
                yield self.keys[*at, part]
            return
        for body in self._own_keys(place, "body"):
            yield body if part == "body" else derive(body, "entry-flag")
        if part == "flag":
            yield from self._own_keys(place, "flag")

    def _own_keys(self, place: _Place, part: str) -> Iterator[bytes]:
        row = place.row
        held = self.keys.get((row["dossier_id"], row["compartment"], row["epoch"], part))
        for wrap in self._copy["entry_wraps"]:
            if (wrap["entry_id"], wrap["version"], wrap["part"]) != (
                row["id"],
                row["version"],
                part,
            ):
                continue
            info = binding("entry-wrap", *place.fields, part, wrap["recipient_key"])
            pair = self._pairs.get(wrap["recipient_key"])
            if wrap["inbox"]:
                pair = None if held is None else _Pair(derive(held, "inbox"))
            found = None if pair is None else pair.unwrap(wrap["wrap"], info)
            if found is not None:
                yield found

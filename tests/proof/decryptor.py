"""What a thief reads: rows of a copied database and the private seeds of one professional.

Written from docs/crypto.md alone. It imports no module of vepshare and asks nobody whether it
may: whatever opens here is open to whoever steals that copy and those seeds.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

Row = Mapping[str, object]
Rows = Mapping[str, tuple[Row, ...]]

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Opened:
    """Where a value that opened lies; ids in hexadecimal, `part` is `body` or `flag`."""

    dossier: str
    compartment: str
    entry: str
    version: int
    part: str


def binding(kind: str, *fields: str | int | bytes) -> bytes:
    """docs/crypto.md, "Bindings"; ids are given as their 16 bytes."""
    text = f"vepshare/{kind}/v1".encode() + b"\0"
    for one in fields:
        raw = _raw(one)
        text += len(raw).to_bytes(4, "big") + raw
    return text


def _raw(field: str | int | bytes) -> bytes:
    if isinstance(field, int):
        return field.to_bytes(8, "big")
    return field.encode() if isinstance(field, str) else field


def microseconds(text: str) -> int:
    """docs/crypto.md, "Bindings": a time, given as the text of one in UTC."""
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def derive(source: bytes, label: str) -> bytes:
    """docs/crypto.md, "Seeds": HKDF-SHA256 (RFC 5869), empty salt, 32 bytes."""
    extracted = hmac.digest(bytes(32), source, "sha256")
    return hmac.digest(extracted, f"vepshare/key/{label}/v1".encode() + b"\1", "sha256")


@lru_cache(maxsize=4096)
def key_of(seed: bytes) -> MLKEM768X25519PrivateKey:
    """docs/crypto.md, "Seeds": an X-Wing seed becomes a key."""
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


@lru_cache(maxsize=4096)
def key_id(seed: bytes) -> bytes:
    """Return the SHA-256 of the public key of an X-Wing seed."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key()
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:]).public_key()
    return hashlib.sha256(mlkem.public_bytes_raw() + x25519.public_bytes_raw()).digest()


@lru_cache(maxsize=65536)
def unwrap(seed: bytes, blob: bytes, info: bytes) -> bytes | None:
    """docs/crypto.md, "Wraps"; None when it does not open."""
    if blob[:1] != b"\1":
        return None
    try:
        return _SUITE.decrypt(blob[1:], key_of(seed), info)
    except (InvalidTag, ValueError):
        return None


@lru_cache(maxsize=65536)
def unseal(key: bytes, blob: bytes, context: bytes) -> bytes | None:
    """docs/crypto.md, "Seals"; None when it does not open."""
    if blob[:1] != b"\1":
        return None
    decryptor = Cobblestone256Decryptor(key, context)
    try:
        content = decryptor.update(blob[1:]) + decryptor.finalize()
    except InvalidTag:
        return None
    return content.rstrip(b"\0")[:-1]


class Thief:
    """One professional's seeds before a copied database."""

    def __init__(self, rows: Rows, professional: str, wrap_seeds: Iterable[bytes]) -> None:
        """Take the id of the professional, in hexadecimal, and the X-Wing seeds they hold."""
        self._rows = rows
        self._seeds = {key_id(seed): seed for seed in wrap_seeds}
        self._seeds |= {key_id(seed): seed for seed in self._service_seeds(professional)}
        self._keys = dict(self._compartment_keys())

    @classmethod
    def of_root(cls, rows: Rows, professional: str, root: bytes) -> "Thief":
        """Return the thief who has the root seed."""
        return cls(rows, professional, (derive(root, "wrap-seed"),))

    def opened(self) -> dict[Opened, bytes]:
        """Return the content of every value that opens, in every version and epoch."""
        return dict(self._opened())

    def _service_seeds(self, professional: str) -> Iterator[bytes]:
        for row in self._rows["member_wraps"]:
            if row["professional_id"] == professional:
                info = binding(
                    "member-wrap",
                    bytes.fromhex(row["service_id"]),
                    row["epoch"],
                    bytes.fromhex(professional),
                )
                yield from self._tried(self._seeds.values(), row["wrap"], info)

    def _compartment_keys(self) -> Iterator[tuple[tuple[object, ...], bytes]]:
        for row in self._rows["wraps"]:
            info = binding(
                "grant-wrap",
                bytes.fromhex(row["dossier_id"]),
                row["compartment"],
                row["part"],
                row["epoch"],
                row["recipient_key"],
                row["grant"],
            )
            place = (row["dossier_id"], row["compartment"], row["epoch"])
            mine = (
                [self._seeds[row["recipient_key"]]] if row["recipient_key"] in self._seeds else ()
            )
            for key in self._tried(mine, row["wrap"], info):
                yield (*place, row["part"]), key
                if row["part"] == "body":
                    yield (*place, "flag"), derive(key, "flag")

    def _opened(self) -> Iterator[tuple[Opened, bytes]]:
        wraps: dict[tuple[object, ...], list[Row]] = {}
        for one in self._rows["entry_wraps"]:
            at = (one["dossier_id"], one["entry_id"], one["version"])
            wraps.setdefault(at, []).append(one)
        for row in self._rows["entries"]:
            own = wraps.get((row["dossier_id"], row["id"], row["version"]), [])
            for part, kind, blob in (("body", "record", "body"), ("flag", "flags", "flags")):
                for key in self._candidates(row, part, own):
                    content = unseal(key, row[blob], binding(kind, *self._version(row)))
                    if content is not None:
                        yield self._where(row, part), content

    def _candidates(self, row: Row, part: str, wraps: list[Row]) -> Iterator[bytes]:
        if not row["own_key"]:
            held = self._keys.get((row["dossier_id"], row["compartment"], row["epoch"], part))
            if held is not None:
                yield held
            return
        for one in wraps:
            for key in self._own_keys(row, one):
                if one["part"] == part:
                    yield key
                elif part == "flag":
                    yield derive(key, "entry-flag")

    def _own_keys(self, row: Row, one: Row) -> Iterator[bytes]:
        info = binding("entry-wrap", *self._place(row), one["part"], one["recipient_key"])
        seeds = [self._seeds.get(one["recipient_key"])]
        # Whatever the row says of an inbox, both inboxes of what is held are tried.
        for part in ("body", "flag"):
            at = (row["dossier_id"], row["compartment"], row["epoch"], part)
            if at in self._keys:
                seeds.append(derive(self._keys[at], "inbox"))
        yield from self._tried((one for one in seeds if one is not None), one["wrap"], info)

    @staticmethod
    def _tried(seeds: Iterable[bytes], blob: bytes, info: bytes) -> Iterator[bytes]:
        for seed in tuple(seeds):
            secret = unwrap(seed, blob, info)
            if secret is not None:
                yield secret

    @staticmethod
    def _place(row: Row) -> tuple[str | int | bytes, ...]:
        return (
            bytes.fromhex(row["dossier_id"]),
            row["compartment"],
            row["epoch"],
            bytes.fromhex(row["id"]),
            row["version"],
            row["previous"],
        )

    @staticmethod
    def _version(row: Row) -> tuple[str | int | bytes, ...]:
        return (
            bytes.fromhex(row["dossier_id"]),
            row["compartment"],
            row["epoch"],
            row["kind"],
            bytes.fromhex(row["author_id"]),
            bytes.fromhex(row["organisation_id"]),
            row["profession"],
            microseconds(row["recorded_at"]),
            bytes.fromhex(row["id"]),
            row["version"],
            row["previous"],
        )

    @staticmethod
    def _where(row: Row, part: str) -> Opened:
        return Opened(
            dossier=row["dossier_id"],
            compartment=row["compartment"],
            entry=row["id"],
            version=row["version"],
            part=part,
        )

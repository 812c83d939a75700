"""Archives of tables as files, and the manifest that vouches for them: `docs/backup.md`."""

import base64
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from vepshare import audit
from vepshare.errors import VepshareError
from vepshare.storage import Cell, Work, columns, tables

FORMAT = "vepshare-backup/v1"
PARTS = ("data", "keys")
_MOST_MANIFEST = 1 << 20
_LONGEST_LINE = 4 << 20
_PIECE = 1 << 20


class BackupRefusedError(VepshareError):
    """A backup that cannot be made, or is not whole and ours. One line for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one backup is: its files by their SHA-256 (hexadecimal), and the log in it."""

    id: UUID
    made_at: datetime
    keys_until: date
    origin: str
    revision: str
    size: int
    root: bytes
    checkpoint: str
    files: Mapping[str, str]
    rows: Mapping[str, int]

    def name(self, part: str) -> str:
        """Return the name of the archive of one part, `data` or `keys`."""
        return f"{stem(self.made_at, self.id)}-{part}.jsonl.gz"


def stem(made_at: datetime, backup_id: UUID) -> str:
    """Return what the names of all files of one backup begin with."""
    return f"vepshare-{made_at:%Y%m%dT%H%M%SZ}-{backup_id.hex[:8]}"


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Yield a new private file; it has its name once it is whole and on the disk, or never.

    Raises:
        BackupRefusedError: the disk is full, or the folder cannot be written.

    """
    draft = path.with_name(f".{path.name}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BackupRefusedError(f"{path}: {error.strerror or 'cannot be written'}") from None
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_archive(work: Work, path: Path, part: str, backup_id: UUID) -> dict[str, int]:
    """Write the tables of one part to *path*; return how many rows each has."""
    rows: dict[str, int] = {}
    with written(path) as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        file.write(_line({"format": FORMAT, "part": part, "backup": backup_id.hex}))
        for name in tables(keys=part == "keys"):
            file.write(_line({"table": name, "columns": columns(name)}))
            rows[name] = 0
            for row in work.backups.rows(name):
                file.write(_line(row))
                rows[name] += 1
            file.write(_line({"end": name, "rows": rows[name]}))
        file.write(_line({"end": part, "tables": len(rows)}))
    return rows


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises:
        BackupRefusedError: it cannot be read.

    """
    hashed = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                hashed.update(piece)
    except OSError as error:
        raise BackupRefusedError(f"{path}: {error.strerror}") from None
    return hashed.hexdigest()


def write_manifest(path: Path, manifest: Manifest, key: audit.LogSigner) -> None:
    """Write the manifest: one line of JSON, one line with the log key's signature of it."""
    body = json.dumps(
        {
            "format": FORMAT,
            "backup": manifest.id.hex,
            "made_at": manifest.made_at.isoformat(),
            "keys_until": manifest.keys_until.isoformat(),
            "origin": manifest.origin,
            "revision": manifest.revision,
            "size": manifest.size,
            "root": manifest.root.hex(),
            "checkpoint": manifest.checkpoint,
            "files": dict(manifest.files),
            "rows": dict(manifest.rows),
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    signature = base64.b64encode(audit.sign_manifest(body, key))
    with written(path) as file:
        file.write(body + b"\n" + signature + b"\n")


def read_manifest(path: Path, publics: Iterable[bytes]) -> Manifest:
    """Return a manifest that one of the log keys *publics* (32 bytes each) has signed.

    Raises:
        BackupRefusedError: it is missing, not whole, or signed by nobody we know.

    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_MANIFEST)
        body, signature, rest = data.split(b"\n")
        signed = base64.b64decode(signature, validate=True)
        spelled = base64.b64encode(signed) == signature and not rest
    except OSError as error:
        raise BackupRefusedError(f"{path}: {error.strerror}") from None
    except ValueError:
        spelled = False
    if not spelled or not any(audit.is_manifest(body, signed, one) for one in publics):
        raise BackupRefusedError(f"{path}: not a manifest signed by the log key")
    return _manifest(cast(dict[str, object], json.loads(body)))


def _manifest(said: dict[str, object]) -> Manifest:
    if said["format"] != FORMAT:
        raise BackupRefusedError("the manifest is of another format")
    return Manifest(
        id=UUID(str(said["backup"])),
        made_at=datetime.fromisoformat(str(said["made_at"])),
        keys_until=date.fromisoformat(str(said["keys_until"])),
        origin=str(said["origin"]),
        revision=str(said["revision"]),
        size=int(str(said["size"])),
        root=bytes.fromhex(str(said["root"])),
        checkpoint=str(said["checkpoint"]),
        files=cast(dict[str, str], said["files"]),
        rows=cast(dict[str, int], said["rows"]),
    )


def read_archive(
    path: Path, part: str, manifest: Manifest, load: Callable[[str, Iterator[list[Cell]]], int]
) -> None:
    """Hand each table of an archive to *load*, in the order in which they were written.

    Raises:
        BackupRefusedError: a line, a row or a table is missing or out of place.

    """
    try:
        with gzip.open(path, "rb") as file:
            lines = _Lines(cast(BinaryIO, file))
            lines.expect({"format": FORMAT, "part": part, "backup": manifest.id.hex})
            names = tables(keys=part == "keys")
            for name in names:
                lines.expect({"table": name, "columns": columns(name)})
                loaded = load(name, lines.rows())
                lines.ended({"end": name, "rows": loaded}, manifest.rows.get(name))
            lines.expect({"end": part, "tables": len(names)})
            lines.nothing_left()
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise BackupRefusedError(f"{path}: not a whole archive") from error


class _Lines:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._after: object = None

    def _next(self) -> object:
        line = self._file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise ValueError("a line is cut off")
        return json.loads(line)

    def expect(self, said: object) -> None:
        if self._next() != said:
            raise ValueError("a line is out of place")

    def rows(self) -> Iterator[list[Cell]]:
        while isinstance(line := self._next(), list):
            yield line
        self._after = line

    def ended(self, said: dict[str, object], expected: int | None) -> None:
        if self._after != said or said["rows"] != expected:
            raise ValueError("a table is not whole")

    def nothing_left(self) -> None:
        if self._file.read(1):
            raise ValueError("something follows the end")

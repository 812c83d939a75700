"""Unmistakable values, written in every kind of entry that holds a text, are nowhere in clear."""

import gzip
import json
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from sqlalchemy import make_url

from tests.databases import ON_POSTGRES, ON_SQLITE
from tests.demo.test_prepared import spellings
from tests.worlds import WEDNESDAY, World, make_draft, open_dossier, read

from .playing import TEXT_IN

LINES = (
    ("O1/SVA", "ID CT HO CH SF IN RI PL AP JU PM RA MD"),
    ("O1/PSY", "ID PS RI RA MD", "PS"),
    ("O7/MED", "ID HE RI RA MD", "HE"),
    ("O2/SVH", "ID AD RI", "AD"),
)
LARGEST = 64 * 1024 * 1024


def planted(world: World) -> tuple[str, ...]:
    """Write a canary into a text of each kind, read it back, and return all canaries."""
    canaries = {kind: f"Zéphyr{token_hex(8)}" for kind in TEXT_IN}
    drafts = tuple(
        make_draft(kind, **(dict(make_draft(kind).values.reveal()) | {TEXT_IN[kind]: canary}))
        for kind, canary in canaries.items()
    )
    reference = open_dossier(world, *LINES, entries=drafts, participants="u02 u11")
    shown = str(
        [
            entry.values.reveal()
            for one in read(world, "u01", reference, now=WEDNESDAY).compartments.values()
            for entry in one.entries
            if entry.values is not None
        ]
    )
    assert canaries["identity"] in shown
    return tuple(canaries.values())


def forms(canary: str) -> Iterator[bytes]:
    yield from spellings(canary)
    yield canary.encode("utf-16-be")
    yield json.dumps(canary).encode()[1:-1]


def contents(files: Iterator[Path]) -> Iterator[tuple[Path, bytes]]:
    """Yield what files hold, and what they hold when decompressed; some go while one looks."""
    for file in files:
        try:
            if not file.is_file() or file.stat().st_size > LARGEST:
                continue
            held = file.read_bytes()
        except OSError:
            continue
        yield file, held
        if held[:2] == b"\x1f\x8b":
            try:
                yield file, gzip.decompress(held)
            except (OSError, EOFError, zlib.error):
                continue


def hits(canaries: tuple[str, ...], files: Iterator[Path]) -> set[tuple[str, str]]:
    wanted = [(canary, one) for canary in canaries for one in forms(canary)]
    return {
        (file.name, canary)
        for file, held in contents(files)
        for canary, one in wanted
        if one in held
    }


@ON_SQLITE
def test_no_canary_is_in_the_database_its_journal_or_its_gate(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nor in what the application said meanwhile, nor in the folder for temporary files."""
    canaries = planted(world)
    folder = Path(str(make_url(world.url).database)).parent
    said = "".join(capfd.readouterr())

    assert {one.suffix for one in folder.iterdir()} >= {".db"}
    assert hits(canaries, folder.rglob("*")) == set()
    assert hits(canaries, Path(tempfile.gettempdir()).glob("*")) == set()
    assert not [one for one in canaries if one in said]


@ON_POSTGRES
def test_no_canary_is_in_the_files_of_the_server(world: World) -> None:
    """The database's own files, the write-ahead log and the server's log, after a checkpoint."""
    canaries = planted(world)
    plain = make_url(world.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        [[data]] = connection.execute("SHOW data_directory").fetchall()
        oid_query = "SELECT oid FROM pg_database WHERE datname = current_database()"
        [[oid]] = connection.execute(oid_query).fetchall()
        [[said]] = connection.execute("SELECT pg_current_logfile()").fetchall()
    folder = Path(data)
    files = [*(folder / "base" / str(oid)).glob("*"), *(folder / "pg_wal").glob("*")]
    files += [folder / said] if said else []

    # Somebody who may not look at the files would find nothing in them.
    assert any(one.read_bytes() for one in files if one.is_file())
    assert hits(canaries, iter(files)) == set()


@ON_SQLITE
def test_the_scan_finds_what_is_there(world: World, tmp_path: Path) -> None:
    canary = f"Zéphyr{token_hex(8)}"
    for number, one in enumerate(forms(canary)):
        (tmp_path / f"found{number}").write_bytes(b"xx" + one + b"yy")
    (tmp_path / "found.gz").write_bytes(gzip.compress(canary.encode()))

    found = {name for name, _ in hits((canary,), tmp_path.glob("found*"))}

    assert len(found) == len(list(forms(canary))) + 1

"""The ceiling matrix: the most a function can ever see. Consent only narrows it."""

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from vepshare.dossier import Compartment
from vepshare.errors import ConfigurationError
from vepshare.people import Profession


class Level(StrEnum):
    """What a cell lets its holder do (niveau).

    F: flag values only. R: read. w: write, and read one's own organisation's entries and
    those addressed to one's service. W: write and read all. P: as W, for the organisation
    that runs the protected place.
    """

    FLAG = "F"
    READ = "R"
    WRITE_OWN = "w"
    WRITE = "W"
    PLACE = "P"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """One cell of the matrix. `own_tick`: closed until ticked on its own, after its warning (+)."""

    level: Level
    own_tick: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A version of the matrix. A cell that is absent is `-` or `§`: never in a dossier."""

    version: str
    dated: date
    digest: str
    cells: Mapping[tuple[Profession, Compartment], Ceiling]

    def cell(self, profession: Profession, compartment: Compartment) -> Ceiling | None:
        """Return the most *profession* may ever see of *compartment*, or None."""
        return self.cells.get((profession, compartment))


@cache
def matrix() -> Matrix:
    """Return the matrix in force.

    Raises:
        ConfigurationError: the file is not the one that was approved.

    Source: SCENARIOS 1.3

    """
    folder = resources.files("vepshare.policy")
    about = tomllib.loads(folder.joinpath("ceiling.toml").read_text("utf-8"))
    data = folder.joinpath(about["file"]).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != about["sha256"]:
        raise ConfigurationError(f"the ceiling matrix {about['file']} is not the approved one")
    return Matrix(
        version=about["version"],
        dated=about["date"],
        digest=digest,
        cells=MappingProxyType(_cells(data.decode())),
    )


def _cells(text: str) -> dict[tuple[Profession, Compartment], Ceiling]:
    cells = {}
    for row in csv.DictReader(text.splitlines()):
        profession = Profession(row.pop("function"))
        for slug, mark in row.items():
            if mark not in {"-", "§"}:
                cells[profession, Compartment(slug)] = _parse(mark)
    return cells


def _parse(mark: str) -> Ceiling:
    return Ceiling(level=Level(mark.removesuffix("+")), own_tick=mark.endswith("+"))

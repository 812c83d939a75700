"""The ceiling in force is the approved one, cell by cell."""

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from vepshare import policy
from vepshare.dossier import CODES, SENSITIVE
from vepshare.errors import ConfigurationError
from vepshare.people import Profession
from vepshare.policy import _ceiling

from .oracle import CEILING, COMPARTMENTS


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a copy of the matrix and its description, read in the place of the real ones."""
    for name in ("ceiling.toml", "ceiling-v0.csv"):
        shutil.copy(str(resources.files("vepshare.policy").joinpath(name)), tmp_path)
    monkeypatch.setattr(_ceiling.resources, "files", lambda _: tmp_path)
    _ceiling.matrix.cache_clear()
    yield tmp_path
    _ceiling.matrix.cache_clear()


def test_the_matrix_is_the_table_of_the_scenarios() -> None:
    """Source: SCENARIOS 1.3."""
    for (function, code), mark in CEILING.items():
        cell = policy.matrix().cell(Profession(function), CODES[code])
        found = "–§" if cell is None else cell.level.value + "+" * cell.own_tick
        assert mark in found if cell is None else mark == found, (function, code)
    assert len(CEILING) == 21 * 19


def test_the_codes_are_in_the_order_of_the_table() -> None:
    assert list(CODES) == COMPARTMENTS


def test_the_matrix_says_which_version_it_is() -> None:
    """The log names the version under which each decision was taken."""
    assert policy.matrix().version == "0"
    assert len(bytes.fromhex(policy.matrix().digest)) == 32


def test_a_true_copy_loads(copied: Path) -> None:
    assert policy.matrix().cell(Profession.MED, CODES["HE"]) is not None


@pytest.mark.parametrize(("old", "new"), [("DPO,-", "DPO,R"), ("\n", "\r\n"), ("ADM", "ADM ")])
def test_a_matrix_that_was_not_approved_stops_the_process(copied: Path, old: str, new: str) -> None:
    """One letter changed in the file opens nothing: it keeps vepshare from starting."""
    table = copied / "ceiling-v0.csv"
    changed = table.read_bytes().decode().replace(old, new, 1)
    table.write_bytes(changed.encode())

    with pytest.raises(ConfigurationError, match=r"ceiling-v0\.csv is not the approved one"):
        policy.matrix()


def test_the_matrix_cannot_be_changed_once_loaded() -> None:
    with pytest.raises(TypeError):
        policy.matrix().cells[Profession.ADM, CODES["AD"]] = None


def test_no_plus_cell_and_no_sensitive_one_opens_without_its_own_tick() -> None:
    """Source: R5, R26."""
    for (function, code), mark in CEILING.items():
        needed = mark.endswith("+") or CODES[code] in SENSITIVE
        assert policy.needs_own_tick(Profession(function), CODES[code]) is needed

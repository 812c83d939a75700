"""The list of rules tells the truth: what it says is enforced has a test that names the rule."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_ROW = re.compile(r"^\| (?P<key>[VR][0-9]+) \|.*\| (?P<part>[^|]*) \|$", re.MULTILINE)
_KEY = re.compile(r"\b([VR][0-9]+)(?:\s*-\s*(?:[VR])?([0-9]+))?\b")


@cache
def rules() -> dict[str, str]:
    """Return each rule with the part that enforces it in this version."""
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    return {match["key"]: match["part"].strip() for match in _ROW.finditer(text)}


@cache
def named_in_tests() -> frozenset[str]:
    """Return the rules that some test names as its source."""
    sources = (
        line
        for path in (ROOT / "tests").rglob("test_*.py")
        for line in path.read_text("utf-8").splitlines()
        if "Source:" in line
    )
    return frozenset(match[1] for line in sources for match in _KEY.finditer(line))


def test_the_list_is_complete() -> None:
    keys = {f"V{n}" for n in range(1, 15)} | {f"R{n}" for n in range(1, 61)}

    assert rules().keys() == keys


@pytest.mark.parametrize("key", sorted(key for key, part in rules().items() if part != "–"))
def test_a_rule_that_is_enforced_has_a_test_that_names_it(key: str) -> None:
    assert key in named_in_tests()

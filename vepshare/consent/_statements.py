"""The statements that are read out: editions in files, one a language, hashed into the consent.

They are not translations of strings: an edition is frozen once it has been used, and a
change of wording is a new edition.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

CURRENT = "2026-1"
LANGUAGES = ("fr", "nl", "de", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One edition in one language. `digest` is the SHA-256 of its file: 32 bytes in hex."""

    edition: str
    language: str
    points: tuple[str, ...]
    texts: Mapping[str, str]
    digest: str


@cache
def statement(edition: str, language: str) -> Statement | None:
    """Return an edition in a language, or None when there is no such file."""
    if language not in LANGUAGES or edition not in _editions():
        return None
    data = _folder().joinpath(edition, f"{language}.toml").read_bytes()
    content = tomllib.loads(data.decode())
    return Statement(
        edition=edition,
        language=language,
        points=tuple(cast(list[str], content["points"])),
        texts={key: value for key, value in content.items() if isinstance(value, str)},
        digest=hashlib.sha256(data).hexdigest(),
    )


def _folder() -> "resources.abc.Traversable":
    return resources.files("vepshare.consent").joinpath("statements")


def _editions() -> frozenset[str]:
    return frozenset(one.name for one in _folder().iterdir() if one.is_dir())

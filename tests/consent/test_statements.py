"""The statements that are read out: short, the same in four languages, and frozen."""

import hashlib
import re
import tomllib
from importlib import resources

import pytest

from vepshare import consent
from vepshare.consent import LANGUAGES, Statement

TEXTS = {
    "edition",
    "language",
    "teach_back",
    "withdrawal",
    "reporting_warning",
    "police_warning",
    "own_tick_warning",
    "secrecy_basis",
    "gdpr_basis",
    "night",
    "oral",
    "copy",
    "limits",
}
LABELS = {
    "fr": r"agresseu|victime|coupable|auteur|bourreau|violence",
    "nl": r"slachtoffer(?!bejegening)|dader|agressor|geweld",
    "de": r"opfer(?!betreuung|hilfe)|täter|gewalt",
    "en": r"victim(?! assistance| support)|perpetrator|aggressor|offender|violence",
}
VICTIM_SERVICES = r"aux victimes|slachtofferbejegening|opferbetreuung|opferhilfe|opferbeistand"


def current(language: str) -> Statement:
    found = consent.statement(consent.CURRENT, language)
    assert found is not None
    return found


def file(language: str) -> bytes:
    folder = resources.files("vepshare.consent")
    return folder.joinpath("statements", consent.CURRENT, f"{language}.toml").read_bytes()


def test_there_are_four_languages() -> None:
    assert LANGUAGES == ("fr", "nl", "de", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_says_the_same_things_in_every_language(language: str) -> None:
    """Source: R3."""
    found = current(language)

    assert set(found.texts) == TEXTS
    assert (found.edition, found.language) == (consent.CURRENT, language)
    assert (found.texts["edition"], found.texts["language"]) == (consent.CURRENT, language)
    assert all(text.strip() for text in found.texts.values())
    assert set(tomllib.loads(file(language).decode())) == TEXTS | {"points"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_six_points_of_fifteen_words_at_most(language: str) -> None:
    """Source: S06-A1."""
    points = current(language).points

    assert len(points) == len(set(points)) == 6
    for point in points:
        assert 3 <= len(point.split()) <= 15, point


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_digest_is_that_of_the_file(language: str) -> None:
    """Source: R3, R10."""
    assert current(language).digest == hashlib.sha256(file(language)).hexdigest()


def test_no_two_languages_have_the_same_digest() -> None:
    assert len({current(language).digest for language in LANGUAGES}) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_called_names_and_no_paper_says_violence(language: str) -> None:
    """Source: S06-A1. A printed page can be found; the services for victims keep their name."""
    found = current(language)
    said = " ".join((*found.points, *found.texts.values())).lower()
    said = re.sub(VICTIM_SERVICES, "", said)

    assert re.findall(LABELS[language], said) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_night_sentence_says_how_long(language: str) -> None:
    """Source: V2, S03."""
    assert "72" in current(language).texts["night"]


@pytest.mark.parametrize(
    ("edition", "language"),
    [
        (consent.CURRENT, "it"),
        (consent.CURRENT, ""),
        (consent.CURRENT, "../2026-1/fr"),
        ("1999-1", "fr"),
        ("", "fr"),
        (".", "fr"),
        ("..", "fr"),
    ],
)
def test_an_edition_or_a_language_that_does_not_exist_is_none(edition: str, language: str) -> None:
    """Nothing outside the folder of editions is ever read."""
    assert consent.statement(edition, language) is None

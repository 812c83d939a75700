"""The talk and the dossier in each of the four languages. Source: DESIGN 7."""

import pytest

from .conftest import Enter
from .looking import barriers, too_wide
from .stops import ADDRESSED, filled
from .talk import GO_ON
from .visitor import Visitor
from .world import World

LANGUAGES = ("fr", "nl", "de", "en")
NEXT = f"{GO_ON}[value=next]"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_the_language_asked_for(enter: Enter, world: World, language: str) -> None:
    visitors = {login: enter(login) for login in {stop.login for stop in ADDRESSED}}
    for visitor in visitors.values():
        visitor.go(f"/accessibility?lang={language}")

    found = {
        stop.name: visitors[stop.login].ask(filled(stop.path, world)).text() for stop in ADDRESSED
    }

    assert [name for name, text in found.items() if f'lang="{language}">' not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_dossier_and_talk_keep_nobody_out(enter: Enter, world: World, language: str) -> None:
    visitor = enter("u01")

    visitor.go(f"/dossiers/{world.hirondelle}?lang={language}")
    assert _faults(visitor, language) == []

    visitor.go("/dossiers/new")
    for _ in range(6):
        visitor.press(NEXT)
    assert _faults(visitor, language) == []
    visitor.press(f"{GO_ON}[value=point-1]")
    assert _faults(visitor, language) == []


def _faults(visitor: Visitor, language: str) -> list[str]:
    assert _language(visitor) == language
    return barriers(visitor) + too_wide(visitor)


def _language(visitor: Visitor) -> str | None:
    return visitor.page.locator("html").get_attribute("lang")


def test_the_person_is_spoken_to_in_her_own_language(enter: Enter) -> None:
    """The talk is in her language while the page stays in the professional's."""
    visitor = enter("u01")
    visitor.go("/dossiers/new")

    visitor.press("button[name=say][value=de]")

    assert _language(visitor) == "fr"
    assert visitor.page.locator("main .vep-statement[lang=de]").count() > 0

"""What must not be seen by whoever looks over a shoulder, or sits down afterwards."""

import pytest
from playwright.sync_api import Response

from vepshare.demo import S01

from .conftest import Enter
from .looking import barriers
from .visitor import Visitor
from .world import World

SECRET = (S01.pseudonym, "Vandermostelle", "bousculée")
MOST_BYTES = 100_000
COVERED_MS = 1_100
"""A page once hidden does not come back sooner, whatever is pressed."""


def test_nothing_comes_back_after_signing_out(enter: Enter, world: World) -> None:
    visitor = enter()
    visitor.sign_in("u01")
    visitor.go(f"/dossiers/{world.hirondelle}")
    _shows(visitor)
    visitor.press("#sign-out button")

    visitor.page.go_back()

    _hides(visitor)
    assert not visitor.context.cookies() or all(
        one["name"] != "vep" for one in visitor.context.cookies()
    )


def test_a_page_is_never_kept_by_the_browser(enter: Enter, world: World) -> None:
    visitor = enter("u01")
    for path in ("/", "/dossiers", f"/dossiers/{world.hirondelle}", "/sign-in"):
        assert visitor.go(path).headers["cache-control"] == "no-store"


def test_the_button_hides_the_page_and_brings_it_back(enter: Enter, world: World) -> None:
    visitor = _at_the_dossier(enter, world)

    visitor.page.locator("[data-mask]").click()
    _hides(visitor)
    visitor.page.wait_for_timeout(COVERED_MS)
    visitor.page.locator("[data-unmask]").click()

    _shows(visitor)


def test_two_escapes_hide_the_page_and_two_bring_it_back(enter: Enter, world: World) -> None:
    visitor = _at_the_dossier(enter, world)

    for _ in range(4):
        visitor.page.keyboard.press("Escape")
    _hides(visitor)
    visitor.page.wait_for_timeout(COVERED_MS)
    for _ in range(2):
        visitor.page.keyboard.press("Escape")

    _shows(visitor)


def test_a_hidden_page_loaded_again_stays_hidden(enter: Enter, world: World) -> None:
    visitor = _at_the_dossier(enter, world)
    visitor.page.locator("[data-mask]").click()

    visitor.page.reload()

    _hides(visitor)


def _at_the_dossier(enter: Enter, world: World) -> Visitor:
    visitor = enter("u01")
    visitor.go(f"/dossiers/{world.hirondelle}")
    _shows(visitor)
    return visitor


def _shows(visitor: Visitor) -> None:
    assert all(word in visitor.text for word in SECRET)
    assert visitor.path.startswith("/dossiers/")


def _hides(visitor: Visitor) -> None:
    assert [word for word in SECRET if word in visitor.text] == []
    assert not visitor.path.startswith("/dossiers")
    assert barriers(visitor) == []
    visitor.see()


@pytest.mark.parametrize("path", ["/sign-in", "/", "/dossiers/REF", "/dossiers/REF/consent"])
def test_a_first_visit_is_light(enter: Enter, world: World, path: str) -> None:
    """Source: PRACTICE 1.5, a page is at most 100 kB in all, on a slow line."""
    visitor = enter(None if path == "/sign-in" else "u01")
    visitor.context.clear_cookies(name="lang")
    answers: list[Response] = []
    visitor.page.on("response", lambda answer: answers.append(answer))

    visitor.go(path.replace("REF", world.hirondelle))
    visitor.page.wait_for_load_state("networkidle")

    sizes = {one.url: len(one.body()) for one in answers}
    assert sum(sizes.values()) < MOST_BYTES, sizes

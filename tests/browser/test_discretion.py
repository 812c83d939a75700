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
    assert "vep" not in {one["name"] for one in visitor.context.cookies()}


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


def test_a_first_visit_is_light(enter: Enter) -> None:
    """Source: PRACTICE 1.5, a page is at most 100 kB in all, on a slow line."""
    sizes = _brought(enter(), "/sign-in")

    assert sum(sizes.values()) < MOST_BYTES, sizes


@pytest.mark.parametrize("path", ["/", "/dossiers/REF", "/dossiers/REF/consent"])
def test_so_is_what_every_further_page_brings(enter: Enter, world: World, path: str) -> None:
    visitor = enter("u01")
    had = _brought(visitor, "/accessibility")

    found = _brought(visitor, path.replace("REF", world.hirondelle))

    sizes = {url: size for url, size in found.items() if url not in had}
    assert sum(sizes.values()) < MOST_BYTES / 2, sizes


def _brought(visitor: Visitor, path: str) -> dict[str, int]:
    """Return the bytes of everything that a page is made of, by address."""
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    visitor.page.on("response", keep)
    visitor.go(path)
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.remove_listener("response", keep)
    return {one.url: len(one.body()) for one in answers}


def test_what_must_not_be_would_be_noticed(enter: Enter) -> None:
    """A watch that notices nothing has to be one that could."""
    visitor = enter("u01")
    visitor.go(f"/dossiers?q={S01.pseudonym}")
    visitor.page.evaluate("document.title = 'Hirondelle'")
    visitor.see()
    with visitor.page.expect_console_message():
        visitor.page.evaluate("document.body.append(Object.assign(new Image(), {src: '//x.test'}))")

    kinds = {fault.partition(":")[0] for fault in visitor.faults}
    visitor.faults.clear()

    assert kinds >= {"address", "title", "console"}

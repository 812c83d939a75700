"""Signing in and out, the hat, and the pages that show nothing."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import WEDNESDAY, World

from .conftest import OpenAt
from .reader import Browser


@pytest.fixture
def stranger(world: World, clock: FrozenDateTimeFactory) -> Browser:
    """Somebody in front of the pages who has not signed in."""
    return Browser(world, None)


def attempt(stranger: Browser, login: str, passphrase: str) -> str:
    """Return the page after a wrong attempt."""
    stranger.get("/sign-in?lang=en")
    stranger.type("login", login)
    stranger.type("password", passphrase)
    page = stranger.press("Sign in")
    assert page.status == 401
    return page.text


def test_a_wrong_passphrase_and_an_unknown_login_get_the_same_words(stranger: Browser) -> None:
    """Source: V5."""
    wrong = attempt(stranger, "u01", "not this one")
    unknown = attempt(stranger, "nobody", "not this one")

    assert wrong == unknown
    assert stranger.page.values("login") == ["nobody"]
    assert stranger.page.values("password") == [""]


def test_the_cast_is_one_press_away_in_the_demonstration(stranger: Browser) -> None:
    """Source: DESIGN 7."""
    page = stranger.get("/sign-in?lang=en")
    form = next(
        one for one in page.forms if any("Lode Wauterschool" in b.text for b in one.buttons)
    )

    assert "Today" in stranger.send(form, form.buttons[0]).text
    assert "Maison médicale du Tilleul-Blanc" in stranger.page.text


def test_outside_the_demonstration_nobody_is_listed(
    world: World, clock: FrozenDateTimeFactory
) -> None:
    """Source: DESIGN 7."""
    page = Browser(world, None, demo=False).get("/sign-in")

    assert "Wauterschool" not in page.html
    assert "vepshare" not in "".join(one.value for form in page.forms for one in form.fields)


@pytest.mark.parametrize("path", ["/", "/dossiers", "/log", "/accesses", "/dossiers/V-AAAA-22"])
def test_without_a_session_every_page_leads_to_signing_in(stranger: Browser, path: str) -> None:
    """Source: V1."""
    page = stranger.get(path)

    assert page.path.startswith("/sign-in")


@pytest.mark.parametrize("target", ["//elsewhere.example", "https://elsewhere.example", "/\\x"])
def test_signing_in_leads_to_no_other_site(stranger: Browser, target: str) -> None:
    """An open redirect would carry people off to a page that looks like ours."""
    stranger.get("/sign-in", query_string={"next": target})

    assert stranger.page.values("next") == []


def test_signing_out_closes_what_the_browser_kept(at: OpenAt) -> None:
    """Source: PRACTICE 3.4."""
    nurse = at("u11")
    page = nurse.get("/")
    form = next(one for one in page.forms if one.action.endswith("/sign-out"))
    nurse.send(form, form.buttons[0])

    assert nurse.get("/").path.startswith("/sign-in")


def test_a_session_left_alone_is_over(at: OpenAt, clock: FrozenDateTimeFactory) -> None:
    """Source: DESIGN 5."""
    nurse = at("u11")
    clock.move_to(WEDNESDAY.replace(minute=20))

    assert nurse.get("/dossiers").path.startswith("/sign-in")


def test_the_neutral_page_names_nobody(at: OpenAt) -> None:
    """Source: PRACTICE 3.4."""
    page = at("u01").get("/agenda")

    assert page.title == "Agenda"
    assert "Mertolla" not in page.html
    assert "Vep" not in page.text


def test_the_hat_is_shown_in_words(at: OpenAt) -> None:
    page = at("u01").get("/function?lang=en")

    assert "Victim support – asbl Rive-Claire – present function" in page.text


def test_a_hat_nobody_holds_is_refused(at: OpenAt) -> None:
    """Source: V1."""
    someone = at("u01")
    form = next(one for one in someone.get("/function").forms if one.action.endswith("/function"))
    for one in form.fields:
        if one.name == "function":
            one.value = "DPO"

    assert someone.send(form, form.buttons[0]).status == 403


def test_the_accessibility_statement_needs_no_session(stranger: Browser) -> None:
    assert "WCAG" in stranger.get("/accessibility?lang=en").text

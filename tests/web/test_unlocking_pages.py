"""The pages of signing in outside a demonstration: kit, devices, another passphrase."""

import re

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.services.production import PASSPHRASE, enrol
from tests.worlds import World
from vepshare.crypto import KitCode

from .reader import Browser, Page

RIGHT = PASSPHRASE.reveal()
NEW = "cinq bateaux dans la brume"


@pytest.fixture
def kit(world: World) -> str:
    """The code of the kit of u90, a physician who was just enrolled."""
    return enrol(world, "u90", "O7/MED").encode()


@pytest.fixture
def browser(world: World, clock: FrozenDateTimeFactory, kit: str) -> Browser:
    """A browser that knows nobody."""
    return Browser(world, None, demo=False)


def with_kit(
    browser: Browser, kit: str, *, passphrase: str = RIGHT, remember: bool = False
) -> None:
    browser.get("/sign-in/kit?lang=en")
    for name, text in {"login": "u90", "password": passphrase, "kit": kit}.items():
        browser.type(name, text)
    if remember:
        browser.tick("yes")
    browser.press("Sign in")


def sign_out(browser: Browser) -> None:
    browser.post("/sign-out")


def with_passphrase(browser: Browser, passphrase: str = RIGHT) -> int:
    browser.get("/sign-in?lang=en")
    browser.type("login", "u90")
    browser.type("password", passphrase)
    return browser.press("Sign in").status


def submit(browser: Browser, action: str, **typed: str) -> Page:
    """Fill in and send the form of a page that goes to *action*."""
    form = next(one for one in browser.page.forms if one.action.endswith(action))
    for one in form.fields:
        one.value = typed.pop(one.name, one.value)
    assert typed == {}
    return browser.send(form, form.buttons[0])


def test_the_sign_in_page_leads_to_the_kit(browser: Browser) -> None:
    """Source: DESIGN 5."""
    page = browser.get("/sign-in?lang=en")
    assert "/sign-in/kit" in page.links.values()


def test_a_kit_opens_and_enrols_the_device(browser: Browser, kit: str) -> None:
    """Next time the passphrase is enough there, and nowhere else. Source: DESIGN 5."""
    with_kit(browser, kit.lower().replace("-", " "), remember=True)
    assert "Today" in browser.page.text
    sign_out(browser)

    assert with_passphrase(browser) == 200
    assert "Today" in browser.page.text


def test_without_enrolling_the_device_stays_unknown(browser: Browser, kit: str) -> None:
    """A borrowed computer. Source: DESIGN 5, PRACTICE 3.4."""
    with_kit(browser, kit)
    assert "Today" in browser.page.text
    sign_out(browser)

    assert with_passphrase(browser) == 401


def test_the_cookie_of_a_device_goes_to_the_sign_in_pages_only(browser: Browser, kit: str) -> None:
    """Source: DESIGN 5: a path-limited cookie."""
    browser.get("/sign-in/kit")
    token = browser.page.form.fields[0].value
    given = {"login": "u90", "password": RIGHT, "kit": kit, "remember": "yes", "csrf_token": token}
    answer = browser.client.post("/sign-in/kit", data=given)

    (cookie,) = (one for one in answer.headers.getlist("Set-Cookie") if "device" in one)
    assert cookie.startswith("__Secure-vep-device-")
    said = set(cookie.split("; "))
    assert {"Path=/sign-in", "Secure", "HttpOnly", "SameSite=Strict"} <= said
    assert "u90" not in cookie


def test_whatever_is_wrong_the_page_says_the_same(browser: Browser, kit: str) -> None:
    """Source: V5, R58."""
    said = set()
    for code, passphrase in ((kit, "wrong"), (KitCode(bytes(20)).encode(), RIGHT), ("", RIGHT)):
        with_kit(browser, code, passphrase=passphrase)
        assert browser.page.status == 401
        said.add(browser.page.text)

    assert len(said) == 1
    assert "What you typed does not match." in said.pop()


def test_a_slip_of_the_pen_is_told_and_costs_no_attempt(browser: Browser, kit: str) -> None:
    """Source: R58. At three in the morning, by the light of a telephone."""
    slip = kit[:-1] + ("0" if kit[-1] != "0" else "1")
    for _ in range(12):
        with_kit(browser, slip)
        assert browser.page.status == 422
        assert "not complete, or one of its characters is wrong" in browser.page.text
        assert browser.page.values("kit") == [slip]
        assert browser.page.values("password") == [""]

    with_kit(browser, kit)
    assert "Today" in browser.page.text


def test_one_sees_what_opens_ones_account_and_adds_to_it(browser: Browser, kit: str) -> None:
    """Source: R58."""
    with_kit(browser, kit)
    page = browser.get("/sign-in/ways?lang=en")
    assert "You have one way to sign in" in page.text
    assert "Remove" not in page.text

    page = submit(browser, "/ways/device", password=RIGHT, kit=kit)

    assert "You have one way to sign in" not in page.text
    assert "Enrolled device – this device" in page.text
    assert "Printed kit" in page.text
    sign_out(browser)
    assert with_passphrase(browser) == 200


def known(browser: Browser, kit: str) -> None:
    """Sign in on a device that is enrolled by it, and look at the ways."""
    with_kit(browser, kit, remember=True)
    browser.get("/sign-in/ways?lang=en")


def test_a_new_kit_is_shown_once(browser: Browser, kit: str) -> None:
    """Source: DESIGN 5."""
    known(browser, kit)
    page = submit(browser, "/ways/kit", password=RIGHT)
    (code,) = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){8}", page.html)

    assert code not in browser.get("/sign-in/ways").html
    sign_out(browser)
    with_kit(browser, kit)
    assert browser.page.status == 401
    with_kit(browser, code)
    assert "Today" in browser.page.text


def test_another_passphrase(browser: Browser, kit: str) -> None:
    """With it comes another kit; this device goes on. Source: R58."""
    known(browser, kit)
    page = submit(browser, "/ways/passphrase", password=RIGHT, new=NEW, again=NEW)
    assert "Your passphrase is changed" in page.text

    sign_out(browser)
    assert with_passphrase(browser) == 401
    assert with_passphrase(browser, NEW) == 200


@pytest.mark.parametrize(
    ("action", "typed", "status", "told"),
    [
        ("passphrase", {"new": NEW, "again": "other"}, 422, "The two are not the same."),
        ("passphrase", {"new": "short", "again": "short"}, 422, "At least 12 characters."),
        ("passphrase", {"new": NEW, "again": ""}, 422, "Fill in every field."),
        ("passphrase", {"password": "no", "new": NEW, "again": NEW}, 401, "does not match"),
        ("kit", {"password": "no"}, 401, "does not match"),
        ("kit", {"password": ""}, 422, "Fill in every field."),
    ],
)
def test_nothing_changes_by_what_is_wrong(
    browser: Browser, kit: str, action: str, typed: dict[str, str], status: int, told: str
) -> None:
    """The error leads to its field, and nothing typed stays on the page. Source: R58."""
    known(browser, kit)
    page = submit(browser, f"/ways/{action}", **({"password": RIGHT} | typed))

    assert page.status == status
    assert told in page.text
    ids = {one.id for form in page.forms for one in form.fields}
    targets = {link.removeprefix("#") for text, link in page.links.items() if told in text}
    assert targets
    assert targets <= ids
    assert NEW not in page.html
    sign_out(browser)
    assert with_passphrase(browser) == 200


def test_a_way_is_removed_at_once_but_not_the_last(browser: Browser, kit: str) -> None:
    """Source: R58."""
    known(browser, kit)
    first = next(one for one in browser.page.forms if one.action.endswith("/removal"))
    page = browser.send(first, first.buttons[0])
    assert "Nobody can sign in with it any more." in page.text

    assert browser.post(first.action).status == 422
    assert "You have one way to sign in" in browser.page.text


def test_a_session_of_somebody_else_removes_nothing(
    browser: Browser, world: World, kit: str
) -> None:
    """Source: R58."""
    known(browser, kit)
    actions = [one.action for one in browser.page.forms if one.action.endswith("/removal")]
    other = Browser(world, "u11")
    other.get("/sign-in/ways")

    for action in actions:
        assert other.post(action).status == 422
    assert len(browser.get("/sign-in/ways").forms) > len(actions)
    assert Browser(world, None, demo=False).get("/sign-in/ways").path.startswith("/sign-in?next=")


def test_in_the_demonstration_there_is_a_passphrase_to_change_and_no_kit(
    world: World, clock: FrozenDateTimeFactory
) -> None:
    """Source: DESIGN 7."""
    browser = Browser(world, "u11")
    page = browser.get("/sign-in/ways?lang=en")
    assert "Passphrase alone" in page.text
    assert "kit" not in page.text

    page = submit(browser, "/ways/passphrase", password="demo-u11-vepshare", new=NEW, again=NEW)

    assert "Your passphrase is changed" in page.text
    assert "shown once" not in page.text

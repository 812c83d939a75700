"""What pages answer when something cannot be done: calm, short, and telling nothing."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import World
from vepshare import errors as shared
from vepshare import services
from vepshare.errors import LogUnavailableError, Tampered, TamperedError, VepshareError
from vepshare.services import dossiers, lists
from vepshare.storage import LostRaceError, Store
from vepshare.web import errors

from .conftest import OpenAt
from .reader import Browser

_NOT_ANSWERED = {"ConfigurationError", "VepshareError"}


def test_every_error_has_its_status() -> None:
    """Source: STYLE."""
    named = [*vars(services).values(), *vars(shared).values(), LostRaceError]
    kinds = {one for one in named if isinstance(one, type) and issubclass(one, VepshareError)}

    assert {one for one in kinds if one.__name__ not in _NOT_ANSWERED} == set(errors.STATUS)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 429, 500, 503])
def test_every_status_has_its_page(at: OpenAt, status: int) -> None:
    app = at("u01").app
    with app.test_request_context("/?lang=en"):
        page, answered, _headers = errors.answer(status)

    assert answered == status
    assert "<h1" in page
    assert "Go to the first page" in page
    assert str(status) not in page.split("<main", 1)[1].split("</main>")[0]


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the list of dossiers fail with *error*."""

    def fail(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(lists, "list_dossiers", fail)


def test_an_error_nobody_expected_tells_a_number_only(
    at: OpenAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = at("u01")
    failing(monkeypatch, RuntimeError("secret of the database"))
    page = browser.get("/dossiers?lang=en")

    assert page.status == 500
    assert "If you report it, give this number:" in page.text
    assert "secret" not in page.html


def test_something_tampered_with_shows_nothing(at: OpenAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source: STYLE."""
    browser = at("u01")
    failing(monkeypatch, TamperedError(Tampered.VALUE))

    assert browser.get("/dossiers?lang=en").status == 500


def test_without_its_log_the_application_shows_nothing(
    at: OpenAt, dossier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: V8."""

    def fail(*_arguments: object, **_named: object) -> None:
        raise LogUnavailableError

    browser = at("u01")
    monkeypatch.setattr(dossiers, "_log_reading", fail)
    page = browser.get(f"/dossiers/{dossier}?lang=en")

    assert page.status == 503
    assert page.headers["Retry-After"] == "10"
    assert "nothing was shown or stored" in page.text
    assert "Vandermostelle" not in page.html


def test_without_its_database_the_application_still_answers(
    at: OpenAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that says so asks nobody who is signed in."""

    def fail(*_arguments: object, **_named: object) -> None:
        raise LogUnavailableError

    browser = at("u01")
    monkeypatch.setattr(Store, "peek", fail)
    monkeypatch.setattr(Store, "begin", fail)
    page = browser.get("/dossiers?lang=en")

    assert page.status == 503
    assert "nothing was shown or stored" in page.text


def test_too_many_attempts_are_told_how_long_to_wait(
    world: World, clock: FrozenDateTimeFactory
) -> None:
    stranger = Browser(world, None)
    for _ in range(10):
        stranger.get("/sign-in?lang=en")
        stranger.type("login", "u01")
        stranger.type("password", "wrong")
        assert stranger.press("Sign in").status == 401
    stranger.get("/sign-in?lang=en")
    stranger.type("login", "u01")
    stranger.type("password", "wrong")
    page = stranger.press("Sign in")

    assert page.status == 429
    assert page.headers["Retry-After"] == "900"
    assert "Too many attempts" in page.text


def test_a_page_that_is_not_there_looks_like_a_dossier_that_is_not_there(at: OpenAt) -> None:
    """Source: V5."""
    browser = at("u12")

    assert browser.get("/nowhere").text == browser.get("/dossiers/V-ZZZZ-ZZ").text


def test_an_address_says_nothing_to_another_site(at: OpenAt, dossier: str) -> None:
    """Source: PRACTICE 3.4."""
    headers = at("u11").get(f"/dossiers/{dossier}").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]

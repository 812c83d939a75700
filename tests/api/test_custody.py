"""While the pepper cannot be reached nobody signs in, and nobody is told that they typed wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.services.custodies import everything, in_vault
from tests.vaults import FakeVault, running
from tests.web.reader import Browser
from tests.worlds import World, make_draft, open_dossier

from .client import Api


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with running() as made:
        yield made


@pytest.fixture
def moved(world: World, vault: FakeVault, tmp_path: Path) -> World:
    """The installation with its keys in a vault."""
    return in_vault(world, vault, tmp_path)


def test_the_api_answers_that_it_is_unavailable(
    moved: World, vault: FakeVault, clock: FrozenDateTimeFactory
) -> None:
    """Source: R58."""
    api = Api(moved, clock)
    before = everything(moved.store)
    vault.sealed = True

    answers = [
        api.sign_in("u01"),
        api.sign_in("u01", password="wrong"),
        *(api.http.post("/api/v1/session", json=NOBODY) for _ in range(11)),
    ]

    assert {one.status_code for one in answers} == {503}
    assert {one.text for one in answers} == {answers[0].text}
    assert answers[0].json == {"code": 503, "reason": "custody"}
    assert int(answers[0].headers["Retry-After"]) > 0
    assert everything(moved.store) == before


NOBODY = {"login": "nobody", "password": "demo-nobody-vepshare"}


def test_who_is_signed_in_goes_on_working(
    moved: World, vault: FakeVault, clock: FrozenDateTimeFactory
) -> None:
    reference = open_dossier(moved, entries=(make_draft("identity"),))
    api = Api(moved, clock)
    bearer = api.bearer("u01")
    vault.sealed = True

    assert api.get(f"/dossiers/{reference}", headers=bearer).status_code == 200


def test_the_page_says_that_the_password_was_not_checked(
    moved: World, vault: FakeVault, clock: FrozenDateTimeFactory
) -> None:
    """Source: R58."""
    stranger = Browser(moved, None)
    stranger.get("/sign-in?lang=en")
    stranger.type("login", "u01")
    stranger.type("password", "demo-u01-vepshare")
    vault.sealed = True
    page = stranger.press("Sign in")

    assert page.status == 503
    assert "Your password was not checked" in page.text
    assert "The log cannot be written" not in page.text
    assert "vault" not in page.text
    assert page.headers["Retry-After"] == "10"

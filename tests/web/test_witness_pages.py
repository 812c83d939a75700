"""The witness of a spoken consent, in front of the pages."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.api.client import standing_still
from tests.worlds import (
    FRIDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    levels,
    open_dossier,
    read,
)
from vepshare import policy

from .reader import Browser
from .talking import ORAL, go, history


@pytest.fixture
def spoken(world: World) -> str:
    """A dossier opened by telephone, which waits for u11 as its witness."""
    proof = ORAL | {"witness": world.cast["u11"].id}
    return open_dossier(world, ("O1/SVA", "ID CT"), ("O1/PSY", "ID"), participants="", proof=proof)


def test_the_witness_sees_the_terms_only_and_confirms(
    world: World, clock: FrozenDateTimeFactory, spoken: str
) -> None:
    """Source: S06-R4."""
    browser = Browser(world, "u11")
    page = go(browser, spoken, "/witness")
    assert page.status == 200
    assert "Psychologist – asbl Rive-Claire" in page.text
    assert "Hirondelle" not in page.text
    assert levels(read(world, "u01", spoken, now=WEDNESDAY)) == ""

    page = browser.press("I was there: I confirm")
    assert page.path == "/"
    assert "The consent is confirmed" in page.text
    assert levels(read(world, "u01", spoken, now=WEDNESDAY)) == "ID:W CT:W"
    assert go(browser, spoken, "/witness").status == 404
    assert browser.get(f"/dossiers/{spoken}").status == 404


def test_nobody_else_sees_or_confirms_it(
    world: World, clock: FrozenDateTimeFactory, spoken: str
) -> None:
    """Source: S06-R4, V5."""
    browser = Browser(world, "u16")
    assert go(browser, spoken, "/witness").status == 404
    token = browser.get("/").forms[0].fields[0].value
    (waiting,) = history(world, spoken)
    given = {"csrf_token": token, "consent": str(waiting.id)}
    assert browser.client.post(f"/dossiers/{spoken}/consent/witness", data=given).status_code == 404


def test_a_confirmation_of_nothing_known_is_refused(
    world: World, clock: FrozenDateTimeFactory, spoken: str
) -> None:
    browser = Browser(world, "u11")
    go(browser, spoken, "/witness")
    next(one for one in browser.page.form.fields if one.name == "consent").value = "x"
    assert browser.press("I was there: I confirm").status == 422


def test_after_24_hours_it_is_too_late(world: World, spoken: str) -> None:
    """Source: S06."""
    with standing_still(TUESDAY + policy.CONFIRMATION) as clock:
        browser = Browser(world, "u11")
        assert go(browser, spoken, "/witness").status == 200
        clock.move_to(FRIDAY)
        browser.sign_in("u11")
        assert go(browser, spoken, "/witness").status == 404

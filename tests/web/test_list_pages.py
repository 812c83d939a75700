"""One's dossiers as a list, a search among them, and the page of the day."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import (
    World,
)

from .conftest import OpenAt
from .test_dossier_pages import withdraw

SENTENCE = (
    "You see what the person has agreed to share with your function. There may be other things."
)


def test_a_list_holds_no_value(at: OpenAt, dossier: str) -> None:
    """Source: R26."""
    page = at("u11").get("/dossiers?lang=en")

    assert "Hirondelle" in page.text
    assert "Vandermostelle" not in page.html
    assert page.title == "List"


@pytest.mark.parametrize(
    ("login", "wanted", "found"),
    [
        ("u11", "Coralie Vandermostelle", True),
        ("u11", "hirondelle", True),
        ("u11", "Vanderm", False),
        ("u13", "Coralie Vandermostelle", False),
        ("u13", "Nobody Atall", False),
    ],
)
def test_a_search_names_exactly_and_among_one_s_own(
    at: OpenAt, dossier: str, login: str, wanted: str, found: bool
) -> None:
    """Source: V10, S01-R3."""
    browser = at(login)
    browser.get("/dossiers?lang=en")
    browser.type("q", wanted)
    page = browser.press("Find")

    assert (dossier in page.text) is found
    assert wanted not in page.path


def test_a_search_for_a_name_in_a_dossier_looks_like_one_for_a_name_in_none(
    at: OpenAt, dossier: str
) -> None:
    """Source: S01-R3."""
    browser = at("u13")
    texts = []
    for wanted in ("Coralie Vandermostelle", "Wanda Rosenmeulen-Zy"):
        browser.get("/dossiers?lang=en")
        browser.type("q", wanted)
        texts.append(browser.press("Find").text.replace(wanted, ""))

    assert texts[0] == texts[1]


@pytest.mark.parametrize(("login", "offered"), [("u01", True), ("u11", True), ("u12", False)])
def test_opening_is_offered_to_those_she_confides_in(at: OpenAt, login: str, offered: bool) -> None:
    """Source: R19."""
    assert ("New dossier" in at(login).get("/dossiers?lang=en").text) is offered


def test_the_page_of_the_day_names_what_there_is_to_do(at: OpenAt, dossier: str) -> None:
    doctor = at("u11")
    page = doctor.get("/?lang=en")

    assert "You are invited to take part" in page.text
    form = next(one for one in page.forms if one.action.endswith("/done"))
    page = doctor.send(form, form.buttons[0])
    assert "You are invited to take part" not in page.text
    assert "1 dossier is open to you" in page.text


def test_opening_the_dossier_from_an_invitation_does_it(at: OpenAt, dossier: str) -> None:
    doctor = at("u11")
    page = doctor.get("/?lang=en")
    form = next(one for one in page.forms if one.action.endswith("/open"))
    page = doctor.send(form, form.buttons[0])

    assert page.path == f"/dossiers/{dossier}"
    assert page.status == 200
    assert "You are invited to take part" not in doctor.get("/").text


def test_the_invitation_of_somebody_else_opens_nothing(at: OpenAt, dossier: str) -> None:
    """Source: V5."""
    page = at("u11").get("/")
    form = next(one for one in page.forms if one.action.endswith("/open"))
    nurse = at("u16")
    nurse.get("/")
    page = nurse.post(form.action)

    assert page.path == "/"
    assert "You are invited to take part" in at("u11").get("/?lang=en").text


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2027-05-20 10:00", "13 days left"),
        ("2027-05-28 10:00", "5 days left"),
        ("2027-06-01 10:00", "1 day left"),
        ("2027-06-02 10:00", "Today is the last day"),
    ],
)
def test_an_agreement_about_to_end_is_announced(
    at: OpenAt, dossier: str, clock: FrozenDateTimeFactory, moment: str, said: str
) -> None:
    """Source: R9."""
    clock.move_to(moment)

    assert said in at("u16").get("/?lang=en").text


def test_a_sheet_waits_on_the_page_of_the_day(world: World, at: OpenAt, dossier: str) -> None:
    """Source: S02."""
    withdraw(world, dossier)

    assert f"Closing sheet of {dossier}" in at("u01").get("/?lang=en").text
    assert "Closing sheet" not in at("u11").get("/?lang=en").text

"""The consent talk, as it opens a dossier."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.api.client import standing_still
from tests.worlds import (
    TUESDAY,
    World,
    compartments,
    end_of,
    levels,
    make_terms,
    read,
)
from vepshare.consent import CURRENT, statement

from .reader import Browser
from .talking import (
    ADDRESS,
    S01,
    S01_V2,
    SAVE,
    SVA,
    Line,
    choose,
    opened,
    say,
    the_consent,
    to_check,
    to_recipients,
)


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    with standing_still(TUESDAY) as frozen:
        yield frozen


@pytest.fixture
def browser(world: World, clock: FrozenDateTimeFactory) -> Browser:
    return Browser(world)


def test_the_talk_records_exactly_the_first_consent_of_s01(world: World, browser: Browser) -> None:
    """Source: S01, R3."""
    to_recipients(browser)
    to_check(browser, *S01, refused=("police", "justice"), end="01/09/2027")
    page = browser.press(SAVE)

    assert page.status == 200
    assert page.path == f"/dossiers/{opened(world)}"
    recorded = the_consent(world).terms
    expected = make_terms(
        world, refused=("/POL", "/SAPV", "/AJV", "/PAR"), ends=end_of("2027-09-01")
    )
    assert {*recorded.recipients} == {*expected.recipients}
    assert replace(recorded, recipients=()) == replace(expected, recipients=())
    assert levels(read(world, "u01", opened(world))) == (
        "ID:W CT:W HO:W CH:W SF:W IN:W RI:W PL:W AP:W JU:W PM:R RA:w MD:W"
    )


def test_the_api_shows_the_same_terms_as_the_pages_recorded(world: World, browser: Browser) -> None:
    """Source: S01."""
    to_recipients(browser)
    to_check(browser, *S01, refused=("police", "justice"))
    browser.press(SAVE)

    client = browser.app.test_client(use_cookies=False)
    given = {"login": "u01", "password": "demo-u01-vepshare"}
    token = client.post("/api/v1/session", json=given).json["token"]
    path = f"/api/v1/dossiers/{opened(world)}/consents"
    (item,) = client.get(path, headers={"Authorization": f"Bearer {token}"}).json["items"]

    lines = {(one["organisation"], one["function"]): one for one in item["recipients"]}
    for line in S01:
        found = lines[tuple(line.service.split("/"))]
        assert set(found["compartments"]) == {one.value for one in compartments(line.codes)}
        assert set(found["own_ticks"]) == {one.value for one in compartments(line.ticks)}
    assert {one["function"] for one in item["refused"]} == {"SAPV", "POL", "AJV", "PAR"}
    assert item["end"].startswith("2027-06-02")
    known = statement(CURRENT, "fr")
    assert item["statement"] == {"edition": CURRENT, "language": "fr", "hash": known.digest}


def test_the_six_points_come_one_a_page_and_are_large(browser: Browser) -> None:
    """Source: R3, PRACTICE 3.2."""
    points = statement(CURRENT, "fr").points
    browser.get(f"{ADDRESS}?lang=en")
    for point in points:
        assert [point in browser.page.text for point in points].count(True) == 1
        assert point in browser.page.text
        browser.press("Next")
    assert statement(CURRENT, "fr").texts["teach_back"] in browser.page.text


def test_she_is_spoken_to_in_her_language_whatever_the_page_is_in(
    world: World, browser: Browser
) -> None:
    """Source: R3, R12."""
    browser.get(f"{ADDRESS}?lang=en")
    page = browser.press("Nederlands")
    assert statement(CURRENT, "nl").points[0] in page.text
    assert 'lang="nl"' in page.html
    assert "To read together" in page.text

    browser.press("The six points have been read")
    browser.tick("yes")
    browser.press("Continue")
    to_check(browser, SVA)
    browser.press(SAVE)

    proof = the_consent(world).terms.proof
    assert proof.statement_language == "nl"
    assert proof.statement_hash == statement(CURRENT, "nl").digest


def test_the_language_of_the_page_changes_without_losing_an_answer(browser: Browser) -> None:
    to_recipients(browser)
    browser.tick("O1/SVA")
    spoken, of_the_page = [one for one in browser.page.form.buttons if one.text == "Deutsch"] or [
        None,
        None,
    ]
    assert spoken.action == ""
    page = browser.send(browser.page.form, of_the_page)

    assert '<html class="govuk-template" lang="de">' in page.html
    assert [one.value for one in page.ticked()] == ["O1/SVA"]
    assert statement(CURRENT, "fr").texts["reporting_warning"] in page.text


def test_nothing_is_ticked_beforehand_on_any_page(browser: Browser) -> None:
    """Source: R4, V3."""
    browser.get(f"{ADDRESS}?lang=en")
    for _ in range(6):
        assert not [*browser.page.ticked()]
        browser.press("Next")
    assert not [*browser.page.ticked()]
    browser.tick("yes")
    browser.press("Continue")
    assert not [*browser.page.ticked()]
    choose(browser, SVA, S01_V2)
    assert not [*browser.page.ticked()]
    say(browser, SVA)
    assert not [*browser.page.ticked()]
    say(browser, S01_V2)
    assert not [*browser.page.ticked()]
    browser.press("Continue")
    assert not [*browser.page.ticked()]


def test_no_control_ticks_everything(browser: Browser) -> None:
    """Source: R4."""
    to_recipients(browser)
    choose(browser, SVA)
    words = browser.page.text.lower()
    assert "select all" not in words
    assert "everything" not in " ".join(one.text.lower() for one in browser.page.form.buttons)
    boxes = [one.value for one in browser.page.form.fields if one.kind == "checkbox"]
    assert len(boxes) == len(set(boxes)) == 18


@pytest.mark.parametrize("function", ["PAR", "DPO", "ADM", "RES"])
def test_some_functions_are_never_offered(browser: Browser, function: str) -> None:
    """Source: V14, R19."""
    to_recipients(browser)
    assert not [one for one in browser.page.values("services") if one.endswith(f"/{function}")]


def test_a_function_that_is_never_offered_cannot_be_sent_either(
    world: World, browser: Browser
) -> None:
    """Source: V14, R19."""
    to_recipients(browser)
    browser.tick("O1/SVA")
    button = next(one for one in browser.page.form.buttons if one.value == "next")
    page = browser.send(browser.page.form, button, services="O9/PAR")
    assert page.status == 422
    assert "This service can never be named in a consent." in page.text


@pytest.mark.parametrize("service", ["O8/SAPV", "O8/POL", "O10/AJV", "O11/CPAS"])
def test_who_may_have_to_report_is_kept_only_after_the_warning(
    browser: Browser, service: str
) -> None:
    """Source: V14, S01-R8."""
    to_recipients(browser)
    assert statement(CURRENT, "fr").texts["reporting_warning"] in browser.page.text

    page = choose(browser, Line(service, "ID"), warned=False)
    assert page.status == 422
    assert "Read the warning aloud" in page.text
    assert [one.value for one in page.ticked()] == [service]

    browser.tick("yes", name="warned")
    assert browser.press("Continue").status == 200
    assert "What may this service read?" in browser.page.text


def test_a_sheet_shows_what_its_function_can_ever_see_and_no_more(browser: Browser) -> None:
    """Source: V1, R5."""
    to_recipients(browser)
    choose(browser, Line("O11/CPAS", ""))
    offered = {one.value for one in browser.page.form.fields if one.kind == "checkbox"}
    wanted = compartments("ID CT HO CH SF IN RI PL AP JU RA MD")
    assert offered == {one.value for one in wanted}
    assert "Protected place" not in browser.page.text


def test_what_needs_a_yes_of_its_own_stands_apart_with_its_warning(browser: Browser) -> None:
    """Source: R5, R26."""
    to_recipients(browser)
    choose(browser, Line("O1/PSY", ""))
    apart = set(browser.page.values("ticks.O1/PSY"))
    assert apart == {one.value for one in compartments("HE PR PS SV HM IN JU")}
    together = {one.value for one in browser.page.fields("cells.O1/PSY")}
    assert not apart & together
    said = statement(CURRENT, "fr").texts
    assert said["own_tick_warning"] in browser.page.text
    assert said["police_warning"] not in browser.page.text
    assert "Would see key facts only" in browser.page.text


@pytest.mark.parametrize("service", ["O8/SAPV", "O8/POL", "O10/AJV"])
def test_police_and_justice_carry_a_second_warning_and_no_group(
    browser: Browser, service: str
) -> None:
    """Source: R5, V14."""
    to_recipients(browser)
    choose(browser, Line(service, ""))
    assert statement(CURRENT, "fr").texts["police_warning"] in browser.page.text
    assert browser.page.values(f"cells.{service}") == []

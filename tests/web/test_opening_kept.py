"""The consent talk: going back, and what is kept or refused at the end."""

from collections.abc import Iterator

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.api.client import standing_still
from tests.worlds import (
    TUESDAY,
    World,
    compartments,
    end_of,
    log_entries,
)
from vepshare import audit
from vepshare.errors import LogUnavailableError
from vepshare.people import Profession
from vepshare.services import lists, opening
from vepshare.storage import LostRaceError

from .reader import Browser
from .talking import (
    ADDRESS,
    S01,
    SAVE,
    SVA,
    Line,
    answer_proof,
    no_dossier,
    say,
    the_consent,
    to_check,
    to_proof,
    to_recipients,
)


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    with standing_still(TUESDAY) as frozen:
        yield frozen


@pytest.fixture
def browser(world: World, clock: FrozenDateTimeFactory) -> Browser:
    return Browser(world)


def test_going_back_and_changing_keeps_every_other_answer(world: World, browser: Browser) -> None:
    """Source: PRACTICE 4 (check answers)."""
    to_recipients(browser)
    to_check(browser, SVA, Line("O1/PSY", "ID"), refused=("justice",), end="01/05/2027")
    change = [one for one in browser.page.form.buttons if one.value == "line-2"]
    assert len(change) == 1
    page = browser.send(browser.page.form, change[0])
    assert {one.value for one in page.ticked()} == {"identity", "safe_contact"}
    browser.untick("safe_contact")
    page = browser.press("Continue")
    assert "Check together" in page.text
    page = browser.press("Back")
    assert page.values("end") == ["01/05/2027"]
    browser.press("Continue")
    browser.press(SAVE)

    lines = {one.profession: one for one in the_consent(world).terms.recipients}
    assert lines[Profession.SVA].compartments == compartments("ID")
    assert the_consent(world).terms.ends == end_of("2027-05-01")


def test_a_service_added_late_is_asked_about_before_the_end(browser: Browser) -> None:
    to_recipients(browser)
    to_check(browser, SVA)
    browser.press("recipients")
    browser.tick("O7/MED")
    page = browser.press("Continue")
    assert "Maison médicale du Tilleul-Blanc" in page.text
    assert "What may this service read?" in page.text
    say(browser, Line("O7/MED", "ID"))
    assert "Check together" in browser.page.text


def test_a_service_taken_away_takes_its_answers_along(world: World, browser: Browser) -> None:
    to_recipients(browser)
    to_check(browser, SVA, Line("O1/PSY", "ID PS", "PS"))
    browser.press("recipients")
    browser.untick("O1/PSY")
    browser.press("Continue")
    assert "ticks.O1/PSY" not in browser.page.html
    browser.press(SAVE)
    assert {one.profession for one in the_consent(world).terms.recipients} == {Profession.SVA}


def test_the_pseudonym_is_drawn_can_be_changed_and_never_runs(
    world: World, browser: Browser
) -> None:
    """Source: PRACTICE 3.1."""
    to_recipients(browser)
    page = to_check(browser, SVA)
    (drawn,) = page.values("pseudonym")
    assert drawn

    browser.type("pseudonym", "<script>alert(1)</script>")
    page = browser.press(SAVE)
    assert page.status == 422
    assert "<script>alert" not in page.html
    assert page.values("pseudonym") == ["<script>alert(1)</script>"]

    browser.type("pseudonym", "Hirondelle")
    browser.press(SAVE)
    (line,) = lists.list_dossiers(world.store, world.cast["u01"], now=TUESDAY)
    assert line.pseudonym == "Hirondelle"


def test_what_is_typed_comes_back_as_text_and_not_as_markup(browser: Browser) -> None:
    to_recipients(browser)
    to_proof(browser, SVA)
    page = answer_proof(browser, interpreter_language="<script>x</script>", end='"><img src=x>')
    assert page.status == 422
    assert "<script>x" not in page.html
    assert "<img" not in page.html
    assert page.values("end") == ['"><img src=x>']


def test_carried_answers_are_checked_again_at_the_end(world: World, browser: Browser) -> None:
    """Source: V1, R5. Somebody changes what travels hidden in the last page."""
    to_recipients(browser)
    to_check(browser, SVA)
    hidden = next(one for one in browser.page.form.fields if one.name == "cells.O1/SVA")
    hidden.value = "health"
    page = browser.press(SAVE)
    assert page.status == 422
    assert "This service can never see one of these." in page.text
    assert no_dossier(world)


@pytest.mark.parametrize(("error", "status"), [(LostRaceError, 409), (LogUnavailableError, 503)])
def test_what_could_not_be_recorded_is_given_back_whole(
    world: World,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    status: int,
) -> None:
    """Source: STYLE, errors."""
    to_recipients(browser)
    to_check(browser, SVA, refused=("police",))

    def fail(*_args: object, **_more: object) -> str:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(opening, "open_dossier", fail)
        page = browser.press(SAVE)
    assert page.status == status
    assert "Nothing was recorded." in page.text
    assert browser.press(SAVE).status == 200
    assert the_consent(world).terms.refused


def test_nothing_is_stored_before_the_last_page(world: World, browser: Browser) -> None:
    """Source: V3."""
    before = len(log_entries(world.store))
    to_recipients(browser)
    to_check(browser, *S01)
    assert len(log_entries(world.store)) == before
    browser.press(SAVE)
    assert log_entries(world.store, audit.Event.DOSSIER_OPENED)


@pytest.mark.parametrize("login", ["u12", "u14", "u19", "u21"])
def test_who_may_not_open_a_dossier_is_refused_and_the_refusal_logged(
    world: World, clock: FrozenDateTimeFactory, login: str
) -> None:
    """Source: V3, R19."""
    browser = Browser(world, login)
    page = browser.get(ADDRESS)
    assert page.status == 403
    (refused,) = log_entries(world.store, audit.Event.FORM_SHOWN)
    assert refused.outcome is audit.Outcome.REFUSED


def test_the_title_is_neutral_and_the_address_says_nothing(browser: Browser) -> None:
    """Source: PRACTICE 3.4."""
    to_recipients(browser)
    assert browser.page.title == "Sheet"
    to_check(browser, SVA)
    assert browser.page.title == "Sheet"
    assert browser.page.path.split("?")[0] == ADDRESS


def test_nobody_comes_here_without_a_session(world: World, clock: FrozenDateTimeFactory) -> None:
    browser = Browser(world, None)
    assert browser.client.get(ADDRESS).status_code == 302

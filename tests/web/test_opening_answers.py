"""The consent talk: answers that do not stand."""

from collections.abc import Iterator

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.api.client import standing_still
from tests.worlds import (
    TUESDAY,
    World,
    end_of,
    levels,
    read,
)
from vepshare.consent import CURRENT, statement
from vepshare.people import Profession

from .reader import Browser
from .talking import (
    ADDRESS,
    S01_V2,
    SAVE,
    SVA,
    Line,
    answer_proof,
    choose,
    no_dossier,
    opened,
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


def test_a_line_may_be_for_one_person_and_end_earlier(world: World, browser: Browser) -> None:
    """Source: V1."""
    to_recipients(browser)
    to_check(browser, SVA, Line("O1/PSY", "ID PS", "PS", person="u02", until="15/04/2027"))
    assert "Only for Gauthier Pirnot." in browser.page.text
    browser.press(SAVE)

    lines = {one.profession: one for one in the_consent(world).terms.recipients}
    assert lines[Profession.PSY].professional_id == world.cast["u02"].id
    assert lines[Profession.PSY].ends == end_of("2027-04-15")
    assert lines[Profession.SVA].ends is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("demain", "Write the date like this: 02/03/2027."),
        ("31/02/2027", "Write the date like this: 02/03/2027."),
        ("01/03/2027", "This date is past."),
    ],
)
def test_a_date_that_is_none_is_given_back_as_it_was_typed(
    browser: Browser, text: str, sentence: str
) -> None:
    to_recipients(browser)
    choose(browser, SVA)
    page = say(browser, Line("O1/SVA", "ID", until=text))
    assert page.status == 422
    assert sentence in page.text
    assert page.values("until.O1/SVA") == [text]
    assert [one.value for one in page.ticked()] == ["identity"]


def test_a_line_that_ends_after_the_consent_is_mended_on_its_own_page(
    world: World, browser: Browser
) -> None:
    """Source: V2."""
    to_recipients(browser)
    to_check(browser, Line("O1/SVA", "ID CT", until="01/09/2027"), end="02/06/2027")
    page = browser.press(SAVE)
    assert page.status == 422
    assert "What may this service read?" in page.text
    assert "This date is too far." in page.text
    assert page.values("until.O1/SVA") == ["01/09/2027"]
    assert no_dossier(world)

    browser.type("until.O1/SVA", "01/05/2027")
    browser.press("Continue")
    assert browser.press(SAVE).status == 200
    assert the_consent(world).terms.recipients[0].ends == end_of("2027-05-01")


@pytest.mark.parametrize(
    ("form", "end", "typed", "sentence"),
    [
        ("written_paper", "03/03/2028", {}, "This date is too far."),
        ("oral", "03/06/2027", {"oral_reason": "by_telephone"}, "This date is too far."),
        ("night", "03/03/2027", {}, "A night consent lasts 72 hours: leave the date empty."),
        ("oral", "", {}, "Say why it was not put in writing."),
        ("written_paper", "", {"witness": "u02"}, "A witness is named only for a spoken"),
        ("written_paper", "", {"interpreter_service": "sworn_interpreter"}, "Write the code"),
        ("written_paper", "", {"interpreter_code": "NL 12!"}, "Write the code"),
    ],
)
def test_a_proof_that_does_not_stand_is_refused_and_kept(
    world: World, browser: Browser, form: str, end: str, typed: dict[str, str], sentence: str
) -> None:
    """Source: V2, R11, R12."""
    to_recipients(browser)
    page = to_check(browser, SVA, form=form, end=end, **typed)
    if page.status == 200:
        page = browser.press(SAVE)
    assert page.status == 422
    assert sentence in page.text
    assert page.values("end") == [end]
    assert form in [one.value for one in page.ticked()]
    assert no_dossier(world)


def test_how_it_was_given_must_be_said(browser: Browser) -> None:
    """Source: R3."""
    to_recipients(browser)
    to_proof(browser, SVA)
    page = browser.press("Continue")
    assert page.status == 422
    assert "Say how the consent was given." in page.text
    assert "Say whether the person was seen alone." in page.text
    assert 'href="#form"' in page.html
    assert 'id="form"' in page.html


def test_an_interpreter_is_a_service_and_a_code_and_never_a_relative(
    world: World, browser: Browser
) -> None:
    """Source: R12."""
    to_recipients(browser)
    page = to_check(
        browser,
        SVA,
        interpreter_service="approved_social_service",
        interpreter_code="set-042",
        interpreter_mode="telephone",
        interpreter_language="albanais",
    )
    assert page.status == 200
    browser.press(SAVE)
    spoken = the_consent(world).terms.proof.interpreter
    assert (spoken.code, spoken.language) == ("SET-042", "albanais")


def test_a_spoken_consent_waits_for_its_witness(world: World, browser: Browser) -> None:
    """Source: S06, R11."""
    to_recipients(browser)
    to_check(browser, SVA, form="oral", oral_reason="by_telephone", witness="u02")
    browser.press(SAVE)
    consent = the_consent(world)
    assert not consent.confirmed
    assert consent.terms.proof.witness == world.cast["u02"].id
    assert levels(read(world, "u01", opened(world))) == ""


def test_a_night_consent_lasts_72_hours(world: World, browser: Browser) -> None:
    """Source: V2, S03."""
    to_recipients(browser)
    to_check(browser, SVA, form="night")
    browser.press(SAVE)
    terms = the_consent(world).terms
    assert (terms.ends - terms.starts).total_seconds() == 72 * 3600


def test_the_limits_and_both_bases_are_always_shown(browser: Browser) -> None:
    """Source: R3, R60."""
    said = statement(CURRENT, "fr").texts
    to_recipients(browser)
    to_proof(browser, SVA)
    for key in ("secrecy_basis", "gdpr_basis", "limits", "copy", "oral", "night"):
        assert said[key] in browser.page.text
    answer_proof(browser)
    assert said["limits"] in browser.page.text


def test_without_understanding_nothing_is_recorded(world: World, browser: Browser) -> None:
    """Source: R3."""
    browser.get(f"{ADDRESS}?lang=en")
    browser.press("The six points have been read")
    assert browser.press("Continue").status == 422
    browser.tick("no")
    page = browser.press("Continue")
    assert page.status == 422
    assert "Without this nothing can be recorded." in page.text

    # Somebody who sends the last page all the same comes back to this one.
    form = browser.page.form
    next(one for one in form.fields if one.name == "step").value = "check"
    save = next(one for one in form.buttons if one.value == "next")
    save.value = "save"
    page = browser.send(form, save)
    assert page.status == 422
    assert statement(CURRENT, "fr").texts["teach_back"] in page.text
    assert no_dossier(world)


def test_yes_and_no_to_the_same_service_is_refused(world: World, browser: Browser) -> None:
    """Source: S01."""
    to_recipients(browser)
    page = to_proof(browser, SVA, S01_V2, refused=("police",))
    assert page.status == 422
    assert "cannot say yes and no to the same service" in page.text
    browser.untick("police")
    assert browser.press("Continue").status == 200

"""« Accord »: what is agreed, and a further consent."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    compartments,
    invite,
    levels,
    log_entries,
    open_dossier,
    read,
)
from vepshare import audit, policy
from vepshare.dossier import Compartment
from vepshare.errors import LogUnavailableError
from vepshare.services import AccessEndedError, choices, consents, directory, exclusions

from .reader import Browser
from .talking import ORAL, S01_V2, Line, choose, go, history, to_check, to_recipients

SAVE = "Record the consent"


@pytest.fixture
def reference(world: World) -> str:
    """A dossier open to u01, u02, u11 and u16, the police and the judiciary refused."""
    return open_dossier(world, refused=("/POL", "/SAPV", "/AJV", "/PAR"))


@pytest.fixture
def browser(world: World, clock: FrozenDateTimeFactory) -> Browser:
    return Browser(world)


# What is agreed.


def test_it_shows_who_reads_what_until_when_and_what_was_refused(
    browser: Browser, reference: str
) -> None:
    """Source: PRACTICE 4 (Accord), S01-A2."""
    page = go(browser, reference)
    assert page.status == 200
    assert page.title == "Sheet"
    for text in (
        "Psychologist – asbl Rive-Claire",
        "Doctor – Maison médicale du Tilleul-Blanc",
        "02/06/2027",
        "Refused on 02/03/2027",
        "Police, everywhere",
        "Public prosecutor's office, everywhere",
        "Edition 2026-1, read in FR",
        "In writing, on paper",
        "In force",
    ):
        assert text in page.text
    assert "There may be other things." in page.text
    assert "The person takes it back" in page.links
    assert "New consent" in page.links


def test_a_refusal_stays_visible_after_a_consent_that_changes_it(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: S01-A2."""
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, S01_V2)
    browser.press(SAVE)
    page = go(browser, reference)
    assert "Version 2" in page.text
    assert "Version 1" in page.text
    assert "Refused on 02/03/2027" in page.text
    assert "Police victim assistance – Zone de police Val-de-Brume" in page.text


def test_a_spoken_consent_says_that_it_has_no_witness(
    world: World, clock: FrozenDateTimeFactory
) -> None:
    """Source: R11."""
    made = open_dossier(world, ("O1/SVA", "ID CT"), participants="", proof=ORAL)
    page = go(Browser(world), made)
    assert "Without a witness" in page.text
    assert "It was said by telephone" in page.text


def test_a_service_sees_only_its_own_compartments_named(
    world: World, clock: FrozenDateTimeFactory, reference: str
) -> None:
    """Source: V6, S01-R5."""
    page = go(Browser(world, "u11"), reference)
    assert page.status == 200
    assert "Health" in page.text
    assert "Safe contact" not in page.text
    assert "Psychological" not in page.text
    assert "New consent" in page.links


def test_whoever_takes_no_part_gets_the_page_of_what_does_not_exist(
    world: World, clock: FrozenDateTimeFactory, reference: str
) -> None:
    """Source: V5."""
    browser = Browser(world, "u13")
    for path in ("", "/new", "/withdraw", "/witness"):
        mine = go(browser, reference, path)
        other = go(browser, "V-2222-22", path)
        assert mine.status == other.status == 404
        assert mine.text == other.text


def test_names_are_shown_as_text(world: World, clock: FrozenDateTimeFactory) -> None:
    """Source: ASVS, output encoding."""
    made = open_dossier(world, ("O1/SVA", "ID"), participants="")
    evil = "<script>alert(1)</script>"
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE organisations SET name = '{evil}' WHERE code = 'O1'")
        connection.exec_driver_sql(f"UPDATE dossiers SET pseudonym = '{evil}'")
    browser = Browser(world)
    for path in ("", "/new", "/withdraw"):
        page = go(browser, made, path)
        assert page.status == 200
        assert "<script>alert" not in page.html
        assert evil in page.text


# A further consent.


def test_a_further_consent_adds_one_function_and_not_the_other(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: S01, consent v2."""
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, S01_V2, end="24/05/2027")
    page = browser.press(SAVE)
    assert page.path == f"/dossiers/{reference}"
    assert "The consent is recorded." in page.text

    second = history(world, reference)[1]
    assert second.version == 2
    (line,) = second.terms.recipients
    assert line.compartments == line.own_ticks == compartments("ID CT RI PL RA MD")
    assert second.terms.proof.reporting_warning_read
    invite(world, reference, "u12", now=THURSDAY)
    assert levels(read(world, "u12", reference, now=THURSDAY)) == "ID:R CT:R RI:F PL:R RA:w MD:F"


def test_it_may_replace_an_earlier_one(world: World, browser: Browser, reference: str) -> None:
    """Source: V2."""
    (first,) = history(world, reference)
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, Line("O1/SVA", "ID CT"), replaces=str(first.id))
    assert "Version 1, 02/03/2027" in browser.page.text
    browser.press(SAVE)
    assert levels(read(world, "u01", reference, now=THURSDAY)) == "ID:W CT:W"
    with pytest.raises(AccessEndedError):
        read(world, "u11", reference, now=THURSDAY)


def test_an_excluded_service_is_refused_in_words_that_fit_any_reason(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: V7, S04-R1."""
    exclusions.exclude(
        world.store,
        world.cast["u01"],
        reference,
        organisation_id=world.organisation_id("O4"),
        now=TUESDAY,
    )
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, Line("O1/SVA", "ID"), Line("O4/AUT", "ID", "ID"))
    page = browser.press(SAVE)
    assert page.status == 422
    assert "This service cannot be added to this dossier." in page.text
    assert "exclu" not in page.text.lower()
    boxes = {one.id: one.value for one in page.form.fields if one.kind == "checkbox"}
    at_fault = next(href for text, href in page.links.items() if "cannot be added" in text)
    assert boxes[at_fault.removeprefix("#")] == "O4/AUT"
    assert len(history(world, reference)) == 1


def test_a_witness_from_the_other_side_is_not_offered_and_not_taken(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: R12."""
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, Line("O1/SVA", "ID"), form="oral", oral_reason="emergency", witness="u02")
    assert 'value="u06"' not in browser.page.html
    hidden = next(one for one in browser.page.form.fields if one.name == "witness")
    hidden.value = "u06"
    page = browser.press(SAVE)
    assert page.status == 422
    assert "This professional cannot be the witness." in page.text


@pytest.mark.parametrize("witness", ["u01", "nobody"])
def test_the_recorder_and_a_stranger_are_no_witnesses(
    browser: Browser, reference: str, witness: str
) -> None:
    """Source: R11."""
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, Line("O1/SVA", "ID"), form="oral", oral_reason="emergency", witness=witness)
    page = browser.press(SAVE)
    assert page.status == 422
    assert "witness must be somebody other" in page.text or "not in the directory" in page.text


def test_the_answers_survive_a_log_that_cannot_be_written(
    browser: Browser, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: STYLE, errors."""

    def fail(*_args: object, **_more: object) -> None:
        raise LogUnavailableError

    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    browser.tick("O1/SVA")
    with monkeypatch.context() as broken:
        broken.setattr(choices, "begin_giving", fail)
        page = browser.press("Continue")
    assert page.status == 503
    assert [one.value for one in page.ticked()] == ["O1/SVA"]
    assert "Hirondelle" not in page.text
    assert browser.press("Continue").status == 200


def test_each_page_of_a_further_consent_is_logged(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: V8."""
    go(browser, reference, "/new")
    shown = log_entries(world.store, audit.Event.FORM_SHOWN)
    assert [one.outcome for one in shown] == [audit.Outcome.ALLOWED]


def test_a_withdrawal_acts_on_a_talk_that_is_under_way(
    world: World, clock: FrozenDateTimeFactory, reference: str
) -> None:
    """Source: V4."""
    doctor = Browser(world, "u11")
    to_recipients(doctor, f"/dossiers/{reference}/consent/new")
    target = world.target("O7/MED")
    by = world.cast["u01"]
    consents.withdraw(world.store, by, reference, None, targets=[target], now=WEDNESDAY)
    page = choose(doctor, Line("O1/SVA", "ID"))
    assert page.status == 410
    assert "03/03/2027" in page.text


def test_sharing_starts_again_only_by_a_new_consent_of_the_referent(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: S02-R7."""
    consents.withdraw(world.store, world.cast["u01"], reference, None, now=TUESDAY)
    assert go(browser, reference).status == 410
    to_recipients(browser, f"/dossiers/{reference}/consent/new")
    to_check(browser, Line("O1/SVA", "ID CT"))
    assert browser.press(SAVE).status == 200
    assert levels(read(world, "u01", reference, now=THURSDAY)) == "ID:W CT:W"


# The choices a consent is made of.


def test_every_choice_is_a_cell_of_the_matrix_and_every_cell_a_choice(world: World) -> None:
    """Source: V1, R5."""
    offered = {one.profession: one for one in choices.offers(directory.directory(world.store))}
    for profession, offer in offered.items():
        for one in Compartment:
            cell = policy.matrix().cell(profession, one)
            found = [choice for choice in offer.choices if choice.compartment is one]
            assert [choice.level for choice in found] == ([cell.level] if cell else [])
            apart = policy.needs_own_tick(profession, one)
            assert all(choice.own_tick is apart for choice in found)


def test_one_page_for_each_service_whatever_their_number(browser: Browser) -> None:
    to_recipients(browser)
    everyone = [Line(one, "RA") for one in browser.page.values("services")]
    choose(browser, *everyone)
    pages = 0
    while "What may this service read?" in browser.page.text:
        first = next(one for one in browser.page.form.fields if one.kind == "checkbox")
        first.on = True
        browser.press("Continue")
        pages += 1
    assert pages == len(everyone)

"""Correcting an entry: a new version, never over somebody else's."""

from tests.worlds import (
    WEDNESDAY,
    World,
    entries,
    read,
)

from .conftest import OpenAt
from .reader import Browser, Page


def correct(browser: Browser, world: World, reference: str, code: str) -> Page:
    """Open the form that corrects the last entry of a compartment."""
    entry = entries(read(world, "u01", reference, now=WEDNESDAY), code)[-1]
    return browser.get(f"/dossiers/{reference}/entries/{entry.id}/correct?lang=en")


def test_a_correction_is_a_new_version(world: World, at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    page = correct(browser, world, dossier, "IN")
    assert page.values("happened_on") == ["27/02/2027"]
    assert page.values("description")[0].strip() == "bousculée dans l'escalier"
    browser.type("description", "poussée dans l'escalier")
    page = browser.press("Save the correction")

    assert "Version 2" in page.text
    assert "poussée dans l'escalier" in page.text
    assert "bousculée" not in page.text


def test_a_correction_on_an_older_version_is_not_stored(
    world: World, at: OpenAt, dossier: str
) -> None:
    browser, colleague = at("u01"), at("u01")
    correct(browser, world, dossier, "IN")
    correct(colleague, world, dossier, "IN")
    colleague.type("description", "version de la collègue")
    colleague.press("Save the correction")
    browser.type("description", "ma version")
    page = browser.press("Save the correction")

    assert page.status == 409
    assert "A colleague has corrected this entry since you opened it." in page.text
    assert "version de la collègue" in page.text
    assert page.values("description")[0].strip() == "ma version"
    page = browser.press("Save my version on top")
    assert "ma version" in page.text
    assert "Version 3" in page.text


def test_the_second_of_two_bad_corrections_is_still_on_its_old_version(
    world: World, at: OpenAt, dossier: str
) -> None:
    """A form shown again because of an error must not overwrite what came in between."""
    browser, colleague = at("u01"), at("u01")
    correct(browser, world, dossier, "IN")
    correct(colleague, world, dossier, "IN")
    colleague.press("Save the correction")
    browser.type("happened_on", "nonsense")
    for one in browser.page.form.fields:
        one.on = False if one.name == "entry-origin" else one.on
    assert browser.press("Save the correction").status == 422
    browser.type("happened_on", "27/02/2027")
    browser.tick("told_by_the_person", name="entry-origin")

    assert browser.press("Save the correction").status == 409


def test_another_s_entry_is_not_offered_and_not_found(
    world: World, at: OpenAt, dossier: str
) -> None:
    """Source: V1, V5."""
    doctor = at("u11")

    assert correct(doctor, world, dossier, "IN").status == 404
    assert correct(at("u12"), world, dossier, "IN").status == 404

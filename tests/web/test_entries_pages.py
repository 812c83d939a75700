"""Writing and correcting: the form keeps what was typed, and stores nothing it should not."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import (
    WEDNESDAY,
    World,
    entries,
    log_entries,
    open_dossier,
    read,
)
from vepshare.audit import Event
from vepshare.dossier import CODES, KINDS
from vepshare.errors import LogUnavailableError
from vepshare.services import consents
from vepshare.services import entries as writing
from vepshare.storage import Store

from .conftest import OpenAt
from .reader import Browser, Page

TYPED = "il m'attendait devant la crèche"


# Where a service for victims cannot write, whatever she agrees to.
NOT_WRITTEN = {CODES[code] for code in ("AD", "HE", "PR", "PS", "SV", "PM")}


def number(kind: str) -> int:
    return list(KINDS).index(kind) + 1


def new(browser: Browser, reference: str, kind: str) -> Page:
    return browser.get(f"/dossiers/{reference}/entries/new/{number(kind)}?lang=en")


def write_incident(browser: Browser, reference: str) -> None:
    """Fill in an incident, up to its button."""
    page = new(browser, reference, "incidents")
    assert page.status == 200, page.text
    browser.type("happened_on", "01/03/2027")
    browser.tick("verbal", name="forms")
    browser.type("description", TYPED)
    browser.tick("told_by_the_person", name="entry-origin")


def test_an_entry_is_written(world: World, at: OpenAt, dossier: str) -> None:
    """Source: V1."""
    browser = at("u01")
    write_incident(browser, dossier)
    page = browser.press("Save the entry")

    assert page.status == 200
    assert "The entry has been saved." in page.text
    assert TYPED in page.text
    written = entries(read(world, "u01", dossier, now=WEDNESDAY), "IN")[-1]
    assert written.occurred_on == "2027-03-01"


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_box_is_ticked_beforehand_in_any_form(world: World, at: OpenAt, kind: str) -> None:
    """Source: V3."""
    reference = open_dossier(
        world, ("O1/SVA", "ID CT HO CH HM SF IN RI PL AP JU RA MD", "HM"), participants=""
    )
    page = new(at("u01"), reference, kind)

    if KINDS[kind].compartment in NOT_WRITTEN:
        assert page.status == 403
    else:
        assert list(page.ticked()) == []
        asked = {one.name for one in page.form.fields}
        assert "entry-origin" in asked
        assert len({"entry-date", "happened_on"} & asked) == 1


def test_the_form_says_who_will_read_it(at: OpenAt, dossier: str) -> None:
    text = new(at("u01"), dossier, "incidents").text

    assert "Will be read by Psychologist – asbl Rive-Claire." in text
    assert "Key facts only, no text, for: Doctor – Maison médicale du Tilleul-Blanc." in text


def test_showing_a_form_is_logged(world: World, at: OpenAt, dossier: str) -> None:
    """Source: V8."""
    new(at("u01"), dossier, "incidents")
    new(at("u12"), dossier, "incidents")

    outcomes = [one.outcome.value for one in log_entries(world.store, Event.FORM_SHOWN)]
    assert outcomes == ["allowed", "refused"]


def test_a_bad_form_comes_back_with_what_was_typed(world: World, at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    write_incident(browser, dossier)
    browser.type("happened_on", "31/02/2027")
    for one in browser.page.form.fields:
        one.on = False if one.name == "entry-origin" else one.on
    page = browser.press("Save the entry")

    assert page.status == 422
    assert "Something needs correcting" in page.text
    wrong = "Date of the fact: Write day, month and year, for example 02/03/2027."
    assert page.links[wrong] == "#happened_on"
    assert page.links["Source: Fill this in."] == "#entry-origin"
    assert page.values("description")[0].strip() == TYPED
    assert page.values("happened_on") == ["31/02/2027"]
    assert [one.value for one in page.ticked()] == ["verbal"]
    assert len(entries(read(world, "u01", dossier, now=WEDNESDAY), "IN")) == 1


def test_errors_stand_in_the_order_of_the_fields(at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    page = new(browser, dossier, "meeting_decisions")
    asked = [one.id for one in page.form.fields]
    browser.type("entry-date", "yesterday")
    browser.type("due_on", "tomorrow")
    page = browser.press("Save the entry")
    wrong = [href.removeprefix("#") for href in page.links.values() if href.startswith("#")]
    wrong = [one for one in wrong if one in asked]

    assert {"action", "due_on", "entry-origin", "entry-date"} <= {*wrong}
    assert wrong == sorted(wrong, key=asked.index)


def test_an_empty_row_says_that_it_may_stay_empty(at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    empty = "Leave this row empty if you do not need it"
    assert new(browser, dossier, "safety_plan").text.count(empty) == 2
    browser.type("calls-0-number", "0400 00 01 01")
    page = browser.press("Save the entry")

    assert page.text.count(empty) == 2
    assert "calls-2-who" in {one.name for one in page.form.fields}


def test_a_text_with_the_marks_of_a_page_stays_a_text(at: OpenAt, dossier: str) -> None:
    """A script in a field would run when the form is shown again."""
    browser = at("u01")
    write_incident(browser, dossier)
    browser.type("description", "</textarea><script>alert(1)</script>")
    browser.type("happened_on", '"><script>alert(2)</script>')
    page = browser.press("Save the entry")

    assert page.status == 422
    assert "<script>alert" not in page.html


def test_rows_are_offered_and_read(world: World, at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    new(browser, dossier, "safety_plan")
    browser.type("calls-1-who", "la voisine")
    browser.tick("told_by_the_person", name="entry-origin")
    page = browser.press("Save the entry")

    assert "Who: la voisine" in page.text


def test_a_fault_in_a_row_leads_to_the_row(at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    new(browser, dossier, "safety_plan")
    browser.type("calls-1-number", "0400 00 01 01")
    browser.tick("told_by_the_person", name="entry-origin")
    page = browser.press("Save the entry")

    assert page.status == 422
    assert page.links["Who: Fill this in."] == "#calls-0-who"
    assert page.values("calls-0-number") == ["0400 00 01 01"]


def test_a_reader_gets_no_form(at: OpenAt, dossier: str) -> None:
    """Source: V1."""
    browser = at("u11")

    assert new(browser, dossier, "identity").status == 403
    assert new(at("u12"), dossier, "identity").status == 404
    assert browser.get(f"/dossiers/{dossier}/entries/new/99").status == 404


def test_an_address_never_says_what_a_form_is_about(at: OpenAt, dossier: str) -> None:
    """Source: PRACTICE 3.4."""
    page = at("u01").get(f"/dossiers/{dossier}")

    links = " ".join(page.links.values())
    assert "/entries/new/" in links
    assert not any(kind in links for kind in KINDS)


def test_what_cannot_be_saved_any_more_is_shown_once(
    world: World, at: OpenAt, dossier: str
) -> None:
    """Source: S02-R1."""
    doctor = at("u11")
    new(doctor, dossier, "health")
    doctor.type("care", "incapacité jusqu'au 30/04")
    doctor.tick("seen", name="entry-origin")
    close(world, dossier)
    page = doctor.press("Save the entry")

    assert page.status == 410
    assert "Not saved: sharing with your service has ended." in page.text
    assert "You can copy this text into your own record." in page.text
    assert "incapacité jusqu'au 30/04" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "incapacité" not in doctor.get(f"/dossiers/{dossier}").text
    assert log_entries(world.store)[-1].outcome.value == "refused"


def close(world: World, reference: str) -> None:
    """Record that she no longer shares with the doctor."""
    consents.withdraw(
        world.store,
        world.cast["u01"],
        reference,
        None,
        targets=[world.target("O7")],
        now=WEDNESDAY,
    )


def test_also_a_bad_form_is_shown_once_after_the_end(
    world: World, at: OpenAt, dossier: str
) -> None:
    """What is wrong with it no longer matters. Source: S02-R1."""
    doctor = at("u11")
    new(doctor, dossier, "health")
    doctor.type("care", "incapacité jusqu'au 30/04")
    close(world, dossier)
    page = doctor.press("Save the entry")

    assert page.status == 410
    assert "incapacité jusqu'au 30/04" in page.text


def test_when_the_log_cannot_be_written_the_text_is_kept(
    at: OpenAt, dossier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: V8."""

    def fail(*_arguments: object, **_named: object) -> None:
        raise LogUnavailableError

    browser = at("u01")
    write_incident(browser, dossier)
    monkeypatch.setattr(writing, "write_entry", fail)
    page = browser.press("Save the entry")

    assert page.status == 503
    assert "nothing was shown or stored" in page.text
    assert TYPED in page.text


def test_a_text_that_looks_like_a_place_is_asked_about(
    world: World, at: OpenAt, sheltered: str
) -> None:
    """Source: S05-A1."""
    browser = at("u01")
    new(browser, sheltered, "meeting_decisions")
    browser.type("action", "accompagner à l'école Sainte-Marie")
    browser.tick("to_do", name="state")
    browser.tick("told_by_the_person", name="entry-origin")
    assert "entry-checked" not in {one.name for one in browser.page.form.fields}
    page = browser.press("Save the entry")

    assert page.status == 422
    assert page.values("action") == ["accompagner à l'école Sainte-Marie"]
    assert "Source de" not in page.text
    assert "rue de la" not in page.html
    browser.tick("yes", name="entry-checked")
    assert "The entry has been saved." in browser.press("Save the entry").text


def test_a_service_is_addressed(world: World, at: OpenAt, dossier: str) -> None:
    """A `w` cell reads what is addressed to it. Source: SCENARIOS 1.3."""
    browser = at("u01")
    page = new(browser, dossier, "referrals_appointments_note")
    assert "These services read it only if you address it to them." in page.text
    browser.type("subject", "rendez-vous")
    browser.tick("told_by_the_person", name="entry-origin")
    browser.tick("O7/MED", name="entry-to")
    browser.press("Save the entry")

    assert len(entries(read(world, "u11", dossier, now=WEDNESDAY), "RA")) == 1
    assert entries(read(world, "u16", dossier, now=WEDNESDAY), "RA") == ()


def test_a_form_without_its_token_is_refused(
    at: OpenAt, dossier: str, store: Store, clock: FrozenDateTimeFactory
) -> None:
    """Another site could send it."""
    browser = at("u01")
    write_incident(browser, dossier)
    fields = browser.page.form.fields
    browser.page.form.fields = [one for one in fields if one.name != "csrf_token"]
    before = log_entries(store, Event.ENTRY_WRITTEN)

    assert browser.press("Save the entry").status == 400
    assert log_entries(store, Event.ENTRY_WRITTEN) == before

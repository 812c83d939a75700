"""S05, « Bergeronnette »: the address is for the new shelter only. On the pages, in French."""

import pytest

from tests.web.reader import Browser
from vepshare.demo import S05
from vepshare.demo import _s05_entries as e
from vepshare.dossier import CODES, KINDS

from .conftest import Tell
from .screens import browser, everything, levels, shown, tasks
from .telling import Telling
from .test_s05_api import (
    FORMER,
    LATER,
    MOVED,
    PARTICIPANTS,
    PRESENT,
    SETTLED,
    STILL_AT_O2,
    found,
)

MINUTES = 1 + list(KINDS).index("meeting_decisions")
SAVE = "Enregistrer l'élément"
IN_AN_EMERGENCY = ("101", "112", "de vive voix", "numéro du service")


def test_s05_r1_u04_saw_the_address_and_a_minute_later_sees_none(look: Tell) -> None:
    """Source: S05-R1."""
    assert found(FORMER, everything(look(S05, STILL_AT_O2), "u04")) == list(FORMER)
    assert found(FORMER, everything(look(S05, MOVED), "u04")) == []
    assert found(FORMER + PRESENT, everything(look(S05, SETTLED), "u04")) == []


@pytest.mark.parametrize("login", [*PARTICIPANTS, "u21", "u13", "u24"])
def test_s05_r2_the_address_is_on_no_page_of_anybody_else(look: Tell, login: str) -> None:
    """Source: S05-R2."""
    assert found(FORMER + PRESENT, everything(look(S05, LATER), login)) == []


def test_s05_r2_the_address_is_on_the_page_of_the_shelter(look: Tell) -> None:
    """Source: S05-R2: and the test above would see it."""
    assert found(PRESENT, everything(look(S05, LATER), "u05")) == list(PRESENT)


def test_s05_r2_the_log_shows_no_address(look: Tell) -> None:
    """Source: S05-R2."""
    told = look(S05, LATER)
    page = browser(told, "u21").read_log(dossier=told.told.reference)
    assert page.status == 200
    assert found((*FORMER, *PRESENT, "Ouazzerelle", "Bergeronnette"), page.text) == []


@pytest.mark.xfail(strict=True, reason="S05-R3: places of meetings come with the meetings")
def test_s05_r3_the_form_of_a_meeting_refuses_the_protected_address(look: Tell) -> None:
    """Source: S05-R3."""
    told = look(S05, SETTLED)
    assert browser(told, "u01").get(f"{told.path}/meetings/new").status == 200


def test_s05_r4_u06_sees_two_subjects_and_no_address(look: Tell) -> None:
    """Source: S05-R4."""
    told = look(S05, SETTLED)
    page = browser(told, "u06").get(told.path)

    assert levels(page) == {CODES["ID"]: "F", CODES["RI"]: "F"}
    assert found(("Ouazzerelle", "Lieu protégé", "Escale"), everything(told, "u06")) == []


def test_s05_r4_no_page_names_another_organisation_or_its_people_to_u06(look: Tell) -> None:
    """Source: S05-R4."""
    told = look(S05, SETTLED)
    organisations = [one.name for code, one in told.api.world.organisations.items() if code != "O4"]
    people = [who.name for login, who in told.api.world.cast.items() if login != "u06"]
    assert found((*organisations, *people), everything(told, "u06")) == []


@pytest.mark.parametrize("login", ["u05", "u04", "u01", "u12", "u16", "u11"])
def test_s05_r5_the_plan_tells_everyone_who_calls_in_an_emergency(look: Tell, login: str) -> None:
    """Source: S05-R5."""
    told = look(S05, SETTLED)
    plan = shown(browser(told, login).get(told.path), "PL")
    assert found(IN_AN_EMERGENCY, plan) == list(IN_AN_EMERGENCY)


def test_s05_r5_the_police_do_not_see_the_address(look: Tell) -> None:
    """Source: S05-R5."""
    told = look(S05, SETTLED)
    page = browser(told, "u12").get(told.path)
    assert shown(page, "AD") == ""
    assert "Lieu protégé" not in page.html


@pytest.mark.xfail(strict=True, reason="S05-R6: documents come with the attachments")
def test_s05_r6_a_document_is_stripped_of_its_metadata(look: Tell) -> None:
    """Source: S05-R6."""
    told = look(S05, SETTLED)
    assert browser(told, "u05").get(f"{told.path}/documents").status == 200


def typed(told: Telling, action: str) -> Browser:
    """Return U04's browser with an action of a meeting typed."""
    shelter = browser(told, "u04")
    shelter.get(f"{told.path}/entries/new/{MINUTES}")
    shelter.type("action", action)
    shelter.type("for_whom", "SVH, Maison Ancolie")
    shelter.tick("to_do")
    shelter.tick("told_by_the_person", name="entry-origin")
    return shelter


def test_s05_a1_the_warning_names_no_address_and_keeps_the_text(tell: Tell) -> None:
    """Source: S05-A1."""
    told = tell(S05, SETTLED)
    text = e.NAMES_A_PLACE.values["action"]

    page = typed(told, text).press(SAVE)

    assert page.status == 422
    assert page.values("action") == [text]
    assert "ce texte ne dit pas où elle est" in page.text
    warning = page.text.replace(text, "")
    assert found((*FORMER, *PRESENT, "Ermeline"), warning) == []
    assert text not in browser(told, "u01").get(told.path).html


def test_s05_a1_the_text_is_kept_once_it_is_confirmed(tell: Tell) -> None:
    """Source: S05-A1."""
    told = tell(S05, SETTLED)
    shelter = typed(told, e.NAMES_A_PLACE.values["action"])
    page = shelter.press(SAVE)
    (box,) = [one for one in page.form.fields if one.name == "entry-checked"]
    box.on = True

    assert shelter.press(SAVE).status == 200
    assert "Sainte-Ermeline" in browser(told, "u04").get(told.path).text


def test_s05_a1_the_text_is_kept_once_the_place_is_out_of_it(tell: Tell) -> None:
    """Source: S05-A1."""
    told = tell(S05, SETTLED)
    shelter = typed(told, e.NAMES_A_PLACE.values["action"])
    shelter.press(SAVE)
    shelter.type("action", e.NAMES_NO_PLACE.values["action"])

    assert shelter.press(SAVE).status == 200
    assert e.NAMES_NO_PLACE.values["action"] in browser(told, "u01").get(told.path).text


def test_s05_a2_u05_sees_who_ever_opened_the_address(tell: Tell) -> None:
    """Source: S05-A2."""
    told = tell(S05, SETTLED)
    shelter = browser(told, "u05")
    page = shelter.get(told.path)
    assert found(PRESENT, shown(page, "AD")) == list(PRESENT)

    opened = shelter.get(f"{told.path}/place")

    assert opened.status == 200
    assert "asbl L'Escale-Nord" in opened.text
    assert "12/03/2027 09:00" in opened.text
    assert browser(told, "u01").get(f"{told.path}/place").status == 404


def test_s05_a2_each_opening_stands_on_the_referents_page_of_the_day(tell: Tell) -> None:
    """Source: S05-A2, R30."""
    told = tell(S05, SETTLED)
    before = tasks(told, "u05")
    browser(told, "u05").get(told.path)
    assert len(tasks(told, "u05")) > len(before)


def test_s05_l1_the_officer_reads_of_one_transfer_and_both_organisations(look: Tell) -> None:
    """Source: S05-L1."""
    told = look(S05, SETTLED)
    officer = browser(told, "u21")
    text = officer.read_log(dossier=told.told.reference, event="place.moved").text
    moved = text.partition("11/03/2027 08:00")[2]
    assert "asbl L'Escale-Nord" in moved
    assert "Maison Ancolie" in moved
    assert found(FORMER + PRESENT, text) == []

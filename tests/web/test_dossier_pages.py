"""One's dossiers, and one dossier: what is there, and what leaves no trace."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import (
    WEDNESDAY,
    World,
    log_entries,
    make_draft,
    open_dossier,
)
from vepshare.audit import Event
from vepshare.services import consents, entries

from .conftest import OpenAt
from .reader import Browser

SENTENCE = (
    "You see what the person has agreed to share with your function. There may be other things."
)


def show(browser: Browser, reference: str) -> str:
    """Return the dossier as text."""
    page = browser.get(f"/dossiers/{reference}?lang=en")
    assert page.status == 200, page.text
    return page.text


def test_a_reader_sees_what_was_shared_and_where_it_comes_from(at: OpenAt, dossier: str) -> None:
    """Source: V1, R27."""
    text = show(at("u02"), dossier)

    assert "Vandermostelle" in text
    assert "Source: Told by the person." in text
    assert "Recorded by Inès Mertolla (Victim support – asbl Rive-Claire)" in text
    assert "bousculée dans l'escalier" in text
    assert "27/02/2027" in text
    assert "Version 1" in text


def test_what_is_not_granted_leaves_no_trace(at: OpenAt, dossier: str) -> None:
    """The doctor sees neither CT nor SF, nor that they exist. Source: V6, S01-R5."""
    page = at("u11").get(f"/dossiers/{dossier}?lang=en")

    for word in ("Safe contact", "Social and financial", "la bibliothèque", "Housing", "hidden"):
        assert word not in page.text
    assert "Incidents" in page.text
    assert "Key facts only" in page.text
    assert "bousculée" not in page.html


def test_flags_bear_no_author(at: OpenAt, sheltered: str) -> None:
    """The name of a shelter tells the region. Source: S05-R4."""
    page = at("u06").get(f"/dossiers/{sheltered}?lang=en")

    assert page.status == 200
    for word in ("Escale", "Desterbrecq", "Protected place", "101 and gives"):
        assert word not in page.html.replace('tel:101">101', "")


def test_the_bar_bears_contact_risk_and_review(at: OpenAt, dossier: str) -> None:
    """Source: PRACTICE 4."""
    text = show(at("u01"), dossier)

    assert "Hirondelle" in text
    assert "Safe contact: checked 1 day ago" in text
    assert "Risk: high" in text
    assert "Next review: 16/03/2027" in text


def test_a_contact_of_more_than_thirty_days_is_to_be_checked(
    at: OpenAt, dossier: str, clock: FrozenDateTimeFactory
) -> None:
    """Source: SCENARIOS 1.1, CT."""
    clock.move_to("2027-04-02 10:00")

    text = show(at("u01"), dossier)

    assert "Safe contact: to check again, 31 days old" in text
    assert "Review overdue since 16/03/2027" in text


@pytest.mark.parametrize("login", ["u01", "u11", "u16"])
@pytest.mark.parametrize("page", ["", "/who-sees", "/who-has-read", "/participants", "/leave"])
def test_every_page_of_a_dossier_bears_the_sentence_and_a_neutral_title(
    at: OpenAt, dossier: str, login: str, page: str
) -> None:
    """Source: V6, PRACTICE 3.4."""
    found = at(login).get(f"/dossiers/{dossier}{page}?lang=en")

    assert SENTENCE in found.text
    assert found.title in {"Sheet", "List", "Form"}


@pytest.mark.parametrize("login", ["u12", "u13", "u14", "u19", "u21"])
def test_a_stranger_gets_the_page_of_what_does_not_exist(
    at: OpenAt, dossier: str, login: str
) -> None:
    """Source: V5, S01-R2."""
    browser = at(login)

    refused = browser.get(f"/dossiers/{dossier}")
    unknown = browser.get("/dossiers/V-ZZZZ-ZZ")

    assert (refused.status, refused.text) == (unknown.status, unknown.text)
    assert refused.status == 404


def test_a_former_participant_is_told_the_day_and_no_reason(
    world: World, at: OpenAt, dossier: str
) -> None:
    """Source: V5, S02-R3."""
    doctor = at("u11")
    withdraw(world, dossier, "O7")

    page = doctor.get(f"/dossiers/{dossier}?lang=en")

    assert page.status == 410
    assert "Sharing with your service ended on 03/03/2027." in page.text
    assert "withdr" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def withdraw(world: World, reference: str, *codes: str) -> None:
    """Record that she withdraws her consent for *codes*, for everybody when there are none."""
    targets = [world.target(code) for code in codes]
    caller = world.cast["u01"]
    consents.withdraw(world.store, caller, reference, None, targets=targets, now=WEDNESDAY)


def test_the_referent_lands_on_the_closing_sheet(world: World, at: OpenAt, dossier: str) -> None:
    """Source: S02."""
    withdraw(world, dossier)

    browser = at("u01")
    browser.get("/?lang=en")
    page = browser.get(f"/dossiers/{dossier}")

    assert page.path.endswith("/closing")
    assert "Vandermostelle" not in page.html
    assert "Doctor – Maison médicale du Tilleul-Blanc" in page.text
    assert "What was written before stays closed to everybody" in page.text


def test_what_a_service_wrote_says_until_when_it_shared(
    world: World, at: OpenAt, dossier: str
) -> None:
    """Source: S02-R4."""
    entries.write_entry(
        world.store, world.cast["u16"], dossier, make_draft("social_financial"), now=WEDNESDAY
    )
    withdraw(world, dossier, "O11")

    assert "CPAS de Bellecour, until 03/03/2027" in show(at("u01"), dossier)


def test_the_plan_says_who_calls_when_there_is_a_protected_place(
    at: OpenAt, sheltered: str, dossier: str
) -> None:
    """Source: S05-R5."""
    browser = at("u01")

    assert "the shelter itself calls 101 and gives its address by voice" in show(browser, sheltered)
    assert "gives its address by voice" not in show(browser, dossier)


def test_texts_are_never_markup(world: World, at: OpenAt) -> None:
    """A script in an entry would run on a colleague's screen."""
    bad = '<script>alert(1)</script>"><img src=x onerror=1>'
    plan = make_draft("safety_plan", bag=bad, calls=[{"who": bad}])
    reference = open_dossier(world, entries=(plan,))

    page = at("u01").get(f"/dossiers/{reference}")

    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert bad in page.text


def test_actions_are_offered_where_the_level_allows_them(at: OpenAt, dossier: str) -> None:
    doctor = at("u11").get(f"/dossiers/{dossier}?lang=en")

    assert "Add: Health" in doctor.text
    assert "Add: Incident" not in doctor.text
    assert "Add: Identity" not in doctor.text
    assert "Exclusions" in doctor.text
    assert "Exclusions" in at("u16").get(f"/dossiers/{dossier}?lang=en").text


def test_a_facilitator_is_not_led_to_the_exclusions(world: World, at: OpenAt) -> None:
    """Source: V7."""
    lines = (("O1/SVA", "ID RI MD"), ("O14/ANI", "ID RI MD"))
    reference = open_dossier(world, *lines, participants="u20")

    assert "Exclusions" not in at("u20").get(f"/dossiers/{reference}?lang=en").text


def test_opening_the_page_is_a_reading_in_the_log(world: World, at: OpenAt, dossier: str) -> None:
    """Source: V8."""
    before = len(log_entries(world.store, Event.DOSSIER_READ))

    at("u11").get(f"/dossiers/{dossier}")

    assert len(log_entries(world.store, Event.DOSSIER_READ)) == before + 1


def test_erasing_needs_the_tick_and_says_what_it_does(
    world: World, at: OpenAt, dossier: str
) -> None:
    """Source: S02-A2."""
    withdraw(world, dossier)
    browser = at("u01")
    page = browser.get(f"/dossiers/{dossier}/closing?lang=en")
    assert list(page.ticked()) == []

    page = press(browser, "/erase")
    assert page.status == 422
    assert "Tick the box first" in page.text

    page = press(browser, "/erase", understood="yes")
    assert "Erased: 5 versions of entries, and every key." in page.text
    assert browser.get(f"/dossiers/{dossier}/closing").status == 410


def press(browser: Browser, action: str, **more: str) -> object:
    """Send the form of a page that goes to *action*."""
    form = next(one for one in browser.page.forms if one.action.endswith(action))
    return browser.send(form, form.buttons[0], **more)


def test_keeping_under_seal_asks_for_how_long(world: World, at: OpenAt, dossier: str) -> None:
    """Source: S02."""
    withdraw(world, dossier)
    browser = at("u01")
    browser.get(f"/dossiers/{dossier}/closing?lang=en")

    assert press(browser, "/seal").status == 422
    assert press(browser, "/seal", months="12").text.count("03/03/2028") >= 1
    assert "Under seal" in browser.page.text


def test_the_closing_sheet_still_tells_who_has_read(world: World, at: OpenAt, dossier: str) -> None:
    """She can be told after the withdrawal as well. Source: R8, R49."""
    at("u11").get(f"/dossiers/{dossier}")
    browser = at("u01")
    consents.withdraw(world.store, world.cast["u01"], dossier, None, now=WEDNESDAY)

    page = browser.get(f"/dossiers/{dossier}/closing?lang=en")

    assert "Doctor – Maison médicale du Tilleul-Blanc" in page.text.partition("Who has read")[2]


def test_nobody_else_has_a_closing_sheet(world: World, at: OpenAt, dossier: str) -> None:
    """Source: S02."""
    withdraw(world, dossier)

    assert at("u11").get(f"/dossiers/{dossier}/closing").status == 410
    assert at("u12").get(f"/dossiers/{dossier}/closing").status == 404

"""Who takes part, who sees, who has read, and who is kept out."""

import pytest

from tests.worlds import (
    WEDNESDAY,
    World,
    log_entries,
    make_terms,
    open_dossier,
    read,
)
from vepshare.audit import Event
from vepshare.services import AccessEndedError, consents

from .conftest import OpenAt
from .reader import Browser, Page


def own_form(browser: Browser, action: str) -> Page:
    """Send the form of the page that goes to *action*, as it stands."""
    form = next(one for one in browser.page.forms if one.action.endswith(action))
    return browser.send(form, form.buttons[0])


def test_participants_are_shown_with_their_service(at: OpenAt, dossier: str) -> None:
    text = at("u16").get(f"/dossiers/{dossier}/participants?lang=en").text

    assert "Inès Mertolla" in text
    assert "Doctor – Maison médicale du Tilleul-Blanc" in text
    assert "Invite somebody" not in text


def test_flag_readers_see_themselves_only(at: OpenAt, sheltered: str) -> None:
    """Source: S05-R4."""
    browser = at("u06")
    for page in ("participants", "who-sees", "who-has-read"):
        found = browser.get(f"/dossiers/{sheltered}/{page}?lang=en")
        assert found.status == 200
        assert "Cap-Tournant" in found.text or page == "who-has-read"
        for word in ("Escale", "Rive-Claire", "Desterbrecq"):
            assert word not in found.html


def test_inviting_a_service_she_refused_says_so(world: World, at: OpenAt, dossier: str) -> None:
    """Source: S01-R1, S01-L1."""
    browser = at("u01")
    browser.get(f"/dossiers/{dossier}/participants/invite?lang=en")
    browser.type("login", "u12")
    browser.tick("meeting", name="reason")
    page = browser.press("Invite")

    assert page.status == 403
    sentence = (
        "The person refused sharing with this service (02/03/2027)."
        " To change this, a new consent is needed."
    )
    assert page.links[sentence] == "#whom"
    assert page.values("login") == ["u12"]
    last = log_entries(world.store, Event.PARTICIPANT_INVITED)[-1]
    assert (last.outcome.value, last.reason) == ("refused", "explicit_refusal")


def test_only_services_of_the_agreement_are_offered(at: OpenAt, dossier: str) -> None:
    """Source: V3."""
    page = at("u01").get(f"/dossiers/{dossier}/participants/invite?lang=en")

    offered = set(page.values("whom"))
    assert {"O1/PSY", "u02@O1/PSY", "O11/CPAS", "u16@O11/CPAS", "O7/MED", "u11@O7/MED"} == offered
    assert list(page.ticked()) == []


def test_a_member_of_a_named_service_is_invited(world: World, at: OpenAt) -> None:
    """Source: V1."""
    reference = open_dossier(world, participants="")
    browser = at("u01")
    browser.get(f"/dossiers/{reference}/participants/invite?lang=en")
    browser.tick("u11@O7/MED", name="whom")
    browser.tick("follow_up", name="reason")
    page = browser.press("Invite")

    assert "Dr Lode Wauterschool" in page.text
    assert at("u11").get(f"/dossiers/{reference}").status == 200


def test_a_service_is_asked_and_a_member_joins(world: World, at: OpenAt) -> None:
    """Source: R18."""
    reference = open_dossier(world, participants="")
    browser = at("u01")
    browser.get(f"/dossiers/{reference}/participants/invite?lang=en")
    browser.tick("O7/MED", name="whom")
    browser.tick("follow_up", name="reason")
    browser.press("Invite")
    doctor = at("u11")
    link = doctor.get("/?lang=en").links["Your service is asked to take part"]
    doctor.get(link)
    assert doctor.press("Take part").status == 422
    doctor.tick("follow_up", name="reason")
    page = doctor.press("Take part")

    assert "You now take part." in page.text
    assert "A colleague has joined" in at("u01").get("/?lang=en").text


def test_an_empty_invitation_comes_back(at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    browser.get(f"/dossiers/{dossier}/participants/invite?lang=en")
    assert browser.press("Invite").status == 422
    browser.tick("follow_up", name="reason")
    page = browser.press("Invite")

    assert page.status == 422
    assert page.links["Choose whom you invite."] == "#whom"
    assert [one.value for one in page.ticked()] == ["follow_up"]


@pytest.mark.parametrize("login", ["u12", "u13", "u14"])
def test_joining_what_one_is_not_named_in_finds_nothing(
    at: OpenAt, dossier: str, login: str
) -> None:
    """Source: V5."""
    browser = at(login)
    pages = []
    for reference in (dossier, "V-ZZZZ-ZZ"):
        browser.get(f"/dossiers/{reference}/join?lang=en")
        browser.tick("emergency", name="reason")
        pages.append(browser.press("Take part"))

    assert [one.status for one in pages] == [404, 404]
    assert pages[0].text == pages[1].text


def test_leaving_takes_one_press_and_no_reason(at: OpenAt, dossier: str) -> None:
    doctor = at("u11")
    doctor.get(f"/dossiers/{dossier}/leave?lang=en")
    page = doctor.press("I leave: close this dossier to me")

    assert "You no longer take part in this dossier." in page.text
    assert doctor.get(f"/dossiers/{dossier}").status == 410


def test_a_tie_ends_the_access_at_once(world: World, at: OpenAt, dossier: str) -> None:
    """Source: V7, R21."""
    doctor = at("u11")
    page = doctor.get(f"/dossiers/{dossier}/tie?lang=en")
    assert "Your access ends at once." in page.text
    doctor.press("I have a tie: end my access now")

    assert doctor.get(f"/dossiers/{dossier}").status == 410
    with pytest.raises(AccessEndedError):
        read(world, "u11", dossier, now=WEDNESDAY)


def test_the_referent_hands_over_to_a_participant(at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    page = browser.get(f"/dossiers/{dossier}/hand-over?lang=en")
    assert set(page.values("whom")) == {"u02@O1/PSY", "u11@O7/MED", "u16@O11/CPAS"}
    assert browser.press("Hand the dossier over").status == 422
    browser.tick("u02@O1/PSY", name="whom")
    page = browser.press("Hand the dossier over")

    assert "The dossier now has another referent." in page.text
    assert "Invite somebody" not in page.text
    assert "Invite somebody" in at("u02").get(f"/dossiers/{dossier}/participants?lang=en").text


@pytest.mark.parametrize(
    ("below", "given"),
    [
        ("/hand-over", {"whom": "u02@O1/PSY"}),
        ("/participants/invite", {"whom": "O7/MED", "reason": "meeting"}),
    ],
)
def test_nobody_but_the_referent_chooses_who_takes_part(
    world: World, at: OpenAt, dossier: str, below: str, given: dict[str, str]
) -> None:
    """The form is refused as what it would send is. Source: V1, V8."""
    doctor = at("u11")
    shown = doctor.get(f"/dossiers/{dossier}{below}?lang=en")
    sent = doctor.post(f"/dossiers/{dossier}{below}", **given)

    for page in (shown, sent):
        assert page.status == 403
        assert "Only the professional who accompanies the dossier can do this." in page.text
        assert "Noor Desterbrecq" not in page.text
    asked = log_entries(world.store, Event.FORM_SHOWN)[0]
    assert (asked.outcome.value, asked.reason) == ("refused", "not_referent")


@pytest.mark.parametrize(
    "below", ["participants", "participants/invite", "hand-over", "who-sees", "exclusions"]
)
def test_every_page_of_a_dossier_says_which_it_is(at: OpenAt, dossier: str, below: str) -> None:
    page = at("u01").get(f"/dossiers/{dossier}/{below}")

    assert f"Hirondelle {dossier}" in page.text


def test_an_exclusion_closes_and_is_not_told(at: OpenAt, dossier: str) -> None:
    """Source: V7."""
    browser = at("u01")
    browser.get(f"/dossiers/{dossier}/exclusions?lang=en")
    browser.type("organisation", "O7")
    page = browser.press("Keep out from now on")

    assert "They are kept out from now on." in page.text
    assert "Maison médicale du Tilleul-Blanc" in page.text
    doctor = at("u11").get(f"/dossiers/{dossier}?lang=en")
    assert doctor.status == 410
    assert "kept out" not in doctor.text


@pytest.mark.parametrize(
    ("organisation", "professional", "said"),
    [
        ("", "", "Choose one organisation, or one professional."),
        ("O7", "u16", "Choose one organisation, or one professional."),
        ("O1", "", "You cannot keep yourself or your own organisation out."),
    ],
)
def test_an_exclusion_of_nobody_comes_back(
    at: OpenAt, dossier: str, organisation: str, professional: str, said: str
) -> None:
    browser = at("u01")
    browser.get(f"/dossiers/{dossier}/exclusions?lang=en")
    browser.type("organisation", organisation)
    browser.type("professional", professional)
    page = browser.press("Keep out from now on")

    assert page.status == 422
    assert page.links[said] == "#organisation"
    assert page.values("organisation") == [organisation]


def test_exclusions_are_not_for_everybody(world: World, at: OpenAt, dossier: str) -> None:
    """Source: V7."""
    lines = (("O1/SVA", "ID RI MD"), ("O14/ANI", "ID RI MD"))
    reference = open_dossier(world, *lines, participants="u20")

    assert at("u20").get(f"/dossiers/{reference}/exclusions").status == 403
    assert at("u12").get(f"/dossiers/{dossier}/exclusions").status == 404


def test_who_sees_what_names_what_one_holds_and_nothing_else(at: OpenAt, dossier: str) -> None:
    """Source: V6, S01-R5."""
    referent = at("u01").get(f"/dossiers/{dossier}/who-sees?lang=en").text
    doctor = at("u11").get(f"/dossiers/{dossier}/who-sees?lang=en").text

    assert "Social and financial situation" in referent
    assert "Waiting for" not in referent
    assert "02/06/2027" in referent
    assert "Social and financial situation" not in doctor
    assert "Safe contact" not in doctor
    assert "Public social welfare centre – CPAS de Bellecour" in doctor


def test_a_key_still_to_come_is_said(world: World, at: OpenAt, dossier: str) -> None:
    """Source: DESIGN 5."""

    terms = make_terms(world, ("O5/ASH", "ID CT PL"), starts=WEDNESDAY)
    consents.give(world.store, world.cast["u11"], dossier, terms, now=WEDNESDAY)

    text = at("u01").get(f"/dossiers/{dossier}/who-sees?lang=en").text
    assert "Older entries wait for a colleague who holds their key" in text


def test_services_stand_in_the_order_of_their_organisations(at: OpenAt, dossier: str) -> None:
    text = at("u01").get(f"/dossiers/{dossier}/who-sees?lang=en").text
    identity = text.partition("Service Level Until")[2].partition("Service Level Until")[0]
    organisations = ("asbl Rive-Claire", "CPAS de Bellecour", "Maison médicale du Tilleul-Blanc")
    functions = ("Psychologist – asbl", "Victim support – asbl")

    for names in (organisations, functions):
        places = [identity.index(name) for name in names]
        assert places == sorted(places)


def test_a_service_is_not_called_by_its_function_twice(at: OpenAt, dossier: str) -> None:
    text = at("u01").get(f"/dossiers/{dossier}/participants").text

    assert "CPAS de Bellecour" in text
    assert "CPAS – CPAS" not in text


def test_who_has_read_comes_from_the_log(at: OpenAt, dossier: str) -> None:
    """Source: R49."""
    at("u11").get(f"/dossiers/{dossier}")

    text = at("u01").get(f"/dossiers/{dossier}/who-has-read?lang=en").text

    assert "Maison médicale du Tilleul-Blanc" in text
    assert "Wauterschool" not in text
    assert "03/03/2027 10:00" in text


def test_each_opening_of_the_place_is_shown_and_told(at: OpenAt, sheltered: str) -> None:
    """Source: S05-A2, R30."""
    shelter = at("u05")
    page = shelter.get(f"/dossiers/{sheltered}?lang=en")
    page = shelter.get(page.links["Who has opened it"])

    assert "asbl L'Escale-Nord" in page.text
    assert "The protected place has been opened" in shelter.get("/?lang=en").text
    assert at("u01").get(f"/dossiers/{sheltered}/place").status == 404


def test_what_a_function_can_see_at_most_is_shown(at: OpenAt) -> None:
    """Source: SCENARIOS 1.3."""
    text = at("u11").get("/accesses?lang=en").text

    assert "Protected place Never" in text
    assert "Health Read and write Ticked on its own" in text
    assert "Identity Read With the agreement" in text


def test_links_lead_to_pages_that_are_there(world: World, at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    start = browser.get(f"/dossiers/{dossier}").links
    inside = [href for href in start.values() if href.startswith(f"/dossiers/{dossier}")]

    assert len(inside) > 15
    for href in inside:
        assert browser.get(href).status == 200, href

"""The log as the data-protection officer reads it."""

import pytest

from tests.worlds import NEXT_TUESDAY, World
from vepshare import audit, policy
from vepshare.services import platform
from vepshare.web import _log_words

from .conftest import OpenAt
from .reader import Browser


def officer(at: OpenAt) -> Browser:
    """Return the browser of the data-protection officer, in English."""
    browser = at("u21")
    browser.get("/?lang=en")
    return browser


def test_the_officer_reads_facts_and_no_content(at: OpenAt, dossier: str) -> None:
    """Source: V8."""
    at("u11").get(f"/dossiers/{dossier}")

    page = at("u21").get("/log?lang=en")

    assert page.status == 200
    assert "Read a dossier" in page.text
    assert "Dr Lode Wauterschool Doctor – Maison médicale du Tilleul-Blanc" in page.text
    assert dossier in page.text
    assert "Read: Identity, Risk assessment" in page.text
    for word in ("Vandermostelle", "bousculée", "Hirondelle"):
        assert word not in page.html


@pytest.mark.parametrize("login", ["u01", "u12", "u22", "u24"])
@pytest.mark.parametrize("path", ["/log", "/log/checkpoint"])
def test_nobody_else_reads_it(at: OpenAt, login: str, path: str) -> None:
    """Source: SCENARIOS 1.3."""
    assert at(login).get(path).status == 403


def test_a_refusal_says_why_in_words(at: OpenAt, dossier: str) -> None:
    at("u12").get(f"/dossiers/{dossier}")

    text = officer(at).read_log(dossier=dossier, outcome="refused").text

    assert "Refused: not a participant" in text
    assert "1 entry, latest first" in text


@pytest.mark.parametrize(
    ("wanted", "seen", "unseen"),
    [
        ({"actor": "u11"}, "Lode Wauterschool", "Inès Mertolla"),
        ({"actor": "U11"}, "Lode Wauterschool", "Inès Mertolla"),
        ({"organisation": "o7"}, "Lode Wauterschool", "Inès Mertolla"),
        ({"event": "dossier.opened"}, "Opened a dossier", "Wauterschool"),
        ({"dossier": "V-ZZZZ-ZZ"}, "No such entry", "Mertolla"),
        ({"event": "nonsense", "outcome": "refused"}, "No such entry", "Mertolla"),
    ],
)
def test_entries_are_filtered(
    at: OpenAt, dossier: str, wanted: dict[str, str], seen: str, unseen: str
) -> None:
    """Source: R26."""
    at("u11").get(f"/dossiers/{dossier}")
    page = officer(at).read_log(**wanted)

    assert page.status == 200
    assert page.path == "/log"
    assert seen in page.text
    assert unseen not in page.text


def test_pages_follow_one_another(at: OpenAt, dossier: str) -> None:
    browser = at("u01")
    for _ in range(55):
        browser.get(f"/dossiers/{dossier}")
    reader = officer(at)
    page = reader.read_log(actor="u01")
    more = next(one for one in page.forms if one.buttons[0].name == "cursor")
    following = reader.press("Next page →", more)

    assert page.html.count("<tr") == 1 + 50
    assert following.html.count("<tr") > 1
    assert following.path == "/log"
    assert following.values("actor") == ["u01"]
    assert "Inès Mertolla" in following.text
    assert "Provincial" not in following.text
    assert "Next page" not in following.text


def test_an_address_filters_nothing(at: OpenAt, dossier: str) -> None:
    """A login in an address would stay in the history of the browser. Source: R26."""
    page = officer(at).get("/log?actor=u11")

    assert page.values("actor") == [""]
    assert "Inès Mertolla" in page.text


def test_an_entry_says_whom_it_is_about(at: OpenAt, dossier: str) -> None:
    """Source: V8."""
    text = officer(at).read_log(event="participant.invited").text

    assert "Invited somebody Dr Lode Wauterschool Inès Mertolla Victim support" in text


def test_what_one_does_about_oneself_names_one_once(at: OpenAt, dossier: str) -> None:
    doctor = at("u11")
    doctor.get(f"/dossiers/{dossier}/leave?lang=en")
    doctor.press("I leave: close this dossier to me")

    text = officer(at).read_log(event="participant.left").text

    assert text.count("Lode Wauterschool") == 1


def test_the_latest_checkpoint_is_shown_as_it_was_signed(world: World, at: OpenAt) -> None:
    """Source: DESIGN 6."""
    reader = at("u21")
    assert "No checkpoint yet" in reader.get("/log/checkpoint?lang=en").text
    note = platform.checkpoint(world.store, world.custody, now=NEXT_TUESDAY)

    page = reader.get("/log/checkpoint?lang=en")

    assert " ".join(note.split()) in page.text


def test_every_code_has_its_words() -> None:
    assert set(_log_words.EVENTS) == set(audit.Event)
    assert set(_log_words.OUTCOMES) == set(audit.Outcome)
    assert set(_log_words.REASONS) == set(policy.Refusal)

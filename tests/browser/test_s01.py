"""S01, « Hirondelle », as each of the cast meets it on screen. Source: S01, V5, V6."""

import gettext
import re
from pathlib import Path

import pytest

from vepshare import policy, web
from vepshare.demo import PROFESSIONALS, S01
from vepshare.demo._stories import Giving, Opening
from vepshare.dossier import COMPARTMENT_TITLES, Compartment
from vepshare.people import Profession
from vepshare.web._values import compartment_number

from .conftest import Enter
from .stops import NOWHERE
from .visitor import Visitor
from .world import World

LAST = S01.expected[-1]
FUNCTIONS = {one.login: (one.organisation, one.profession) for one in PROFESSIONALS}
SEEING = [login for login, cells in LAST.rows.items() if cells]
UNSEEING = [login for login, cells in LAST.rows.items() if not cells]

OVERVIEWS = ("/who-sees", "/who-has-read", "/participants")
_WORDS = gettext.translation("messages", Path(web.__file__).parents[1] / "translations", ["fr"])
TITLES = {one: _WORDS.gettext(text) for one, text in COMPARTMENT_TITLES.items()}

REFERENT = "u01"

REFUSED_SINCE = re.compile(
    r"La personne a refusé le partage avec ce service \(\d\d/\d\d/\d{4}\)\."
    r" Pour changer cela, il faut un nouvel accord\."
)
PARTIAL = (
    "Vous voyez ce que la personne a accepté de partager avec votre fonction."
    " Il peut exister d'autres éléments."
)
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def granted(login: str) -> set[Compartment]:
    """Return what the last table opens to somebody, and what it has no column for."""
    organisation, profession = FUNCTIONS[login]
    agreed = [act.agreed for act in S01.acts if isinstance(act, (Opening, Giving))]
    lines = [line for one in agreed for line in one.lines]
    named = {
        one
        for line in lines
        if (line.organisation, line.profession) == (organisation, profession)
        for one in line.compartments - {*LAST.columns}
    }
    return {*LAST.rows[login]} | {one for one in named if _can_see(profession, one)}


def _can_see(profession: Profession, compartment: Compartment) -> bool:
    return policy.matrix().cell(profession, compartment) is not None


def headings(visitor: Visitor) -> list[str]:
    """Return the ids of the subjects shown; each has a heading that says something."""
    found = visitor.page.locator("main#main h2.govuk-heading-l")
    assert all(text.strip() for text in found.all_inner_texts())
    sections = visitor.page.locator("main#main section:has(> * h2.govuk-heading-l)").all()
    assert len(sections) == found.count() == visitor.page.locator("main#main > section").count()
    return [one.get_attribute("id") or "" for one in sections]


@pytest.mark.parametrize("login", SEEING)
def test_each_sees_exactly_the_subjects_agreed_to(enter: Enter, world: World, login: str) -> None:
    visitor = enter()
    visitor.sign_in(login)
    visitor.press("a[href='/dossiers']")

    visitor.press(f"main a:has-text('{S01.pseudonym}')")

    assert visitor.path == f"/dossiers/{world.hirondelle}"
    assert {*headings(visitor)} == {f"c{compartment_number(one)}" for one in granted(login)}
    assert PARTIAL in visitor.main


@pytest.mark.parametrize("login", [one for one in SEEING if one != REFERENT])
def test_no_page_of_the_dossier_names_another_subject(
    enter: Enter, world: World, login: str
) -> None:
    """Only the referent sees what others see (S01-R5)."""
    visitor = enter(login)
    hidden = [TITLES[one] for one in Compartment if one not in granted(login)]

    for page in ("", "/consent", "/consent/withdraw", *OVERVIEWS):
        visitor.go(f"/dossiers/{world.hirondelle}{page}")
        lines = [line.strip() for line in visitor.main.splitlines()]
        named = [one for one in hidden if any(line.startswith(one) for line in lines)]
        assert named == [], page


@pytest.mark.parametrize("login", UNSEEING)
def test_the_others_get_the_page_of_what_does_not_exist(
    enter: Enter, world: World, login: str
) -> None:
    visitor = enter(login)

    pages = [_page(visitor, reference) for reference in (world.hirondelle, NOWHERE)]

    assert pages[0] == pages[1]
    assert S01.pseudonym not in visitor.text


def _page(visitor: Visitor, reference: str) -> str:
    answer = visitor.go(f"/dossiers/{reference}", status=404)
    return _TOKEN.sub("", answer.text()).replace(reference, "")


@pytest.mark.parametrize("login", ["u13", "u19"])
def test_a_search_for_her_name_finds_what_any_name_finds(enter: Enter, login: str) -> None:
    visitor = enter(login)
    answers = []
    for wanted in ("Coralie Vandermostelle", "Personne Nullepart"):
        visitor.go("/dossiers")
        visitor.page.locator("#q").fill(wanted)
        visitor.press("main form[action$='/search'] button")
        answers.append(visitor.main)

    assert answers[0] == answers[1]


def test_whom_she_refused_cannot_be_invited(enter: Enter, world: World) -> None:
    """Source: S01-R1."""
    visitor = enter("u01")
    visitor.go(f"/dossiers/{world.hirondelle}/participants/invite")

    visitor.page.locator("#login").fill("u13")
    visitor.page.locator("#reason").check()
    visitor.press("main form[action$='/invite'] button", status=403)

    assert REFUSED_SINCE.search(visitor.main)


def test_who_was_let_in_lets_nobody_else_in(enter: Enter, world: World) -> None:
    """Source: S01-R7."""
    visitor = enter("u12")
    visitor.go(f"/dossiers/{world.hirondelle}/participants/invite", status=403)

    assert visitor.page.locator("main form").count() == 0
    assert enter("u13").go(f"/dossiers/{world.hirondelle}", status=404)

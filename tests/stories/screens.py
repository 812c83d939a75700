"""What the pages show of a dossier, in French, to somebody without script."""

import html
import re
from itertools import takewhile

from tests.web.reader import Browser, Page
from vepshare.demo import Table
from vepshare.dossier import CODES, COMPARTMENT_TITLES, Compartment

from .sentences import LEVELS
from .telling import Telling

NOWHERE = "/dossiers/V-0000-00"
BELOW = (
    "",
    "/consent",
    "/consent/withdraw",
    "/who-sees",
    "/who-has-read",
    "/participants",
    "/participants/invite",
    "/exclusions",
    "/place",
    "/closing",
)
"""Everything that can be looked at below the address of a dossier."""

_SECTION = re.compile(r'<section id="c(\d+)".*?</section>', re.DOTALL)
_LEVEL = re.compile(r'<strong class="govuk-tag[^>]*>(?:<svg.*?</svg>)?([^<]+)</strong>', re.DOTALL)
_OWN = re.compile(r"V-[0-9A-Z]{4}-[0-9A-Z]{2}|name=\"csrf_token\" value=\"[^\"]*\"")


def browser(telling: Telling, login: str) -> Browser:
    """Return somebody's browser, signed in; the same one for as long as the copy lasts.

    Where time stands still, the fourth session of somebody would end one of the others.
    """
    if login not in telling.browsers:
        telling.browsers[login] = Browser(telling.api.world, login)
    return telling.browsers[login]


def sections(page: Page) -> dict[Compartment, str]:
    """Return the compartments that have a heading on a page, with what stands below it."""
    return {
        list(Compartment)[int(found[1]) - 1]: html.unescape(found[0])
        for found in _SECTION.finditer(page.html)
    }


def levels(page: Page) -> dict[Compartment, str]:
    """Return the level written beside the heading of each compartment."""
    words = {one: _LEVEL.search(text)[1] for one, text in sections(page).items()}
    return {one: LEVELS[" ".join(said.split())] for one, said in words.items()}


def shown(page: Page, code: str) -> str:
    """Return what a page shows of one compartment, nothing when it has no heading."""
    return sections(page).get(CODES[code], "")


def rows(telling: Telling, table: Table) -> dict[str, tuple[int, dict[Compartment, str]]]:
    """Return, for each row, the status of the dossier's page and the cells of its columns."""
    found = {}
    for login in table.rows:
        page = browser(telling, login).get(telling.path)
        cells = {one: level for one, level in levels(page).items() if one in table.columns}
        found[login] = (page.status, cells)
    return found


def everything(telling: Telling, login: str) -> str:
    """Return all that somebody can look at of a dossier and around it, one page after another."""
    one = browser(telling, login)
    pages = [one.get(f"{telling.path}{below}") for below in BELOW]
    pages += [one.get(path) for path in ("/", "/dossiers")]
    return "\n".join(html.unescape(page.html) for page in pages)


def bare(page: Page) -> tuple[int, str]:
    """Return a page without what differs from one request to the next, and the reference."""
    return page.status, _OWN.sub("", page.html)


def title(code: str) -> str:
    """Return what a compartment is called in the English of the source."""
    return COMPARTMENT_TITLES[CODES[code]]


def tasks(telling: Telling, login: str) -> str:
    """Return what stands on somebody's page of the day, from its first heading to the foot."""
    words = browser(telling, login).get("/").text.partition("À faire")[2].split()
    return " ".join(takewhile(lambda word: word != "Urgence", words))

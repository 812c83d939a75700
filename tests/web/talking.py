"""Going through the consent talk as a professional would, page by page."""

from dataclasses import dataclass

from tests.worlds import LINES, NEXT_TUESDAY, TUESDAY, World, compartments
from vepshare.consent import Form, OralReason
from vepshare.services import consents, lists

from .reader import Browser, Page

ADDRESS = "/dossiers/new"


@dataclass(frozen=True)
class Line:
    """What she says yes to for one service: subjects ticked together, and one by one."""

    service: str
    codes: str
    ticks: str = ""
    person: str = ""
    until: str = ""


S01 = tuple(Line(*one) for one in LINES)
"""The lines of the first scenario, consent v1."""

SVA = Line("O1/SVA", "ID CT")
SAVE = "Record the consent and open the dossier"

ORAL = {"form": Form.ORAL, "oral_reason": OralReason.BY_TELEPHONE}
"""How a consent is proven that was given by telephone."""

S01_V2 = Line("O8/SAPV", "ID CT RI PL RA MD", "ID CT RI PL RA MD")


def slugs(codes: str) -> list[str]:
    return sorted(one.value for one in compartments(codes))


def to_recipients(browser: Browser, address: str = ADDRESS) -> Page:
    """Go as far as the choice of the services, by the way of who has read the points already."""
    browser.get(f"{address}?lang=en")
    browser.press("The six points have been read")
    browser.tick("yes")
    return browser.press("Continue")


def choose(browser: Browser, *lines: Line, warned: bool = True) -> Page:
    browser.tick(*(one.service for one in lines))
    if warned:
        browser.tick("yes", name="warned")
    return browser.press("Continue")


def say(browser: Browser, line: Line) -> Page:
    """Answer the page of one service."""
    apart = set(slugs(line.ticks))
    browser.tick(*(one for one in slugs(line.codes) if one not in apart))
    browser.tick(*sorted(apart))
    if line.person:
        browser.type(f"person.{line.service}", line.person)
    if line.until:
        browser.type(f"until.{line.service}", line.until)
    return browser.press("Continue")


def answer_lines(browser: Browser, *lines: Line) -> Page:
    """Answer the pages of the services, in the order in which the pages come."""
    by_service = {one.service: one for one in lines}
    while _service(browser):
        say(browser, by_service[_service(browser)])
    return browser.page


def _service(browser: Browser) -> str:
    """Return the service the page is about, or nothing."""
    shown = [one.name for one in browser.page.form.fields if one.kind == "select"]
    found = [name.removeprefix("person.") for name in shown if name.startswith("person.")]
    return found[0] if found else ""


def to_proof(browser: Browser, *lines: Line, refused: tuple[str, ...] = ()) -> Page:
    """Go as far as the page that asks how long and how."""
    choose(browser, *lines)
    answer_lines(browser, *lines)
    browser.tick(*refused)
    return browser.press("Continue")


def to_check(
    browser: Browser, *lines: Line, refused: tuple[str, ...] = (), end: str = "", **typed: str
) -> Page:
    """Go as far as the page that shows every answer before it counts."""
    to_proof(browser, *lines, refused=refused)
    return answer_proof(browser, end=end, **typed)


def answer_proof(
    browser: Browser, *, form: str = "written_paper", end: str = "", **typed: str
) -> Page:
    browser.tick(form)
    browser.tick("yes", name="seen_alone")
    browser.type("end", end)
    for name, text in typed.items():
        if name in {"oral_reason", "interpreter_mode", "replaces"}:
            browser.tick(text)
        else:
            browser.type(name, text)
    return browser.press("Continue")


def opened(world: World) -> str:
    """Return the reference of the only dossier of u01."""
    (found,) = lists.list_dossiers(world.store, world.cast["u01"], now=TUESDAY)
    return found.reference


def the_consent(world: World) -> consents.Consent:
    view = consents.list_consents(world.store, world.cast["u01"], opened(world), now=TUESDAY)
    return view.consents[0]


def no_dossier(world: World) -> bool:
    return not lists.list_dossiers(world.store, world.cast["u01"], now=TUESDAY)


def go(browser: Browser, reference: str, path: str = "") -> Page:
    """Open a page of the consent of a dossier, in English."""
    return browser.get(f"/dossiers/{reference}/consent{path}?lang=en")


def history(world: World, reference: str) -> tuple[consents.Consent, ...]:
    now = NEXT_TUESDAY
    return consents.list_consents(world.store, world.cast["u01"], reference, now=now).consents

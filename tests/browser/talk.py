"""The consent talk through its pages, with the keys that a keyboard has and nothing else."""

from collections.abc import Callable

from playwright.sync_api import Page

from .visitor import Visitor

_HAS_FOCUS = "selector => document.activeElement.matches(selector)"
_ON_SCREEN = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
    return inside || it.matches('.govuk-visually-hidden, .govuk-skip-link');
}"""
_MOST_STOPS = 150

GO_ON = "main .govuk-button-group button[name=go]"
Looked = Callable[[str], None]


class Keyboard:
    """Tab, Space and Enter. `acts` counts what was pressed on purpose, moving about left out."""

    def __init__(self, visitor: Visitor) -> None:
        self.acts = 0
        self._visitor = visitor
        self._page: Page = visitor.page

    def reach(self, selector: str) -> None:
        """Press Tab until what *selector* names has the focus, in sight."""
        for _ in range(_MOST_STOPS):
            if self._page.evaluate(_HAS_FOCUS, selector):
                assert self._page.evaluate(_ON_SCREEN), f"{selector} has the focus out of sight"
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab on {self._page.url}")

    def tick(self, selector: str) -> None:
        """Reach a box and tick it."""
        self.reach(selector)
        self.acts += 1
        self._page.keyboard.press("Space")
        assert self._page.locator(selector).is_checked(), selector

    def write(self, selector: str, text: str) -> None:
        """Reach a field and type into it."""
        self.reach(selector)
        self._page.keyboard.type(text)

    def enter(self, selector: str, *, status: int = 200) -> None:
        """Reach a link or a button and press it, which leads to another page."""
        self.reach(selector)
        self.acts += 1
        with self._page.expect_navigation() as found:
            self._page.keyboard.press("Enter")
        assert found.value.status == status, found.value.status
        self._visitor.see()


def read_six_points(keyboard: Keyboard, looked: Looked) -> None:
    """Go through the six points, one page each."""
    for number in range(1, 7):
        looked(f"talk-point-{number}")
        keyboard.enter(f"{GO_ON}[value=next]")


def understood(keyboard: Keyboard, looked: Looked) -> None:
    looked("talk-told")
    keyboard.enter(f"{GO_ON}[value=next]", status=422)
    looked("talk-told-faulty")
    keyboard.tick("input[name=understood][value=yes]")
    keyboard.enter(f"{GO_ON}[value=next]")


def name_services(keyboard: Keyboard, looked: Looked, *services: str) -> None:
    """Tick the services that may read."""
    looked("talk-recipients")
    for service in services:
        keyboard.tick(f"input[name=services][value='{service}']")
    keyboard.enter(f"{GO_ON}[value=next]")


def say_what(keyboard: Keyboard, looked: Looked, service: str, what: dict[str, list[str]]) -> None:
    """Tick subjects for one service: `cells` are ordinary, `ticks` stand apart."""
    looked(f"talk-line-{service.replace('/', '-')}")
    for group, subjects in what.items():
        for subject in subjects:
            keyboard.tick(f"input[name='{group}.{service}'][value='{subject}']")
    keyboard.enter(f"{GO_ON}[value=next]")


def refuse(keyboard: Keyboard, looked: Looked, *groups: str) -> None:
    looked("talk-refusals")
    for group in groups:
        keyboard.tick(f"input[name=refused][value='{group}']")
    keyboard.enter(f"{GO_ON}[value=next]")


def prove(keyboard: Keyboard, looked: Looked) -> None:
    """Answer how it was given: in writing, alone; too little at first."""
    looked("talk-proof")
    keyboard.enter(f"{GO_ON}[value=next]", status=422)
    looked("talk-proof-faulty")
    keyboard.tick("input[name=form][value=written_paper]")
    keyboard.tick("input[name=seen_alone][value=yes]")
    keyboard.enter(f"{GO_ON}[value=next]")


def record(keyboard: Keyboard, looked: Looked) -> None:
    looked("talk-check")
    keyboard.enter(f"{GO_ON}[value=save]")


def hold(keyboard: Keyboard, looked: Looked) -> None:
    """Hold a whole talk: her own service and a doctor read; the police do not."""
    read_six_points(keyboard, looked)
    understood(keyboard, looked)
    name_services(keyboard, looked, "O1/SVA", "O7/MED")
    own = ["identity", "safe_contact", "safety_plan", "incidents"]
    say_what(keyboard, looked, "O1/SVA", {"cells": own})
    say_what(keyboard, looked, "O7/MED", {"cells": ["identity"], "ticks": ["incidents"]})
    refuse(keyboard, looked, "police")
    prove(keyboard, looked)
    record(keyboard, looked)

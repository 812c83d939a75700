"""Looking at a page as people with other eyes and other screens do, and keeping pictures of it."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from .visitor import Visitor

PICTURES = Path(__file__).parents[1] / "artefacts"
SCREEN, TELEPHONE = (1280, 720), (390, 844)
WIDTHS = (320, 768, 1280)

_AXE = Axe()
# Fetching style sheets anew is what the content policy forbids; the page has them already.
_RULES = {"preload": False, "resultTypes": ["violations"]}
_TOO_WIDE = "document.scrollingElement.scrollWidth - window.innerWidth"


def barriers(visitor: Visitor) -> list[str]:
    """Return what axe finds on the page: rule, and the elements that break it."""
    found = _AXE.run(visitor.page, options=_RULES).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:5]}" for one in found]


def too_wide(visitor: Visitor) -> list[str]:
    """Return the widths at which the page would have to be scrolled sideways."""
    found = []
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": SCREEN[1]})
        over = int(visitor.page.evaluate(_TOO_WIDE))
        if over > 0:
            found.append(f"{width} px: {over} px too wide")
    return found


def picture(visitor: Visitor, name: str) -> None:
    """Keep a picture of the page on a screen and on a telephone."""
    PICTURES.mkdir(exist_ok=True)
    # Further down, the header that stays in sight would stand in the middle of the picture.
    visitor.page.evaluate("window.scrollTo(0, 0)")
    for label, (width, height) in (("screen", SCREEN), ("telephone", TELEPHONE)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.page.screenshot(path=PICTURES / f"{name}-{label}.png", full_page=True)
    visitor.page.set_viewport_size({"width": SCREEN[0], "height": SCREEN[1]})


def shortcomings(visitor: Visitor, name: str) -> list[str]:
    """Keep pictures of the page, and return all that stands in somebody's way on it."""
    picture(visitor, name)
    return too_wide(visitor) + barriers(visitor)

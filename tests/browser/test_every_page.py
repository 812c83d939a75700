"""Every page: no barrier, no sideways scrolling; pictures of each in `tests/artefacts`."""

import pytest

from .conftest import Enter
from .looking import WIDTHS, barriers, shortcomings, too_wide
from .stops import ADDRESSED, ANSWERED, Stop
from .world import World


@pytest.mark.parametrize("stop", [*ADDRESSED, *ANSWERED], ids=lambda stop: stop.name)
def test_the_page_keeps_nobody_out(enter: Enter, world: World, stop: Stop) -> None:
    visitor = enter(stop.login)

    stop.reach(visitor, world)

    assert shortcomings(visitor, stop.name) == []


def test_a_barrier_would_be_found(enter: Enter) -> None:
    """A look that finds nothing has to be one that could."""
    visitor = enter()
    visitor.go("/sign-in")

    visitor.page.evaluate("document.querySelector('label[for=login]').remove()")
    visitor.page.evaluate("document.querySelector('h1').style.width = '2000px'")

    assert any(found.startswith("label") for found in barriers(visitor))
    assert len(too_wide(visitor)) == len(WIDTHS)

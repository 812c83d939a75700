"""Every page: no barrier, no sideways scrolling, every language; pictures in `tests/artefacts`."""

import pytest

from .conftest import Enter
from .looking import shortcomings
from .stops import ADDRESSED, ANSWERED, Stop
from .world import World

LANGUAGES = ("nl", "de", "en")


@pytest.mark.parametrize("stop", (*ADDRESSED, *ANSWERED), ids=lambda stop: stop.name)
def test_the_page_keeps_nobody_out(enter: Enter, world: World, stop: Stop) -> None:
    visitor = enter(stop.login)

    stop.reach(visitor, world)

    assert shortcomings(visitor, stop.name) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_the_language_asked_for(
    enter: Enter, world: World, language: str
) -> None:
    logins = sorted({stop.login or "" for stop in ADDRESSED})
    for login in logins:
        visitor = enter(login or None)
        visitor.go(f"/accessibility?lang={language}")
        for stop in ADDRESSED:
            if (stop.login or "") == login:
                stop.reach(visitor, world)
                found = visitor.page.locator("html").get_attribute("lang")
                assert found == language, stop.name

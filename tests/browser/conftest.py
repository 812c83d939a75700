"""A demonstration served once for each worker, a browser, and visitors in it."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from .site import WITHOUT_CHROMIUM, Site, chromium
from .visitor import Visitor
from .world import World

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Enter(Protocol):
    """Let somebody in, signed in where a login is given."""

    def __call__(self, login: str | None = None, *, script: bool = True) -> Visitor: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is below this folder, and skip it where there is no browser."""
    here = [one for one in items if one.path.parent.name == "browser"]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if chromium() is None:
            item.add_marker(pytest.mark.skip(reason=WITHOUT_CHROMIUM))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demonstration of this worker alone."""
    made = Site.start(tmp_path_factory.mktemp("site"))
    yield made
    made.end()
    assert "Traceback" not in made.log.read_text(), made.log.read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without its own errands."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=_QUIET)
        yield made
        made.close()


@pytest.fixture(scope="session")
def world(site: Site) -> World:
    """What the tests of this worker find in the demonstration, and add to it."""
    return World(site.base)


@pytest.fixture(scope="session")
def states() -> dict[str, StorageState]:
    """The cookies of those who have signed in once."""
    return {}


@pytest.fixture
def enter(site: Site, browser: Browser, states: dict[str, StorageState]) -> Iterator[Enter]:
    """Let somebody in; afterwards nothing may have gone wrong on any of their pages."""
    visitors: list[Visitor] = []

    def let_in(login: str | None = None, *, script: bool = True) -> Visitor:
        context = browser.new_context(
            storage_state=states.get(login or ""),
            java_script_enabled=script,
            viewport={"width": 1280, "height": 720},
            locale="fr-BE",
            timezone_id="Europe/Brussels",
            reduced_motion="reduce",
        )
        visitor = Visitor(context, site.base)
        visitors.append(visitor)
        if login and login not in states:
            visitor.sign_in(login)
            states[login] = context.storage_state()
        return visitor

    yield let_in
    for one in visitors:
        one.context.close()
    assert [fault for one in visitors for fault in one.faults] == []

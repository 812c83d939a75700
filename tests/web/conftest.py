"""Fixtures of the pages: a stopped clock, and people of the cast in front of a screen."""

from collections.abc import Callable, Iterator

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.api.client import standing_still
from tests.installations import SqliteTemplate
from tests.worlds import WEDNESDAY, World, make_draft, open_dossier

from .reader import Browser

OpenAt = Callable[[str], Browser]

FIRST_ENTRIES = ("identity", "safe_contact", "safety_plan", "risk_assessment", "incidents")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """The embedded database only: the same pages tell the stories on both (tests/stories)."""
    return SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """The clock of the pages: Wednesday, until a test moves it."""
    with standing_still(WEDNESDAY) as frozen:
        yield frozen


@pytest.fixture
def at(world: World, clock: FrozenDateTimeFactory) -> OpenAt:
    """Somebody of the cast, signed in: `at("u11")`."""
    return lambda login: Browser(world, login)


@pytest.fixture
def dossier(world: World) -> str:
    """The dossier of the first scenario, in short: u01 accompanies; u02, u11, u16 take part."""
    return open_dossier(
        world,
        entries=tuple(make_draft(kind) for kind in FIRST_ENTRIES),
        refused=("/SAPV", "/POL", "/AJV", "/PAR"),
    )


@pytest.fixture
def sheltered(world: World) -> str:
    """A dossier with a protected place, run by the shelter O3; u05 accompanies."""
    return open_dossier(
        world,
        ("O3/SVH", "ID CT AD IN RI PL RA MD", "AD"),
        ("O1/SVA", "ID CT IN RI PL RA MD"),
        ("O4/AUT", "ID RI", "ID RI"),
        by="u05",
        participants="u01 u06",
        entries=(make_draft("protected_place"), make_draft("safety_plan")),
    )

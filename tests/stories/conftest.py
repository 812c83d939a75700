"""Stories told through the API, at the instants that assertions start from."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.api.client import Api, standing_still
from tests.conftest import Template
from tests.worlds import at
from vepshare.demo import Story

from .snapshots import Shown, Snapshots, copied
from .telling import Telling

Tell = Callable[[Story, str], Telling]


@pytest.fixture(scope="session")
def snapshots(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshots]:
    """The stories on each database, told as far as somebody has asked."""
    made = Snapshots(template, tmp_path_factory.mktemp("stories"))
    yield made
    made.close()


@pytest.fixture
def tell(snapshots: Snapshots, tmp_path: Path) -> Iterator[Tell]:
    """Return a story at a chapter, in a copy of this test alone; the clock stands there too."""
    with ExitStack() as kept:

        def _tell(story: Story, chapter: str) -> Telling:
            snapshot = snapshots.get(story, chapter)
            # One test may tell a story twice, to compare two instants.
            directory = Path(tempfile.mkdtemp(dir=tmp_path))
            world = kept.enter_context(copied(snapshot.world, directory))
            clock = kept.enter_context(standing_still(at(chapter)))
            return Telling(Api(world, clock), snapshot.told.copy())

        yield _tell


@pytest.fixture(scope="session")
def shown(snapshots: Snapshots, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """One copy of each chapter, for all the tests that only look."""
    with ExitStack() as kept:
        yield Shown(snapshots, tmp_path_factory.mktemp("shown"), kept)


@pytest.fixture
def look(shown: Shown) -> Iterator[Tell]:
    """Return a story at a chapter, for a test that only looks; the clock stands there too.

    Others look at the same copy: its log and its tasks tell of them.
    """
    with ExitStack() as kept:

        def _look(story: Story, chapter: str) -> Telling:
            return shown.get(story, chapter, kept.enter_context(standing_still(at(chapter))))

        yield _look

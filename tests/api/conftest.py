"""A clock that a test moves, and the API at the time it shows."""

from collections.abc import Iterator

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.conftest import Template
from tests.worlds import TUESDAY, World

from .client import Api, standing_still


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """The only clock: it stands at 2 March 2027, 14:35 in Brussels, until it is moved."""
    with standing_still(TUESDAY) as frozen:
        yield frozen


@pytest.fixture
def api(world: World, clock: FrozenDateTimeFactory) -> Api:
    """The API of this test alone."""
    return Api(world, clock)


@pytest.fixture(scope="module")
def shared(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One API for all the tests of a module that are only refused; its clock stands still."""
    directory = tmp_path_factory.mktemp("shared")
    with template.copy(directory) as world, standing_still(TUESDAY) as frozen:
        yield Api(world, frozen)

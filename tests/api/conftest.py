"""A clock that a test moves, and the API at the time it shows."""

from collections.abc import Iterator

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import TUESDAY, World

from .client import Api, standing_still


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """The only clock: it stands at 2 March 2027, 14:35 in Brussels, until it is moved."""
    with standing_still(TUESDAY) as frozen:
        yield frozen


@pytest.fixture
def api(world: World, clock: FrozenDateTimeFactory) -> Api:
    return Api(world, clock)

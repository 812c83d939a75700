"""Times as they are stored."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from tests.worlds import World, at
from vepshare.storage import Store

BRUSSELS_SUMMER = timezone(timedelta(hours=2))
INSTANTS = (
    datetime(2027, 3, 2, 13, 35, 0, 1, tzinfo=UTC),
    datetime(2027, 9, 1, 23, 59, 59, 999999, tzinfo=BRUSSELS_SUMMER),
    # The hour that comes twice, and the one that never comes.
    at("2027-10-31 02:30"),
    at("2027-03-28 02:30"),
    datetime(1970, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("moment", INSTANTS, ids=str)
def test_an_instant_comes_back_the_same_and_in_utc(store: Store, moment: datetime) -> None:
    """A consent must end at the same microsecond on both databases. Source: V2."""
    with store.begin() as work:
        work.log.add_checkpoint(size=1, at=moment, note="note")

    with store.peek() as work:
        _, kept = work.log.last_checkpoint()

    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """Source: STYLE: `now` is aware."""
    with pytest.raises(StatementError, match="without a zone"), store.begin() as work:
        work.log.add_checkpoint(size=1, at=datetime(2027, 3, 2), note="note")  # noqa: DTZ001

    with store.peek() as work:
        assert work.log.last_checkpoint() is None


def test_instants_are_compared_as_instants(world: World) -> None:
    """Two clocks that show another hour mean the same moment. Source: V2."""
    here = datetime(2027, 3, 2, 12, 0, tzinfo=BRUSSELS_SUMMER)
    with world.store.begin() as work:
        work.sessions.note_attempt(b"account", now=here, forget_before=here)

    with world.store.peek() as work:
        utc = datetime(2027, 3, 2, 10, 0, tzinfo=UTC)
        assert work.sessions.count_attempts(b"account", since=utc) == 1
        assert work.sessions.count_attempts(b"account", since=utc + timedelta(microseconds=1)) == 0

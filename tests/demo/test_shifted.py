"""Stories moved to other days: nothing in the future, and the same dossier to read."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from tests.worlds import World, at, log_entries, read
from vepshare import audit, demo
from vepshare.consent import local_day
from vepshare.demo import S01, S02, S05
from vepshare.demo._calendar import Shift, moved
from vepshare.dossier import KINDS
from vepshare.services import consents

from .stages import cast_of, shown, utc

# Just after midnight, just before it on a leap day, and in summer time.
NOWS = [at(text) for text in ("2027-11-02 00:20", "2028-02-29 23:50", "2028-07-14 10:00")]


@pytest.mark.parametrize("now", NOWS)
@pytest.mark.parametrize("story", demo.STORIES, ids=lambda story: story.code)
def test_a_story_reads_the_same_on_any_day(world: World, story: demo.Story, now: datetime) -> None:
    shift = now - utc(story.clock)
    reference = demo.play(world.store, cast_of(world), story, shift=shift)

    table = next(one for one in story.expected if one.at == story.clock)
    for login, expected in table.rows.items():
        if expected:
            view = read(world, login, reference, now=now)
            seen = {c: level for c, level in shown(view).items() if c in table.columns}
            assert seen == expected


@pytest.mark.parametrize("now", NOWS)
def test_nothing_is_told_before_it_happens(world: World, now: datetime) -> None:
    references = demo.play_all(world.store, cast_of(world), stories=demo.STORIES, now=now)

    for login, code in (("u01", "S01"), ("u09", "S02"), ("u05", "S05")):
        view = read(world, login, references[code], now=now)
        found = [one for each in view.compartments.values() for one in each.entries]
        assert found
        for one in found:
            assert one.recorded_at < now
            day = local_day(one.recorded_at).isoformat()
            values = one.values.reveal() if one.values else one.flags.reveal()
            for name in ("happened_on", "assessed_on", "verified_on", "met_on", "since"):
                assert str(values.get(name, day)) <= day
            if one.occurred_on is not None:
                assert one.occurred_on <= day


@pytest.mark.parametrize("now", NOWS)
def test_stories_told_side_by_side_never_set_the_log_back(world: World, now: datetime) -> None:
    begun = demo.beginning(demo.STORIES, now=now)
    first = len(log_entries(world.store))

    demo.play_all(world.store, cast_of(world), stories=demo.STORIES, now=now)

    told = log_entries(world.store)[first:]
    times = [one.time for one in told]
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert begun < times[0]
    assert times[-1] < now
    dossiers = [one.dossier for one in told if one.dossier is not None]
    assert len(set(dossiers)) == len(demo.STORIES)
    # Side by side: some dossier is left and come back to.
    assert sum(a != b for a, b in pairwise(dossiers)) > len(demo.STORIES)


def test_the_demonstration_stands_where_a_visitor_can_record_the_withdrawal(
    world: World,
) -> None:
    now = at("2027-11-02 15:00")
    references = demo.play_all(world.store, cast_of(world), now=now)
    assert references.keys() == {"S01", "S02"}
    assert not log_entries(world.store, audit.Event.CONSENT_WITHDRAWN)

    consents.withdraw(
        world.store,
        world.cast["u09"],
        references["S02"],
        None,
        targets=(world.target("O7"), world.target("O11")),
        now=now,
    )

    assert shown(read(world, "u20", references["S02"], now=now))


def test_consents_end_as_many_days_later_as_they_were_given(world: World) -> None:
    now = at("2027-11-02 00:20")
    reference = demo.play(world.store, cast_of(world), S05, shift=now - utc(S05.clock))

    view = consents.list_consents(world.store, world.cast["u05"], reference, now=now)

    last = view.consents[-1].terms
    [short] = {one.ends for one in last.recipients if one.ends is not None}
    given = local_day(last.starts)
    assert (local_day(last.ends) - given) == date(2027, 9, 10) - date(2027, 3, 11)
    assert (local_day(short) - given) == date(2027, 3, 25) - date(2027, 3, 11)


def test_a_shift_is_counted_in_utc_and_its_days_in_brussels() -> None:
    """Adding hours to a local time would lose the hour of summer time."""
    before = S01.clock  # in winter time
    shift = Shift(by=timedelta(days=30))
    assert shift.instant(before) - utc(before) == timedelta(days=30)
    assert shift.days(before) == timedelta(days=30)
    assert Shift(by=timedelta(hours=-11)).days(before) == timedelta(days=-1)
    assert Shift().instant(S02.clock) == utc(S02.clock)


def test_every_day_and_month_in_values_is_moved_and_nothing_else() -> None:
    health, pregnancy = KINDS["health"], KINDS["pregnancy"]
    injured = {
        "injuries": [{"seen_on": "2027-02-28", "sites": ["left_arm"], "type": "bruise"}],
        "unfit_until": "2027-12-31",
        "care": "2027-02-28",
    }
    assert moved(health.fields, injured, timedelta(days=1)) == {
        "injuries": [{"seen_on": "2027-03-01", "sites": ["left_arm"], "type": "bruise"}],
        "unfit_until": "2028-01-01",
        "care": "2027-02-28",
    }
    due = {"pregnant": "yes", "due_month": "2027-11"}
    assert moved(pregnancy.fields, due, timedelta(days=61))["due_month"] == "2028-01"
    assert moved(pregnancy.fields, due, timedelta(days=-2)) == due

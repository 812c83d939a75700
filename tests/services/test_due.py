"""What ends by itself: decisions at the microsecond, keys when the calendar is run."""

import pytest

from tests.worlds import (
    LAST_DAY,
    LINES,
    MICROSECOND,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    end_of,
    entries,
    invite,
    levels,
    log_entries,
    make_draft,
    make_line,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import State
from vepshare.services import AccessEndedError, consents, due, platform, today
from vepshare.services import entries as writing

from .raw_keys import epochs, opens, wrapped_to

LAST = end_of(LAST_DAY)
OVER = LAST + MICROSECOND
FIRST_ENTRIES = (make_draft("identity"), make_draft("health"))


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, entries=FIRST_ENTRIES)


def state(world: World, reference: str) -> State:
    with world.store.peek() as work:
        (found,) = work.dossiers.by_ids([work.dossiers.id_of(reference)])
    return found.state


def test_the_last_instant_of_the_day_is_included(world: World, reference: str) -> None:
    """Source: V2, R9."""
    assert levels(read(world, "u11", reference, now=LAST)).startswith("ID:R HE:W")


def test_a_microsecond_later_it_is_over_without_anybody_s_act(world: World, reference: str) -> None:
    """The decision waits for no timer. Source: V4, R9, S03-R6."""
    with pytest.raises(AccessEndedError) as caught:
        read(world, "u11", reference, now=OVER)

    assert caught.value.on.isoformat() == LAST_DAY
    assert log_entries(world.store)[-1].reason == "consent_expired"


def test_the_timer_destroys_the_keys(world: World, reference: str) -> None:
    """Source: V4, R8."""
    due.run_due(world.store, now=LAST)
    assert opens(world, "u11", reference) == "ID HE"

    due.run_due(world.store, now=OVER)

    for login in ("u01", "u02", "u11", "u16"):
        assert wrapped_to(world, login, reference) == ""
    assert state(world, reference) is State.LAPSED
    assert len(log_entries(world.store, audit.Event.CONSENT_EXPIRED)) == 1
    page = today.today(world.store, world.cast["u01"], now=OVER)
    assert [one.kind.value for one in page.tasks] == ["consent_ended"]
    assert page.closing == (reference,)


def test_running_the_timer_again_changes_nothing(world: World, reference: str) -> None:
    """Source: DESIGN 7."""
    assert due.run_due(world.store, now=OVER) > 0
    before = log_entries(world.store)

    assert due.run_due(world.store, now=OVER) == 0

    assert log_entries(world.store) == before
    assert platform.verify_log(world.store).faults == ()


def test_one_line_ends_and_the_others_get_a_new_key(world: World) -> None:
    """Source: V2, V4, S05."""
    short = make_line(world, "O11/CPAS", "ID CT", ends=THURSDAY)
    reference = open_dossier(
        world, LINES[0], LINES[3], short, participants="u11 u16", entries=FIRST_ENTRIES
    )

    due.run_due(world.store, now=THURSDAY + MICROSECOND)

    assert wrapped_to(world, "u16", reference) == ""
    assert opens(world, "u11", reference) == "ID HE"
    assert epochs(world, reference, "ID") == 2
    assert epochs(world, reference, "HE") == 1
    assert state(world, reference) is State.ACTIVE
    assert "ID:W" in levels(read(world, "u01", reference, now=THURSDAY + MICROSECOND))


def test_an_end_that_was_overtaken_is_not_announced(world: World, reference: str) -> None:
    """She extended, or took it back, long before: nothing ends on the old day. Source: R9."""
    (old,) = consents.list_consents(world.store, world.cast["u01"], reference, now=TUESDAY).consents
    longer = make_terms(
        world, starts=WEDNESDAY, ends=end_of("2027-12-01"), replaces=frozenset({old.id})
    )
    consents.give(world.store, world.cast["u01"], reference, longer, now=WEDNESDAY)

    due.run_due(world.store, now=OVER)

    assert log_entries(world.store, audit.Event.CONSENT_EXPIRED) == ()
    assert today.today(world.store, world.cast["u01"], now=OVER).tasks == ()
    assert state(world, reference) is State.ACTIVE


def test_a_recipient_whose_consent_has_just_begun_writes_at_once(
    world: World, reference: str
) -> None:
    """Before the timer has run as well: the right is there, and so must the key be.

    Source: V1, V2.
    """
    terms = make_terms(world, ("O5/ASH", "ID HO RA"), starts=THURSDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    invite(world, reference, "u09", now=THURSDAY)

    writing.write_entry(
        world.store, world.cast["u09"], reference, make_draft("identity"), now=THURSDAY
    )

    seen = read(world, "u09", reference, now=THURSDAY)
    assert len(entries(seen, "ID")) >= 1


def test_the_timer_takes_many_dossiers_in_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: DESIGN 7."""
    monkeypatch.setattr(due, "_BATCH", 2)
    references = [open_dossier(world, LINES[0], participants="") for _ in range(3)]

    due.run_due(world.store, now=OVER)

    assert {state(world, one) for one in references} == {State.LAPSED}

"""She takes back everything, also what is to begin or to end later; beginning again."""

from datetime import datetime

import pytest

from tests.worlds import (
    FRIDAY,
    LINES,
    MICROSECOND,
    NEXT_TUESDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    levels,
    log_entries,
    make_draft,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import State
from vepshare.services import (
    AccessEndedError,
    InvalidError,
    closing,
    consents,
    due,
)

from .raw_keys import wrapped_to

FIRST_ENTRIES = tuple(
    make_draft(kind) for kind in ("identity", "health", "incidents", "risk_assessment")
)


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, entries=FIRST_ENTRIES)


def state(world: World, reference: str) -> State:
    with world.store.peek() as work:
        (found,) = work.dossiers.by_ids([work.dossiers.id_of(reference)])
    return found.state


def withdraw(world: World, reference: str, *services: str, now: datetime = WEDNESDAY) -> None:
    """Record a withdrawal by u01: of some services, `O7`, or of everything."""
    targets = [world.target(one) for one in services]
    consents.withdraw(world.store, world.cast["u01"], reference, None, targets=targets, now=now)


def test_everything_is_taken_back_and_the_dossier_freezes(world: World, reference: str) -> None:
    """Nobody keeps a key, she who recorded it neither. Source: V4, S02."""
    withdraw(world, reference)

    for login in ("u01", "u02", "u11", "u16"):
        assert wrapped_to(world, login, reference) == ""
        with pytest.raises(AccessEndedError):
            read(world, login, reference, now=WEDNESDAY)
    assert state(world, reference) is State.FROZEN
    assert log_entries(world.store, audit.Event.DOSSIER_FROZEN)
    assert closing.read_sheet(world.store, world.cast["u01"], reference, now=WEDNESDAY)


def test_everything_includes_what_is_to_be_replaced_later(world: World, reference: str) -> None:
    """An act that will end next week is open today, and closes today. Source: V4, R7."""
    (old,) = consents.list_consents(world.store, world.cast["u01"], reference, now=TUESDAY).consents
    later = make_terms(world, LINES[0], starts=NEXT_TUESDAY, replaces=frozenset({old.id}))
    consents.give(world.store, world.cast["u01"], reference, later, now=TUESDAY)
    assert levels(read(world, "u11", reference, now=WEDNESDAY)).startswith("ID:R")

    withdraw(world, reference)

    with pytest.raises(AccessEndedError):
        read(world, "u11", reference, now=WEDNESDAY)
    assert wrapped_to(world, "u11", reference) == ""
    assert wrapped_to(world, "u01", reference) == ""


def test_a_service_is_closed_although_its_act_is_to_be_replaced_later(
    world: World, reference: str
) -> None:
    """Source: V4, R7."""
    (old,) = consents.list_consents(world.store, world.cast["u01"], reference, now=TUESDAY).consents
    later = make_terms(world, starts=NEXT_TUESDAY, replaces=frozenset({old.id}))
    consents.give(world.store, world.cast["u01"], reference, later, now=TUESDAY)

    withdraw(world, reference, "O7")

    with pytest.raises(AccessEndedError):
        read(world, "u11", reference, now=WEDNESDAY)
    due.run_due(world.store, now=NEXT_TUESDAY + MICROSECOND)
    with pytest.raises(AccessEndedError):
        read(world, "u11", reference, now=NEXT_TUESDAY + MICROSECOND)
    assert "ID:W" in levels(read(world, "u01", reference, now=NEXT_TUESDAY + MICROSECOND))


def test_a_consent_that_has_not_begun_is_taken_back_as_well(world: World, reference: str) -> None:
    """Source: V4."""
    terms = make_terms(world, ("O5/ASH", "ID"), starts=THURSDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)

    withdraw(world, reference, now=WEDNESDAY)
    due.run_due(world.store, now=FRIDAY)

    assert wrapped_to(world, "u09", reference) == ""
    assert state(world, reference) is State.FROZEN


def test_the_old_consent_cannot_come_back(world: World, reference: str) -> None:
    """A new act is needed, that begins after the withdrawal. Source: S02-R7."""
    withdraw(world, reference, "O7", now=THURSDAY)
    again = make_terms(world, LINES[3], starts=TUESDAY)

    with pytest.raises(InvalidError) as caught:
        consents.give(world.store, world.cast["u01"], reference, again, now=FRIDAY)
    assert caught.value.faults == {"start": "predates_withdrawal"}
    assert wrapped_to(world, "u11", reference) == ""

    new = make_terms(world, LINES[3], starts=FRIDAY)
    consents.give(world.store, world.cast["u01"], reference, new, now=FRIDAY)

    assert levels(read(world, "u11", reference, now=FRIDAY)).startswith("ID:R HE:W")


def test_after_everything_was_taken_back_she_may_begin_again(world: World, reference: str) -> None:
    """A new act opens the dossier; what was there before has no key any more. Source: S02."""
    withdraw(world, reference)
    new = make_terms(world, starts=THURSDAY)

    consents.give(world.store, world.cast["u01"], reference, new, now=THURSDAY)

    assert state(world, reference) is State.ACTIVE
    seen = read(world, "u01", reference, now=THURSDAY)
    assert "ID:W" in levels(seen)
    assert entries(seen, "ID") == ()


def test_only_the_referent_begins_again(world: World, reference: str) -> None:
    """Source: S02."""
    withdraw(world, reference)

    with pytest.raises(AccessEndedError):
        consents.give(
            world.store,
            world.cast["u02"],
            reference,
            make_terms(world, starts=THURSDAY),
            now=THURSDAY,
        )

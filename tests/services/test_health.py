"""What whoever runs the platform is told of keys and consents: numbers that would tell."""

import pytest
from sqlalchemy import delete, select

from tests.worlds import (
    LAST_DAY,
    LINES,
    MICROSECOND,
    THURSDAY,
    WEDNESDAY,
    World,
    end_of,
    make_draft,
    open_dossier,
    read,
)
from vepshare.services import consents, due, health, leaving, moving
from vepshare.services._draining import WITHIN
from vepshare.storage import _tables as t

WARD = ("O5/INF", "ID HE RI", "HE")
FIRST = tuple(make_draft(kind) for kind in ("identity", "health"))


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, *LINES, WARD, participants="u11 u07 u23", entries=FIRST)


def found(world: World, **at: object) -> health.KeyHealth:
    said: list[int] = []
    return health.key_health(world.store, now=at.get("now", WEDNESDAY), say=said.append)


def test_a_platform_in_order(world: World, reference: str) -> None:
    seen = found(world)
    assert (seen.dossiers, seen.extra, seen.missing, seen.undrained) == (1, 0, 0, 0)
    assert (seen.moving, seen.unheld) == ((), 0)
    assert seen.sound


def test_a_wrap_that_somebody_put_there_is_counted(world: World, reference: str) -> None:
    """No wrap without consent. Source: DESIGN 5."""
    with world.store.engine.begin() as connection:
        row = connection.execute(select(t.wraps)).mappings().first()
        assert row is not None
        connection.execute(t.wraps.insert().values(**{**row, "recipient_key": bytes(32)}))

    assert found(world).extra == 1
    assert not found(world).sound


def test_a_wrap_that_somebody_destroyed_is_counted(world: World, reference: str) -> None:
    with world.store.engine.begin() as connection:
        connection.execute(delete(t.wraps).where(t.wraps.c.compartment == "health"))

    assert found(world).missing == 2
    assert not found(world).sound


def test_how_far_a_service_is_from_its_next_key(world: World, reference: str) -> None:
    """Progress is visible, content is not. Source: DESIGN 5."""
    leaving.end_function(world.store, world.cast["u22"], world.hat("u23"), now=WEDNESDAY)
    moving.renew(world.store, world.cast["u07"], now=WEDNESDAY)

    (one,) = found(world).moving
    assert (one.organisation, one.profession, one.epoch) == ("O5", "INF", 2)
    assert one.left == 3
    assert found(world).sound


def test_wraps_of_a_consent_that_has_ended_are_counted_until_they_are_destroyed(
    world: World, reference: str
) -> None:
    """Decisions refuse by themselves; `run-due` destroys the wraps. Source: V2, V4."""
    after = end_of(LAST_DAY) + MICROSECOND
    assert found(world, now=after).extra > 0

    due.run_due(world.store, now=after + MICROSECOND)

    assert found(world, now=after + MICROSECOND).sound


def test_what_waits_too_long_is_counted(world: World, reference: str) -> None:
    consents.withdraw(
        world.store,
        world.cast["u01"],
        reference,
        None,
        targets=[world.target("O7")],
        now=WEDNESDAY,
    )
    assert found(world, now=THURSDAY).undrained == 0

    late = WEDNESDAY + 2 * WITHIN
    assert found(world, now=late).undrained == 1
    read(world, "u01", reference, now=THURSDAY)
    read(world, "u07", reference, now=THURSDAY)
    assert found(world, now=late).undrained == 0

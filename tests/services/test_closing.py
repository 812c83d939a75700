"""When sharing has stopped: the sheet, the seal, the erasure."""

from datetime import date

import pytest
from sqlalchemy import text

from tests.worlds import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    last_entry,
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
    ActRefusedError,
    InvalidError,
    UnknownDossierError,
    closing,
    consents,
    platform,
    today,
)
from vepshare.services import entries as writing


@pytest.fixture
def reference(world: World) -> str:
    """A dossier in which everything was taken back on Wednesday."""
    reference = open_dossier(world, entries=(make_draft("identity"), make_draft("health")))
    note = make_draft("referrals_appointments_note")
    writing.write_entry(world.store, world.cast["u02"], reference, note, now=TUESDAY)
    consents.withdraw(world.store, world.cast["u01"], reference, None, now=WEDNESDAY)
    return reference


def rows(world: World, table: str) -> int:
    with world.store.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_the_sheet_says_whom_to_tell_and_no_content(world: World, reference: str) -> None:
    """Source: S02."""
    sheet = closing.read_sheet(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    assert (sheet.state, sheet.reference) == (State.FROZEN, reference)
    assert (sheet.opened_on, sheet.stopped_on) == (date(2027, 3, 2), date(2027, 3, 3))
    assert {one.profession.value for one in sheet.to_inform} == {"SVA", "PSY", "CPAS", "MED"}
    assert today.today(world.store, world.cast["u01"], now=WEDNESDAY).closing == (reference,)


@pytest.mark.parametrize("login", ["u02", "u11", "u16"])
def test_only_the_referent_has_the_sheet(world: World, reference: str, login: str) -> None:
    """Source: S02."""
    caller = world.cast[login]
    with pytest.raises(AccessEndedError):
        closing.read_sheet(world.store, caller, reference, now=WEDNESDAY)
    with pytest.raises(AccessEndedError):
        closing.erase(world.store, caller, reference, now=WEDNESDAY)
    with pytest.raises(AccessEndedError):
        closing.seal(world.store, caller, reference, date(2028, 1, 1), now=WEDNESDAY)
    with pytest.raises(UnknownDossierError):
        closing.erase(world.store, world.cast["u12"], reference, now=WEDNESDAY)
    assert rows(world, "entries") == 3


def test_there_is_no_sheet_while_sharing_goes_on(world: World) -> None:
    """Nor can anything be erased by the way. Source: S02."""
    reference = open_dossier(world, entries=(make_draft("identity"),))

    with pytest.raises(ActRefusedError, match="dossier_not_active"):
        closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    assert rows(world, "entries") == 1


def test_a_sealed_dossier_is_read_by_nobody(world: World, reference: str) -> None:
    """Source: S02, R8."""
    closing.seal(world.store, world.cast["u01"], reference, date(2028, 3, 3), now=WEDNESDAY)

    sheet = closing.read_sheet(world.store, world.cast["u01"], reference, now=THURSDAY)
    assert (sheet.state, sheet.sealed_until) == (State.SEALED, date(2028, 3, 3))
    with pytest.raises(AccessEndedError):
        read(world, "u01", reference, now=THURSDAY)
    with pytest.raises(AccessEndedError):
        consents.give(
            world.store,
            world.cast["u01"],
            reference,
            make_terms(world, starts=THURSDAY),
            now=THURSDAY,
        )


@pytest.mark.parametrize("until", [date(2027, 3, 3), date(2026, 1, 1), date(2032, 3, 4)])
def test_a_seal_has_a_sensible_end(world: World, reference: str, until: date) -> None:
    """Source: S02."""
    with pytest.raises(InvalidError):
        closing.seal(world.store, world.cast["u01"], reference, until, now=WEDNESDAY)


def test_erasing_leaves_no_key_and_no_entry(world: World, reference: str) -> None:
    """Source: S02-A2, R55."""
    erased = closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    assert erased == 3
    for table in ("entries", "entry_wraps", "addressees", "epochs", "wraps", "pending", "tasks"):
        assert rows(world, table) == 0


def test_erasing_leaves_the_log_whole(world: World, reference: str) -> None:
    """Reference, dates, actors, outcomes. Source: S02-A2."""
    before = log_entries(world.store)

    closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    assert log_entries(world.store)[: len(before)] == before
    last = last_entry(world.store)
    assert (last.event, last.count) == (audit.Event.DOSSIER_ERASED, 3)
    assert platform.verify_log(world.store).faults == ()


def test_what_is_erased_is_gone_for_everybody(world: World, reference: str) -> None:
    """Source: S02-A2."""
    closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    for act in (
        lambda: closing.read_sheet(world.store, world.cast["u01"], reference, now=THURSDAY),
        lambda: closing.erase(world.store, world.cast["u01"], reference, now=THURSDAY),
        lambda: read(world, "u01", reference, now=THURSDAY),
    ):
        with pytest.raises((UnknownDossierError, AccessEndedError)):
            act()
    assert today.today(world.store, world.cast["u01"], now=THURSDAY).closing == ()

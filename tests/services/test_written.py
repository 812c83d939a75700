"""Entries against the log: nothing taken away, added or given to somebody else unnoticed."""

from collections.abc import Callable

import pytest

from tests.worlds import (
    THURSDAY,
    WEDNESDAY,
    World,
    last_entry,
    make_draft,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import Compartment
from vepshare.errors import TamperedError
from vepshare.ids import EntryId, new_id
from vepshare.services import consents, verifying
from vepshare.services import entries as writing

from .attackers import tamper

FIRST = (make_draft("identity"), make_draft("incidents"))


@pytest.fixture
def reference(world: World) -> str:
    """A dossier with an entry that was corrected once, and another."""
    reference = open_dossier(world, entries=FIRST)
    correct(world, reference, 1)
    return reference


def entry_of(world: World, reference: str) -> EntryId:
    view = read(world, "u01", reference, now=WEDNESDAY)
    return view.compartments[Compartment.IDENTITY].entries[0].id


def correct(world: World, reference: str, version: int) -> None:
    writing.rectify_entry(
        world.store,
        world.cast["u01"],
        reference,
        entry_of(world, reference),
        lambda _kind: make_draft("identity", family_name="Autrement", first_name="Coralie"),
        version=version,
        now=WEDNESDAY,
    )


def faults(world: World) -> list[str]:
    return [one.rsplit(": ", 1)[1] for one in verifying.faults(world.store)]


def drain(world: World, reference: str) -> None:
    """Close a service, so that the next reading seals everything anew."""
    caller, targets = world.cast["u01"], [world.target("O11")]
    consents.withdraw(world.store, caller, reference, None, targets=targets, now=THURSDAY)
    read(world, "u01", reference, now=THURSDAY)


def test_what_was_written_corrected_and_sealed_anew_is_in_order(
    world: World, reference: str
) -> None:
    """Source: R48, V8."""
    assert faults(world) == []
    drain(world, reference)
    assert faults(world) == []
    correct(world, reference, 2)
    assert faults(world) == []


@pytest.mark.parametrize("anew", [False, True], ids=["as written", "sealed anew"])
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM entries WHERE id = :id AND version = 2", "taken away"),
        ("DELETE FROM entries WHERE id = :id", "taken away"),
        ("UPDATE entries SET author_id = :other WHERE id = :id", "author"),
        ("UPDATE entries SET profession = 'MED' WHERE id = :id", "author"),
        ("UPDATE entries SET kind = 'incidents' WHERE id = :id", "chain"),
        ("UPDATE entries SET recorded_at = '2027-01-01 10:00:00' WHERE id = :id", "chain"),
        ("UPDATE entries SET profession = 'nobody' WHERE id = :id", "unreadable"),
    ],
)
def test_what_was_changed_behind_the_log_is_named(
    world: World, reference: str, statement: str, fault: str, anew: bool
) -> None:
    """Without any key: an auditor needs none. Source: R48, V8."""
    if anew:
        drain(world, reference)
    values = {"id": entry_of(world, reference)}
    if ":other" in statement:
        values["other"] = world.cast["u11"].id

    assert tamper(world, statement, **values)

    assert set(faults(world)) == {fault}


def test_an_entry_that_nobody_wrote_is_named(world: World, reference: str) -> None:
    """A copy of one that somebody did, under another name. Source: R48."""
    columns = (
        "dossier_id, version, latest, compartment, kind, epoch, own_key, author_id,"
        " organisation_id, profession, recorded_at, previous, digest, body, flags"
    )
    assert tamper(
        world,
        f"INSERT INTO entries (id, {columns}) SELECT :new, {columns} FROM entries"
        " WHERE id = :id AND version = 1",
        new=new_id(),
        id=entry_of(world, reference),
    )
    assert faults(world) == ["not in the log"]


def test_an_entry_whose_correction_is_hidden_is_named(world: World, reference: str) -> None:
    """The older text is shown as if it still stood; the log knows better. Source: R48, V8."""
    entry = entry_of(world, reference)
    assert tamper(world, "UPDATE entries SET latest = false WHERE id = :id", id=entry)
    statement = "UPDATE entries SET latest = true WHERE id = :id AND version = 1"
    assert tamper(world, statement, id=entry)

    assert faults(world) == ["shown in an older version"]


ACTS: dict[str, Callable[[World, str], object]] = {
    "reading": lambda world, reference: read(world, "u01", reference, now=WEDNESDAY),
    "correcting": lambda world, reference: correct(world, reference, 2),
    "sealing anew": drain,
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("column", ["author_id", "organisation_id"])
def test_an_entry_under_another_author_is_neither_shown_nor_gone_on_from(
    world: World, reference: str, act: str, column: str
) -> None:
    """It raises the alarm, and the log says so. Source: V8, DESIGN 5."""
    of = world.cast["u11"].id if column == "author_id" else world.organisation_id("O7")
    entry = entry_of(world, reference)
    tamper(world, f"UPDATE entries SET {column} = :of WHERE id = :id", of=of, id=entry)

    with pytest.raises(TamperedError):
        ACTS[act](world, reference)

    assert last_entry(world.store).event is audit.Event.VALUE_TAMPERED


def test_no_history_is_sealed_anew_that_lacks_a_version(world: World, reference: str) -> None:
    """Sealed without it, the gap could never be told from what was. Source: V8."""
    entry = entry_of(world, reference)
    assert tamper(world, "DELETE FROM entries WHERE id = :id AND version = 1", id=entry)

    with pytest.raises(TamperedError):
        drain(world, reference)

    assert last_entry(world.store).event is audit.Event.VALUE_TAMPERED
    assert "taken away" in faults(world)

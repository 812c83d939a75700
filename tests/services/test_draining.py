"""After a new key: the first holder who comes by moves what is old under it, or nothing moves."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.worlds import (
    FRIDAY,
    LINES,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    last_entry,
    levels,
    log_entries,
    make_draft,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import CODES
from vepshare.errors import TamperedError
from vepshare.services import consents, due, exclusions
from vepshare.services import entries as writing
from vepshare.services._draining import WITHIN
from vepshare.storage import _tables as t

from .raw_keys import epochs, opens, wrapped_to

FIRST = tuple(make_draft(kind) for kind in ("identity", "health", "incidents", "risk_assessment"))
WARD = ("O5/INF", "ID HE RI", "HE")


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, entries=FIRST)


def withdraw(world: World, reference: str, *services: str) -> None:
    consents.withdraw(
        world.store,
        world.cast["u01"],
        reference,
        None,
        targets=[world.target(one) for one in services],
        now=WEDNESDAY,
    )


def stored_epochs(world: World, reference: str, code: str) -> tuple[set[int], set[int]]:
    """Return under which epochs a compartment's versions lie, and which wraps there still are."""
    with world.store.peek() as work:
        dossier_id = work.dossiers.id_of(reference)
        rows = work.entries.versions(dossier_id, {CODES[code]})
        wraps = work.keys.wraps(dossier_id)
    held = {one.epoch for one in wraps if one.compartment is CODES[code]}
    return {one.epoch for one in rows}, held


def test_the_first_reader_moves_what_is_old_and_destroys_the_old_key(
    world: World, reference: str
) -> None:
    """Source: R7, DESIGN 5."""
    before = entries(read(world, "u01", reference), "IN")
    withdraw(world, reference, "O7")
    assert stored_epochs(world, reference, "IN") == ({1}, {1, 2})

    read(world, "u01", reference, now=WEDNESDAY)

    assert stored_epochs(world, reference, "IN") == ({2}, {2})
    assert entries(read(world, "u01", reference, now=WEDNESDAY), "IN") == before
    assert opens(world, "u16", reference) == "ID RI:f"


def test_it_is_logged_with_what_it_touched_and_no_content(world: World, reference: str) -> None:
    """Source: V8."""
    withdraw(world, reference, "O7")
    read(world, "u01", reference, now=WEDNESDAY)

    (drained,) = log_entries(world.store, audit.Event.KEY_DRAINED)

    assert drained.actor == world.cast["u01"].id
    assert set(drained.compartments) >= {"identity", "incidents", "risk_assessment"}
    assert set(drained.compartments.values()) == {"x"}
    assert drained.count == 3
    assert len(drained.digest) == 32


def test_it_happens_once(world: World, reference: str) -> None:
    withdraw(world, reference, "O7")
    for login in ("u01", "u01", "u16", "u02"):
        read(world, login, reference, now=WEDNESDAY)

    assert len(log_entries(world.store, audit.Event.KEY_DRAINED)) == 1


def test_whoever_holds_flags_only_moves_nothing(world: World, reference: str) -> None:
    """u16 reads RI as flags: the older key stays until somebody reads the whole of it."""
    withdraw(world, reference, "O7")

    read(world, "u16", reference, now=WEDNESDAY)

    assert stored_epochs(world, reference, "RI") == ({1}, {1, 2})
    assert stored_epochs(world, reference, "ID") == ({2}, {2})


def test_every_version_moves_and_can_be_rectified_after(world: World, reference: str) -> None:
    """The chain of versions is bound anew, the history with it."""
    (entry,) = entries(read(world, "u01", reference), "IN")
    for version in (1, 2):
        writing.rectify_entry(
            world.store,
            world.cast["u01"],
            reference,
            entry.id,
            lambda _kind: make_draft("incidents"),
            version=version,
            now=TUESDAY,
        )
    withdraw(world, reference, "O7")
    read(world, "u01", reference, now=WEDNESDAY)

    with world.store.peek() as work:
        rows = work.entries.versions(work.dossiers.id_of(reference), {CODES["IN"]})
    assert [one.version for one in rows] == [1, 2, 3]
    assert [one.previous for one in rows] == [bytes(32), rows[0].digest, rows[1].digest]
    number = writing.rectify_entry(
        world.store,
        world.cast["u01"],
        reference,
        entry.id,
        lambda _kind: make_draft("incidents"),
        version=3,
        now=WEDNESDAY,
    )
    assert number == 4
    assert len(entries(read(world, "u01", reference, now=WEDNESDAY), "IN")) == 1


@pytest.mark.parametrize("column", ["body", "flags"])
def test_one_value_that_does_not_open_keeps_everything_where_it_is(
    world: World, reference: str, column: str
) -> None:
    """Everything opens first, or nothing changes. Source: CRYPTO 3.5."""
    writing.write_entry(
        world.store, world.cast["u01"], reference, make_draft("incidents"), now=TUESDAY
    )
    withdraw(world, reference, "O7")
    c = t.entries.c
    with world.store.engine.begin() as connection:
        one = connection.execute(
            select(c.id, c[column]).where(c.compartment == "incidents").order_by(c.id)
        ).first()
        assert one is not None
        altered = bytes([one[1][0], one[1][1] ^ 1]) + one[1][2:]
        connection.execute(update(t.entries).where(c.id == one.id).values({column: altered}))

    with pytest.raises(TamperedError):
        read(world, "u01", reference, now=WEDNESDAY)

    assert stored_epochs(world, reference, "IN") == ({1}, {1, 2})
    assert last_entry(world.store).event is audit.Event.VALUE_TAMPERED


def test_entries_with_a_key_of_their_own_move_with_another_one(world: World) -> None:
    """The psychologist reads on what his service wrote; who is gone opens nothing of it."""
    reference = open_dossier(world, entries=FIRST)
    writing.write_entry(
        world.store,
        world.cast["u02"],
        reference,
        make_draft("referrals_appointments_note"),
        now=TUESDAY,
    )
    withdraw(world, reference, "O7")
    assert entries(read(world, "u02", reference, now=WEDNESDAY), "RA") != ()

    read(world, "u01", reference, now=WEDNESDAY)

    assert len(entries(read(world, "u02", reference, now=WEDNESDAY), "RA")) == 1
    assert opens(world, "u11", reference) == ""


def test_a_colleague_of_somebody_excluded_gets_back_what_their_service_wrote(
    world: World,
) -> None:
    """u23 is excluded: the key of the ward's entries goes, and comes back for u07. Source: V7."""
    ward = ("O5/INF", "ID HE SV RI", "HE SV")
    reference = open_dossier(world, *LINES, ward, participants="u02 u11 u07 u23")
    writing.write_entry(
        world.store,
        world.cast["u23"],
        reference,
        make_draft("health"),
        addressed_to=[world.service("O7/MED")],
        now=TUESDAY,
    )
    exclusions.exclude(
        world.store,
        world.cast["u01"],
        reference,
        professional_id=world.cast["u23"].id,
        now=WEDNESDAY,
    )
    assert opens(world, "u23", reference) == ""

    read(world, "u11", reference, now=THURSDAY)

    seen = read(world, "u07", reference, now=THURSDAY)
    assert "HE:W" in levels(seen)
    assert len(entries(seen, "HE")) == 1
    assert opens(world, "u23", reference) == ""


def test_whoever_lost_the_compartment_moves_nothing(world: World, reference: str) -> None:
    """A page that was opened before the withdrawal comes too late. Source: V4."""
    withdraw(world, reference, "O7", "O11")
    with pytest.raises(Exception, match="2027-03-03"):
        read(world, "u11", reference, now=WEDNESDAY)

    assert log_entries(world.store, audit.Event.KEY_DRAINED) == ()
    assert wrapped_to(world, "u11", reference) == ""


def test_a_key_that_waits_too_long_is_told_to_operators(
    world: World, reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    withdraw(world, reference, "O7")
    due.run_due(world.store, now=WEDNESDAY + WITHIN)
    assert "undrained" not in capsys.readouterr().out

    due.run_due(world.store, now=WEDNESDAY + WITHIN + timedelta(minutes=1))
    assert "undrained" in capsys.readouterr().out

    read(world, "u01", reference, now=FRIDAY)
    due.run_due(world.store, now=WEDNESDAY + WITHIN + timedelta(minutes=1))
    assert "undrained" not in capsys.readouterr().out


def test_a_recipient_added_by_somebody_without_the_key_reads_once_it_is_drained(
    world: World, reference: str
) -> None:
    terms = make_terms(world, WARD, starts=WEDNESDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    assert "HE" not in opens(world, "u07", reference)

    read(world, "u11", reference, now=WEDNESDAY)

    assert "HE" in opens(world, "u07", reference).split()
    assert epochs(world, reference, "HE") == 2

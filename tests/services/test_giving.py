"""A consent gives keys, and gives exactly what it says."""

import pytest

from tests.worlds import (
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
from vepshare.services import (
    ActRefusedError,
    UnknownDossierError,
    consents,
    due,
    overview,
)
from vepshare.services import entries as writing

from .raw_keys import epochs, opens, wrapped_to

FIRST_ENTRIES = tuple(
    make_draft(kind)
    for kind in (
        "identity",
        "safe_contact",
        "housing",
        "children",
        "health",
        "psychological_note",
        "incidents",
        "risk_assessment",
        "safety_plan",
        "referrals_appointments_note",
        "meeting_decisions",
    )
)


@pytest.fixture
def reference(world: World) -> str:
    """The dossier of the first scenario, with an entry in nearly every compartment."""
    return open_dossier(world, entries=FIRST_ENTRIES)


@pytest.mark.parametrize(
    ("login", "cells", "keys"),
    [
        (
            "u01",
            "ID:W CT:W HO:W CH:W SF:W IN:W RI:W PL:W AP:W JU:W PM:R RA:w MD:W",
            "ID CT HO CH IN RI PL RA MD",
        ),
        ("u02", "ID:R CT:R CH:R PS:w IN:R RI:R PL:R RA:w MD:R", "ID CT CH PS IN RI PL RA MD"),
        ("u11", "ID:R HE:W IN:F RI:R PL:F RA:w MD:R", "ID HE IN:f RI PL:f MD"),
        ("u16", "ID:R CT:R HO:R CH:R SF:W RI:F PL:F RA:w MD:R", "ID CT HO CH RI:f PL:f MD"),
    ],
)
def test_each_reads_their_cells_and_their_keys_open_no_more(
    world: World, reference: str, login: str, cells: str, keys: str
) -> None:
    """A `w` cell opens the entries of an intake that its own organisation wrote, and no others.

    Source: V1, R1, S01.
    """
    assert levels(read(world, login, reference)) == cells
    assert opens(world, login, reference) == keys


@pytest.mark.parametrize("login", ["u12", "u13", "u14", "u19", "u21", "u22", "u24", "u03"])
def test_whoever_is_not_named_has_no_key_and_no_dossier(
    world: World, reference: str, login: str
) -> None:
    """Source: V3, V5, R19, S01-R2."""
    assert wrapped_to(world, login, reference) == ""
    with pytest.raises(UnknownDossierError):
        read(world, login, reference)


def test_a_member_of_a_named_service_who_takes_no_part_reads_nothing(world: World) -> None:
    """A consent for the service is not a link to the dossier. Source: R18."""
    reference = open_dossier(world, participants="")

    with pytest.raises(UnknownDossierError):
        read(world, "u11", reference)


def test_a_flag_cell_shows_flags_and_no_text(world: World, reference: str) -> None:
    """Source: S01-R5, R27."""
    (seen,) = entries(read(world, "u11", reference), "IN")

    assert seen.values is None
    assert (seen.origin, seen.occurred_on) == (None, None)
    assert set(seen.flags.reveal()) <= {"recent", "last_on"}


def test_a_plus_cell_stays_closed_without_its_own_tick(world: World) -> None:
    """Neither shown nor wrapped. Source: R5, R26."""
    lines = (LINES[0], ("O1/PSY", "ID PS IN"), ("O7/MED", "ID HE IN"))
    reference = open_dossier(world, *lines, participants="u02 u11", entries=FIRST_ENTRIES[:1])

    assert levels(read(world, "u02", reference)) == "ID:R"
    assert wrapped_to(world, "u11", reference) == "ID"


def test_a_service_added_later_gets_what_the_recorder_holds_at_once(
    world: World, reference: str
) -> None:
    """Older entries open for the newcomer without waiting. Source: V1, S01-R6."""
    terms = make_terms(world, ("O8/SAPV", "ID CT RI", "ID CT RI"), starts=WEDNESDAY)

    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    invite(world, reference, "u12", now=WEDNESDAY)

    assert levels(read(world, "u12", reference, now=WEDNESDAY)) == "ID:R CT:R RI:F"
    assert opens(world, "u12", reference) == "ID CT RI:f"
    assert epochs(world, reference, "ID") == 1
    with pytest.raises(UnknownDossierError):
        read(world, "u13", reference, now=WEDNESDAY)


def test_what_the_recorder_does_not_hold_follows_from_the_next_holder(
    world: World, reference: str
) -> None:
    """A fresh key at once, the older one when somebody who holds it reads. Source: DESIGN 5."""
    terms = make_terms(world, ("O5/INF", "ID HE", "HE"), starts=WEDNESDAY)

    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    invite(world, reference, "u07", now=WEDNESDAY)

    # u01 holds ID, and holds no HE.
    assert epochs(world, reference, "HE") == 2
    assert opens(world, "u07", reference) == "ID"
    assert entries(read(world, "u07", reference, now=WEDNESDAY), "HE") == ()
    assert pending(world, reference) == {("HE", "INF")}

    read(world, "u11", reference, now=WEDNESDAY)

    assert opens(world, "u07", reference) == "ID HE"
    assert len(entries(read(world, "u07", reference, now=WEDNESDAY), "HE")) == 1
    assert pending(world, reference) == set()
    (shared,) = log_entries(world.store, audit.Event.KEY_SHARED)
    assert shared.actor == world.cast["u11"].id


def test_an_older_key_under_which_nothing_was_written_is_handed_over_as_well(world: World) -> None:
    """Nobody waits for ever for a key to nothing. Source: DESIGN 5."""
    reference = open_dossier(world, entries=(), participants="u11")
    terms = make_terms(world, ("O5/INF", "ID HE", "HE"), starts=WEDNESDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    assert pending(world, reference) == {("HE", "INF")}

    read(world, "u11", reference, now=WEDNESDAY)

    assert pending(world, reference) == set()


def pending(world: World, reference: str) -> set[tuple[str, str]]:
    """Return (compartment, function) of those who wait for an older key, as u01 is told."""
    found = overview.explain(world.store, world.cast["u01"], reference, now=WEDNESDAY)
    codes = {"health": "HE", "identity": "ID"}
    return {
        (codes[one.holder.compartment.value], one.holder.profession.value)
        for one in found
        if one.pending
    }


def test_both_read_what_is_written_after_a_late_recipient_came(
    world: World, reference: str
) -> None:
    """The fresh key belongs to the older recipients as well. Source: DESIGN 5."""
    terms = make_terms(world, ("O5/INF", "ID HE", "HE"), starts=WEDNESDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    invite(world, reference, "u07", now=WEDNESDAY)

    writing.write_entry(
        world.store, world.cast["u07"], reference, make_draft("health"), now=WEDNESDAY
    )

    assert len(entries(read(world, "u11", reference, now=WEDNESDAY), "HE")) == 2
    assert len(entries(read(world, "u07", reference, now=WEDNESDAY), "HE")) == 2


def test_a_named_person_receives_and_their_colleague_does_not(world: World) -> None:
    """Source: V2, S03."""
    night = make_line(world, "O5/INF", "ID HE RI", "HE", person="u07")
    reference = open_dossier(world, LINES[0], night, participants="u07", entries=FIRST_ENTRIES[:1])

    assert levels(read(world, "u07", reference)) == "ID:R HE:W RI:F"
    assert opens(world, "u07", reference) == "ID"
    assert wrapped_to(world, "u23", reference) == ""
    with pytest.raises(UnknownDossierError):
        read(world, "u23", reference)
    with pytest.raises(ActRefusedError):
        invite(world, reference, "u23")


def test_a_consent_that_begins_later_gives_nothing_before(world: World, reference: str) -> None:
    """Then the calendar hands out the keys. Source: V2, V4."""
    terms = make_terms(world, ("O5/ASH", "ID HO"), starts=THURSDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)
    assert wrapped_to(world, "u09", reference) == ""

    due.run_due(world.store, now=THURSDAY - MICROSECOND)
    assert wrapped_to(world, "u09", reference) == ""

    due.run_due(world.store, now=THURSDAY + MICROSECOND)
    invite(world, reference, "u09", now=THURSDAY)
    read(world, "u01", reference, now=THURSDAY)

    assert levels(read(world, "u09", reference, now=THURSDAY)) == "ID:W HO:R"
    assert opens(world, "u09", reference) == "ID HO"


def test_extending_keeps_keys_and_moves_the_end(world: World, reference: str) -> None:
    """Source: V2, R9."""
    (old,) = consents.list_consents(world.store, world.cast["u01"], reference, now=TUESDAY).consents
    longer = make_terms(
        world, starts=WEDNESDAY, ends=end_of("2027-12-01"), replaces=frozenset({old.id})
    )

    consents.give(world.store, world.cast["u01"], reference, longer, now=WEDNESDAY)

    after = old.terms.ends + MICROSECOND
    due.run_due(world.store, now=after)
    assert levels(read(world, "u11", reference, now=after)).startswith("ID:R HE:W")
    assert opens(world, "u11", reference) == "ID HE IN:f RI PL:f MD"
    assert epochs(world, reference, "HE") == 1


def test_a_replaced_consent_gives_no_more(world: World, reference: str) -> None:
    """Who is not in the new act has lost the old one. Source: V2, S03-R1."""
    (old,) = consents.list_consents(world.store, world.cast["u01"], reference, now=TUESDAY).consents
    narrower = make_terms(world, LINES[0], starts=WEDNESDAY, replaces=frozenset({old.id}))

    consents.give(world.store, world.cast["u01"], reference, narrower, now=WEDNESDAY)

    assert wrapped_to(world, "u11", reference) == ""
    assert opens(world, "u02", reference) == ""
    assert epochs(world, reference, "ID") == 2
    assert epochs(world, reference, "HO") == 2
    assert epochs(world, reference, "AP") == 1
    assert len(entries(read(world, "u01", reference, now=WEDNESDAY), "ID")) == 1

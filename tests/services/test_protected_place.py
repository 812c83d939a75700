"""Where she sleeps: one shelter runs the place, and nobody else ever reads it (S05)."""

import pytest

from tests.worlds import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    invite,
    levels,
    log_entries,
    make_draft,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.services import ActRefusedError, InvalidError, consents, opening, today
from vepshare.services import entries as writing

from .raw_keys import opens, wrapped_to

OLD, NEW = ("O2/SVH", "ID CT AD MD", "AD"), ("O3/SVH", "ID CT AD MD", "AD")
HELPERS = ("O1/SVA", "ID CT MD")


@pytest.fixture
def reference(world: World) -> str:
    """A dossier of the first shelter, with its address in it."""
    return open_dossier(
        world, OLD, HELPERS, by="u04", participants="u01", entries=(make_draft("protected_place"),)
    )


def move(world: World, reference: str) -> None:
    """Let her move: the new shelter has the place, the old one keeps the rest."""
    terms = make_terms(world, NEW, starts=WEDNESDAY)
    consents.give(world.store, world.cast["u04"], reference, terms, now=WEDNESDAY)
    invite(world, reference, "u05", by="u04", now=WEDNESDAY)


def test_only_the_shelter_reads_where_it_is(world: World, reference: str) -> None:
    """Source: R30, S05-R5."""
    assert levels(read(world, "u04", reference)) == "ID:R CT:W AD:P MD:W"
    assert opens(world, "u04", reference) == "AD"
    assert "AD" not in levels(read(world, "u01", reference))
    assert wrapped_to(world, "u01", reference) == "ID CT MD"


def test_no_other_service_can_be_given_it(world: World) -> None:
    """Source: R30, V1."""
    for line in (("O1/SVA", "AD", "AD"), ("O7/MED", "AD", "AD"), ("O8/SAPV", "AD", "AD")):
        with pytest.raises(InvalidError):
            opening.open_dossier(
                world.store, world.cast["u04"], make_terms(world, line), now=TUESDAY
            )


def test_two_shelters_cannot_both_run_it(world: World) -> None:
    """Source: S05."""
    with pytest.raises(InvalidError) as caught:
        opening.open_dossier(
            world.store, world.cast["u04"], make_terms(world, OLD, NEW), now=TUESDAY
        )

    assert caught.value.faults == {"recipients": "two_places"}


def test_when_she_moves_the_old_shelter_reads_neither_address(world: World, reference: str) -> None:
    """Source: S05-R1."""
    move(world, reference)
    writing.write_entry(
        world.store, world.cast["u05"], reference, make_draft("protected_place"), now=WEDNESDAY
    )

    assert levels(read(world, "u04", reference, now=WEDNESDAY)) == "ID:R CT:W MD:W"
    assert opens(world, "u04", reference) == ""
    assert "AD" not in wrapped_to(world, "u04", reference)


def test_when_she_moves_the_new_shelter_reads_the_new_address_only(
    world: World, reference: str
) -> None:
    """The former one is closed, not passed on: not pending, not from the next reader.

    Source: S05-R1.
    """
    move(world, reference)
    assert opens(world, "u05", reference) == ""
    new = make_draft("protected_place", address="chemin des Tilleuls 3")
    writing.write_entry(world.store, world.cast["u05"], reference, new, now=WEDNESDAY)
    read(world, "u04", reference, now=THURSDAY)

    (seen,) = entries(read(world, "u05", reference, now=THURSDAY), "AD")

    assert seen.values.reveal()["address"] == "chemin des Tilleuls 3"
    with world.store.peek() as work:
        assert work.keys.owed(work.dossiers.id_of(reference)) == ()


def test_the_move_is_one_entry_with_both_names_and_no_address(world: World, reference: str) -> None:
    """Source: S05-L1."""
    move(world, reference)

    first, second = log_entries(world.store, audit.Event.PLACE_MOVED)
    assert first.subject == world.organisation_id("O2")
    assert second.subject == world.organisation_id("O3")
    assert second.ground == str(world.organisation_id("O2"))


def test_each_opening_of_the_address_is_told_to_the_referent(world: World, reference: str) -> None:
    """Source: R30, S05-A2."""
    read(world, "u04", reference)

    page = today.today(world.store, world.cast["u04"], now=TUESDAY)
    assert "place_opened" in {one.kind.value for one in page.tasks}


def test_a_text_that_looks_like_a_place_is_kept_only_after_another_look(
    world: World, reference: str
) -> None:
    """The warning names neither text nor address. Source: S05-A1."""
    draft = make_draft("meeting_decisions", action="aller rue des Écoles 14", state="to_do")

    with pytest.raises(InvalidError) as caught:
        writing.write_entry(world.store, world.cast["u04"], reference, draft, now=TUESDAY)

    assert caught.value.faults == {"values": "looks_like_place"}
    assert "rue" not in str(caught.value)
    assert entries(read(world, "u04", reference), "MD") == ()
    writing.write_entry(
        world.store, world.cast["u04"], reference, draft, place_checked=True, now=TUESDAY
    )
    assert len(entries(read(world, "u04", reference), "MD")) == 1


def test_without_a_declared_place_nothing_looks_like_one(world: World) -> None:
    """Source: S05-A1."""
    reference = open_dossier(world, participants="")
    draft = make_draft("meeting_decisions", action="aller rue des Écoles 14", state="to_do")

    writing.write_entry(world.store, world.cast["u01"], reference, draft, now=TUESDAY)

    assert len(entries(read(world, "u01", reference), "MD")) == 1


def test_helpers_do_not_write_an_address(world: World, reference: str) -> None:
    """Source: R30."""
    with pytest.raises(ActRefusedError):
        writing.write_entry(
            world.store, world.cast["u01"], reference, make_draft("protected_place"), now=TUESDAY
        )

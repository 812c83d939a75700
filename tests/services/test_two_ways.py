"""Nobody is handed a key before they have two ways to unlock. Source: DESIGN 5, R58."""

import pytest

from tests.worlds import (
    LINES,
    THURSDAY,
    WEDNESDAY,
    World,
    invite,
    last_entry,
    log_entries,
    make_draft,
    make_line,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.policy import Refusal
from vepshare.services import (
    ActRefusedError,
    InvalidError,
    consents,
    due,
    exclusions,
    health,
    platform,
    unlocking,
    verifying,
)
from vepshare.services import entries as writing
from vepshare.storage import ServiceKey

from .production import add_organisation, enrol, enrol_ready, enter
from .raw_keys import opens, wrapped_to
from .signing_in import sign_in

ENTRIES = tuple(make_draft(kind) for kind in ("identity", "safe_contact", "health"))
NEW_SERVICE = ("O15/MED", "ID CT HE", "HE")


def sound(world: World) -> bool:
    found = health.key_health(world.store, now=THURSDAY, say=lambda _seen: None)
    return found.extra == 0 and found.missing == 0


@pytest.fixture(autouse=True)
def _practice(world: World) -> None:
    """A practice that nobody of the cast works at."""
    add_organisation(world, "O15")


def test_who_has_one_way_is_handed_no_seed_of_their_service(world: World) -> None:
    """A colleague who signs in hands over nothing either, until there is a second way."""
    reference = open_dossier(world, entries=ENTRIES)
    kit = enrol(world, "u90", "O7/MED")
    enter(world, "u90", kit=kit)
    assert world.cast["u90"].keyring.epoch(world.hat("u90")) == 0

    sign_in(world, "u11")
    enter(world, "u90", kit=kit)
    assert opens(world, "u90", reference) == ""

    enter(world, "u90", kit=kit, remember=True)
    sign_in(world, "u11")
    enter(world, "u90", kit=kit)
    assert opens(world, "u90", reference) == "ID HE"


def test_a_service_of_newcomers_gets_a_usable_key_with_the_first_who_is_ready(
    world: World,
) -> None:
    """Its first key was nobody's; the next is signed for by the member who makes it."""
    first = enrol(world, "u90", "O15/MED")
    enrol(world, "u91", "O15/MED")

    enter(world, "u90", kit=first)
    assert service(world).epoch == 1
    assert not service(world).held

    enter(world, "u90", kit=first, remember=True)

    assert service(world).epoch == 2
    assert service(world).held
    assert world.cast["u90"].keyring.epoch(world.hat("u90")) == 2
    assert platform.verify_log(world.store).whole
    assert list(verifying.faults(world.store)) == []


def service(world: World) -> ServiceKey:
    with world.store.peek() as work:
        return work.people.service_keys()[world.service("O15/MED")]


def test_a_key_nobody_holds_is_wrapped_to_by_nobody_and_its_service_is_owed(world: World) -> None:
    """It says so where one sees who can read, and is settled once somebody is ready."""
    kit = enrol(world, "u90", "O15/MED")
    reference = open_dossier(world, *LINES, NEW_SERVICE, entries=ENTRIES)
    invite(world, reference, "u90")
    with world.store.peek() as work:
        assert work.keys.wraps_for(work.dossiers.id_of(reference), (service(world).key_id,)) == ()
    assert sound(world)
    assert log_entries(world.store, audit.Event.VALUE_TAMPERED) == ()

    enter(world, "u90", kit=kit, remember=True, now=WEDNESDAY)
    assert opens(world, "u90", reference) == ""
    read(world, "u01", reference, now=WEDNESDAY)
    read(world, "u11", reference, now=WEDNESDAY)

    assert opens(world, "u90", reference) == "ID CT HE"
    assert sound(world)


def test_a_person_with_one_way_who_is_named_waits(world: World) -> None:
    """Named in person, so that no service stands for them."""
    kit = enrol(world, "u90", "O7/MED")
    named = make_line(world, "O7/MED", "ID CT HE", "HE", person="u90")
    reference = open_dossier(world, *LINES[:3], named, participants="u90", entries=ENTRIES[:2])
    assert wrapped_to(world, "u90", reference) == ""
    assert sound(world)

    enter(world, "u90", kit=kit, remember=True, now=WEDNESDAY)
    read(world, "u01", reference, now=WEDNESDAY)
    assert opens(world, "u90", reference) == "ID CT"
    assert log_entries(world.store, audit.Event.VALUE_TAMPERED) == ()

    # Nobody else reads health: its first key is made when they write there.
    write(world, "u90", reference, "health")
    assert opens(world, "u90", reference) == "ID CT HE"
    assert sound(world)


def write(world: World, login: str, reference: str, kind: str) -> None:
    caller = world.cast[login]
    writing.write_entry(world.store, caller, reference, make_draft(kind), now=WEDNESDAY)


def test_nothing_is_written_that_nobody_could_ever_open(world: World) -> None:
    """Refused, logged and told, neither lost nor an error."""
    enrol(world, "u90", "O7/MED")
    named = make_line(world, "O7/MED", "ID CT HE", "HE", person="u90")
    with pytest.raises(InvalidError) as caught:
        open_dossier(world, *LINES[:3], named, participants="u90", entries=ENTRIES)
    assert caught.value.faults == {"entries.2.compartment": "no_key"}

    reference = open_dossier(world, *LINES[:3], named, participants="u90")
    with pytest.raises(ActRefusedError) as refused:
        write(world, "u90", reference, "health")
    assert refused.value.refusal is Refusal.NO_KEY
    assert last_entry(world.store).reason == "no_key"


def test_who_is_added_later_is_owed_what_is_there(world: World) -> None:
    """Without a new key of the compartment, which nobody has lost."""
    kit = enrol(world, "u90", "O15/MED")
    reference = open_dossier(world, entries=ENTRIES)
    before = epochs(world, reference)
    consents.give(
        world.store,
        world.cast["u01"],
        reference,
        make_terms(world, NEW_SERVICE, starts=WEDNESDAY),
        now=WEDNESDAY,
    )
    invite(world, reference, "u90", now=WEDNESDAY)
    assert epochs(world, reference) == before

    enter(world, "u90", kit=kit, remember=True, now=THURSDAY)
    for login in ("u01", "u11"):
        read(world, login, reference, now=THURSDAY)

    assert opens(world, "u90", reference) == "ID CT HE"
    assert sound(world)


def epochs(world: World, reference: str) -> int:
    with world.store.peek() as work:
        return len(work.keys.epochs(work.dossiers.id_of(reference)))


def test_who_is_down_to_one_way_keeps_what_they_hold_and_gets_no_more(world: World) -> None:
    """A lost kit closes nothing at night; the next key goes to those who are ready."""
    device = enrol_ready(world, "u90", "O15/MED")
    reference = open_dossier(
        world, *LINES, NEW_SERVICE, participants="u02 u11 u90", entries=ENTRIES
    )
    other = enrol_ready(world, "u91", "O15/MED")
    enter(world, "u90", devices=(device,))
    enter(world, "u91", devices=(other,))
    (kit,) = (
        one
        for one in unlocking.ways(world.store, world.cast["u90"]).items
        if one.kind.value == "kit"
    )
    unlocking.forget(world.store, world.cast["u90"], kit.id, now=WEDNESDAY)
    assert opens(world, "u90", reference) == "ID CT HE"

    # Her colleague is kept out: those who remain receive in their own names.
    exclusions.exclude(
        world.store,
        world.cast["u01"],
        reference,
        professional_id=world.cast["u91"].id,
        now=WEDNESDAY,
    )
    writing.write_entry(
        world.store, world.cast["u01"], reference, make_draft("identity"), now=WEDNESDAY
    )
    due.run_due(world.store, now=WEDNESDAY)

    assert wrapped_to(world, "u91", reference) == ""
    assert sound(world)

"""A member leaves: they are out at once, and the keys of their service go on without them."""

from dataclasses import replace

import pytest
from sqlalchemy import ColumnElement, func, select

from tests.worlds import (
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
    make_line,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import Reason
from vepshare.errors import TamperedError
from vepshare.ids import ProfessionalId, new_id
from vepshare.plain import Plain
from vepshare.services import (
    ActRefusedError,
    Caller,
    Given,
    SignInRefusedError,
    accounts,
    due,
    exclusions,
    leaving,
    moving,
    participants,
    sessions,
)
from vepshare.services import entries as writing
from vepshare.storage import _tables as t

from .raw_keys import epochs, opens, wrapped_to

WARD = ("O5/INF", "ID HE SV RI", "HE SV")
FIRST = tuple(make_draft(kind) for kind in ("identity", "health", "risk_assessment"))


@pytest.fixture
def reference(world: World) -> str:
    """A dossier in which both nurses of a ward take part."""
    return open_dossier(world, *LINES, WARD, participants="u02 u11 u07 u23", entries=FIRST)


def leave(world: World, login: str, *, by: str = "u22") -> None:
    """Let the administrator end the only function of one of the cast, on Wednesday."""
    leaving.end_function(world.store, world.cast[by], world.hat(login), now=WEDNESDAY)
    moving.renew(world.store, world.cast["u07"], now=WEDNESDAY)


def sign_in(world: World, login: str) -> sessions.SignedIn:
    given = sessions.Credentials(
        login=login, given=Given(passphrase=Plain(f"demo-{login}-vepshare"), alone=True)
    )
    return sessions.sign_in(
        world.store, world.custody.peppers, given, request=sessions.new_request(), now=WEDNESDAY
    )


def resume(world: World, session: sessions.SignedIn) -> Caller | None:
    return sessions.resume(
        world.store, session.token, request=sessions.new_request(), now=WEDNESDAY
    )


def renewed(world: World, login: str) -> Caller:
    """Return one of the cast with the seeds that the database hands them now, no others.

    Tests that look with raw keys see them from here on.
    """
    before = world.cast[login]
    with world.store.peek() as work:
        keyring = accounts.renewed(work, before.id, before.keyring)
    world.cast[login] = replace(before, keyring=keyring)
    return world.cast[login]


def count(world: World, condition: ColumnElement[bool]) -> int:
    with world.store.engine.connect() as connection:
        return connection.execute(select(func.count()).where(condition)).scalar_one()


def move_everything(world: World, caller: Caller) -> int:
    """Let one session move on until nothing is left; return in how many requests."""
    for number in range(1, 20):
        if moving.move_on(world.store, caller, now=THURSDAY) == 0:
            return number
    raise AssertionError("it never ends")


def test_who_leaves_is_out_at_once(world: World, reference: str) -> None:
    """Session, account and key. Source: R17, V1."""
    session = sign_in(world, "u23")

    leave(world, "u23")

    assert resume(world, session) is None
    with pytest.raises(SignInRefusedError):
        sign_in(world, "u23")
    assert count(world, t.member_wraps.c.professional_id == world.cast["u23"].id) == 0
    renewed(world, "u23")
    assert opens(world, "u23", reference) == ""


def test_a_disabled_account_loses_every_function(world: World, reference: str) -> None:
    """Source: R17, V1."""
    session = sign_in(world, "u23")

    leaving.disable(world.store, world.cast["u22"], world.cast["u23"].id, now=WEDNESDAY)

    assert resume(world, session) is None
    renewed(world, "u23")
    assert opens(world, "u23", reference) == ""
    assert last_entry(world.store).event is audit.Event.ACCOUNT_DISABLED
    assert last_entry(world.store).subject == world.cast["u23"].id


@pytest.mark.parametrize("login", ["u01", "u19", "u21", "u24"])
def test_only_the_administrator_ends_functions(world: World, login: str) -> None:
    """Neither a colleague, the coordination, the DPO nor a manager. Source: R17."""
    with pytest.raises(ActRefusedError):
        leave(world, "u23", by=login)
    with pytest.raises(ActRefusedError):
        leaving.disable(world.store, world.cast[login], world.cast["u23"].id, now=WEDNESDAY)

    assert last_entry(world.store).outcome is audit.Outcome.REFUSED
    assert sign_in(world, "u23").caller.id == world.cast["u23"].id


def test_those_who_remain_read_on_with_the_former_key(world: World, reference: str) -> None:
    """Before anything has moved, and in a session that was open already. Source: DESIGN 5."""
    session = sign_in(world, "u07")

    leave(world, "u23")

    caller = resume(world, session)
    assert caller is not None
    world.cast["u07"] = caller
    assert len(caller.former_key_ids) == 1
    assert levels(read(world, "u07", reference, now=WEDNESDAY)) == "ID:R HE:W SV:w RI:F"
    again = resume(world, session)
    assert again is not None
    assert again.keyring.encode() == caller.keyring.encode()


def test_their_sessions_move_everything_and_destroy_the_former_key(
    world: World, reference: str
) -> None:
    """Compartment keys, flag keys and entries' own keys alike. Source: DESIGN 5."""
    writing.write_entry(
        world.store,
        world.cast["u11"],
        reference,
        make_draft("health"),
        addressed_to=[world.service("O5/INF")],
        now=TUESDAY,
    )
    former = next(one for one in world.cast["u07"].keyring.seeds if one.profession)
    before = opens(world, "u07", reference)
    leave(world, "u23")
    caller = renewed(world, "u07")

    move_everything(world, caller)

    assert count(world, t.wraps.c.recipient_key == former.key_id) == 0
    assert count(world, t.entry_wraps.c.recipient_key == former.key_id) == 0
    caller = renewed(world, "u07")
    assert caller.former_key_ids == frozenset()
    assert opens(world, "u07", reference) == before
    assert len(entries(read(world, "u07", reference, now=THURSDAY), "HE")) == 2
    (moved,) = log_entries(world.store, audit.Event.KEY_MOVED)
    assert (moved.actor, set(moved.compartments.values())) == (caller.id, {"x"})


def test_the_former_key_opens_nothing_once_it_has_moved(world: World, reference: str) -> None:
    """Not even to somebody who kept the seed they were handed. Source: DESIGN 5."""
    kept = world.cast["u23"]
    assert opens(world, "u23", reference) == "ID HE RI:f"
    leave(world, "u23")

    move_everything(world, renewed(world, "u07"))

    world.cast["u23"] = kept
    assert opens(world, "u23", reference) == ""


def test_what_is_written_meanwhile_is_for_those_who_remain(world: World, reference: str) -> None:
    """A consent given between leaving and moving goes to the new key. Source: R7."""
    kept = world.cast["u23"]
    leave(world, "u23")
    exclusions.exclude(
        world.store,
        world.cast["u01"],
        reference,
        organisation_id=world.organisation_id("O11"),
        now=WEDNESDAY,
    )
    renewed(world, "u07")
    for login in ("u11", "u01"):
        read(world, login, reference, now=THURSDAY)
    writing.write_entry(
        world.store, world.cast["u01"], reference, make_draft("identity"), now=THURSDAY
    )

    assert len(entries(read(world, "u07", reference, now=THURSDAY), "ID")) == 2
    world.cast["u23"] = kept
    assert "ID" not in opens(world, "u23", reference).split()


def test_a_former_key_does_not_look_like_a_loss(world: World, reference: str) -> None:
    """An act before anything has moved begins no epoch that nobody asked for."""
    leave(world, "u23")
    renewed(world, "u07")

    exclusions.exclude(
        world.store,
        world.cast["u01"],
        reference,
        professional_id=world.cast["u16"].id,
        now=WEDNESDAY,
    )

    assert epochs(world, reference, "HE") == 1
    assert opens(world, "u07", reference) == "ID HE RI:f"


def test_two_leave_one_after_the_other(world: World, reference: str) -> None:
    """The key of a service may be two epochs ahead of what is wrapped to it."""
    leave(world, "u23")
    with world.store.begin() as work:
        key = work.people.service_keys()[world.service("O5/INF")]
        work.people.renew_service(key.service_id)
    moving.renew(world.store, world.cast["u07"], now=WEDNESDAY)

    caller = renewed(world, "u07")
    assert len(caller.former_key_ids) == 2
    assert opens(world, "u07", reference) == "ID HE RI:f"
    move_everything(world, caller)

    assert opens(world, "u07", reference) == "ID HE RI:f"
    assert renewed(world, "u07").former_key_ids == frozenset()


def test_when_the_last_one_leaves_the_next_one_begins_with_a_key_of_their_own(
    world: World, reference: str
) -> None:
    """What nobody holds any more stays closed (ADR 0006)."""
    leave(world, "u23")
    leave(world, "u07")
    with world.store.peek() as work:
        key = work.people.service_keys()[world.service("O5/INF")]
        assert not key.held

    with world.store.peek() as work:
        known = work.people.professional(world.cast["u07"].id)
        assert known is not None
    professional = replace(known, id=ProfessionalId(new_id()), login="u99")
    hat = replace(world.hat("u07"), professional_id=professional.id)
    new = accounts.NewProfessional(
        professional=professional, hats=(hat,), passphrase=Plain("demo-u99-vepshare")
    )
    (enrolled,) = accounts.enrol(
        world.store,
        [new],
        world.custody.peppers,
        registrars=[world.cast["u07"]],
        demo=True,
        now=WEDNESDAY,
    )

    world.cast["u99"] = accounts.caller_of(world.store, enrolled)
    assert world.cast["u99"].keyring.epoch(hat) == key.epoch + 1
    assert opens(world, "u99", reference) == ""


def test_who_was_named_in_person_loses_it_and_the_compartment_moves_on(world: World) -> None:
    """The wrap is destroyed at once; `run-due` begins the new key. Source: R7, DESIGN 5."""
    named = make_line(world, "O5/INF", "ID HE", "HE", person="u23")
    reference = open_dossier(world, *LINES, named, participants="u11 u23", entries=FIRST)
    kept = world.cast["u23"]
    assert opens(world, "u23", reference) == "ID HE"

    leave(world, "u23")

    assert opens(world, "u23", reference) == ""
    read(world, "u11", reference, now=WEDNESDAY)
    due.run_due(world.store, now=THURSDAY)
    assert epochs(world, reference, "HE") == 2
    writing.write_entry(
        world.store, world.cast["u11"], reference, make_draft("health"), now=THURSDAY
    )
    world.cast["u23"] = kept
    assert opens(world, "u23", reference) == ""
    assert len(entries(read(world, "u11", reference, now=THURSDAY), "HE")) == 2


def test_who_was_named_in_person_and_withdraws_loses_the_key(world: World) -> None:
    """« Je me retire »: a person holds the key alone, so it goes with them. Source: DESIGN 5."""
    named = make_line(world, "O5/INF", "ID HE", "HE", person="u23")
    reference = open_dossier(world, *LINES, named, participants="u11 u23", entries=FIRST)

    participants.leave(world.store, world.cast["u23"], reference, now=WEDNESDAY)

    assert wrapped_to(world, "u23", reference) == ""
    assert epochs(world, reference, "HE") == 2
    participants.invite(
        world.store,
        world.cast["u01"],
        reference,
        world.hat("u23"),
        Reason.FOLLOW_UP,
        now=THURSDAY,
    )
    read(world, "u11", reference, now=THURSDAY)
    assert opens(world, "u23", reference) == "ID HE"


def test_a_wrap_that_was_tampered_with_stops_its_dossier_and_no_other(world: World) -> None:
    """Source: SECURITY."""
    for _number in range(2):
        open_dossier(world, *LINES, WARD, participants="u11 u07 u23", entries=FIRST)
    leave(world, "u23")
    caller = renewed(world, "u07")
    former = next(iter(caller.former_key_ids))
    with world.store.engine.begin() as connection:
        c = t.wraps.c
        first = (
            connection.execute(
                select(c.dossier_id).where(c.recipient_key == former).order_by(c.dossier_id)
            )
            .scalars()
            .first()
        )
        connection.execute(
            t.wraps.update()
            .where(c.dossier_id == first, c.recipient_key == former)
            .values(wrap=bytes(1169))
        )

    with pytest.raises(TamperedError):
        move_everything(world, caller)

    assert len(log_entries(world.store, audit.Event.VALUE_TAMPERED)) == 1
    assert count(world, (c.dossier_id == first) & (c.recipient_key == former)) > 0
    assert count(world, (c.dossier_id != first) & (c.recipient_key == former)) == 0

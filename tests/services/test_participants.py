"""Who takes part: inviting, joining with a reason, leaving, handing over."""

import pytest

from tests.worlds import (
    LINES,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    invite,
    last_entry,
    levels,
    make_draft,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import Reason
from vepshare.services import (
    AccessEndedError,
    ActRefusedError,
    InvalidError,
    UnknownDossierError,
    consents,
    participants,
    today,
)

from .raw_keys import wrapped_to


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(
        world, participants="u02", refused=("/SAPV", "O5/"), entries=(make_draft("identity"),)
    )


def join(world: World, login: str, reference: str) -> None:
    participants.join(world.store, world.cast[login], reference, Reason.EMERGENCY, now=WEDNESDAY)


def kinds_of_tasks(world: World, login: str) -> list[str]:
    page = today.today(world.store, world.cast[login], now=THURSDAY)
    return [one.kind.value for one in page.tasks]


def test_the_referent_invites_and_the_invited_is_told(world: World, reference: str) -> None:
    """Source: V1, R18."""
    invite(world, reference, "u11", now=WEDNESDAY)

    assert kinds_of_tasks(world, "u11") == ["invited"]
    assert levels(read(world, "u11", reference, now=WEDNESDAY)).startswith("ID:R")


def test_an_invitation_against_her_refusal_names_its_day(world: World, reference: str) -> None:
    """Source: S01-R1, S01-L1."""
    for login in ("u12", "u09"):
        with pytest.raises(ActRefusedError) as caught:
            invite(world, reference, login, now=THURSDAY)
        assert caught.value.refusal.value == "explicit_refusal"
        assert caught.value.since.isoformat() == "2027-03-02"

    last = last_entry(world.store)
    assert (last.event, last.outcome) == (audit.Event.PARTICIPANT_INVITED, audit.Outcome.REFUSED)
    assert (last.reason, last.subject) == ("explicit_refusal", world.cast["u09"].id)


@pytest.mark.parametrize(
    ("by", "login", "reason"),
    [
        ("u01", "u17", "no_consent"),
        ("u01", "u02", "already_a_participant"),
        ("u02", "u11", "not_referent"),
        ("u02", "u13", "not_referent"),
    ],
)
def test_an_invitation_is_refused(
    world: World, reference: str, by: str, login: str, reason: str
) -> None:
    """Source: V1, R18, S01-R7."""
    with pytest.raises(ActRefusedError) as caught:
        invite(world, reference, login, by=by, now=WEDNESDAY)

    assert caught.value.refusal.value == reason
    assert last_entry(world.store).reason == reason


def test_who_takes_no_part_invites_nobody(world: World, reference: str) -> None:
    """Source: V5, S01-R7."""
    for login in ("u11", "u12"):
        with pytest.raises(UnknownDossierError):
            invite(world, reference, "u16", by=login, now=WEDNESDAY)


def test_a_service_is_invited_and_any_member_joins(world: World) -> None:
    """Source: R18."""
    reference = open_dossier(world, *LINES, ("O5/INF", "ID"), participants="")
    participants.invite_service(
        world.store, world.cast["u01"], reference, world.service("O5/INF"), now=WEDNESDAY
    )
    assert kinds_of_tasks(world, "u07") == kinds_of_tasks(world, "u23") == ["join"]
    # Nothing on that page says whose dossier it is.
    page = today.today(world.store, world.cast["u23"], now=WEDNESDAY)
    assert [one.pseudonym for one in page.tasks] == [None]

    join(world, "u23", reference)

    assert levels(read(world, "u23", reference, now=WEDNESDAY)) == "ID:R"
    assert kinds_of_tasks(world, "u07") == kinds_of_tasks(world, "u23") == []
    assert kinds_of_tasks(world, "u01") == ["somebody_joined"]
    with pytest.raises(UnknownDossierError):
        read(world, "u07", reference, now=WEDNESDAY)


def test_a_service_that_is_not_named_or_not_there_is_not_invited(
    world: World, reference: str
) -> None:
    """Source: V3."""
    with pytest.raises(ActRefusedError, match="explicit_refusal"):
        participants.invite_service(
            world.store, world.cast["u01"], reference, world.service("O5/INF"), now=WEDNESDAY
        )
    with pytest.raises(InvalidError):
        participants.invite_service(
            world.store, world.cast["u01"], reference, world.service("O13/SVA"), now=WEDNESDAY
        )


@pytest.mark.parametrize("login", ["u12", "u13", "u09", "u17", "u22"])
def test_who_is_not_named_does_not_join(world: World, reference: str, login: str) -> None:
    """The same answer as for no dossier. Source: V5, R18."""
    for target in (reference, "V-0000-00"):
        with pytest.raises(UnknownDossierError):
            join(world, login, target)

    assert last_entry(world.store).outcome is audit.Outcome.REFUSED


def test_joining_twice_changes_nothing(world: World, reference: str) -> None:
    """Source: R18."""
    join(world, "u11", reference)

    with pytest.raises(ActRefusedError, match="already_a_participant"):
        join(world, "u11", reference)


def test_nobody_joins_once_sharing_has_ended(world: World, reference: str) -> None:
    """Source: V4."""
    consents.withdraw(world.store, world.cast["u01"], reference, None, now=TUESDAY)

    with pytest.raises(UnknownDossierError):
        join(world, "u11", reference)


def test_who_leaves_reads_no_more(world: World, reference: str) -> None:
    """Source: R18, V5."""
    participants.leave(world.store, world.cast["u02"], reference, now=WEDNESDAY)

    with pytest.raises(AccessEndedError) as caught:
        read(world, "u02", reference, now=WEDNESDAY)
    assert caught.value.on.isoformat() == "2027-03-03"
    with pytest.raises(AccessEndedError):
        participants.leave(world.store, world.cast["u02"], reference, now=THURSDAY)


def test_who_left_may_be_invited_again(world: World, reference: str) -> None:
    """The consent for the service still stands. Source: R18."""
    participants.leave(world.store, world.cast["u02"], reference, now=WEDNESDAY)
    invite(world, reference, "u02", now=THURSDAY)

    assert len(entries(read(world, "u02", reference, now=THURSDAY), "ID")) == 1


def test_who_never_took_part_leaves_nothing(world: World, reference: str) -> None:
    """Source: V5."""
    with pytest.raises(UnknownDossierError):
        participants.leave(world.store, world.cast["u12"], reference, now=WEDNESDAY)


def hand_over(world: World, reference: str, successor: str, *, by: str = "u01") -> None:
    participants.hand_over_to(
        world.store, world.cast[by], reference, world.hat(successor), now=WEDNESDAY
    )


def test_the_referent_hands_over(world: World, reference: str) -> None:
    """Source: S05."""
    hand_over(world, reference, "u02")

    assert read(world, "u02", reference, now=WEDNESDAY).referent
    assert not read(world, "u01", reference, now=WEDNESDAY).referent
    with pytest.raises(ActRefusedError, match="not_referent"):
        invite(world, reference, "u11", now=WEDNESDAY)


@pytest.mark.parametrize(
    ("by", "successor", "reason"),
    [
        ("u02", "u02", "not_referent"),
        ("u01", "u11", "not_a_participant"),
        ("u01", "u12", "explicit_refusal"),
        ("u01", "u17", "no_consent"),
    ],
)
def test_a_dossier_is_handed_to_a_reader_only(
    world: World, reference: str, by: str, successor: str, reason: str
) -> None:
    """Source: S05, V1."""
    with pytest.raises(ActRefusedError, match=reason):
        hand_over(world, reference, successor, by=by)


def test_participants_are_listed_with_the_day_they_left(world: World, reference: str) -> None:
    """Source: V8."""
    participants.leave(world.store, world.cast["u02"], reference, now=WEDNESDAY)

    shown = participants.list_participants(world.store, world.cast["u01"], reference, now=THURSDAY)

    ends = {one.name: one.ended_on for one in shown}
    assert ends["Inès Mertolla"] is None
    assert ends["Gauthier Pirnot"].isoformat() == "2027-03-03"
    assert [one.name for one in shown if one.referent] == ["Inès Mertolla"]


def test_a_service_with_flags_only_sees_itself_among_the_participants(world: World) -> None:
    """The name of a shelter tells the region. Source: S05-R4."""
    reference = open_dossier(world, *LINES, ("O4/AUT", "ID RI", "ID RI"), participants="u06 u02")

    shown = participants.list_participants(world.store, world.cast["u06"], reference, now=WEDNESDAY)

    assert [one.name for one in shown] == ["Loïc Hanquinalle"]
    assert wrapped_to(world, "u06", reference) == "ID:f RI:f"


def test_an_invitation_needs_a_consent_that_holds_now(world: World, reference: str) -> None:
    """Source: V1, V2."""
    terms = make_terms(world, ("O12/EJE", "ID"), starts=THURSDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)

    with pytest.raises(ActRefusedError, match="no_consent"):
        invite(world, reference, "u17", now=WEDNESDAY)
    invite(world, reference, "u17", now=THURSDAY)

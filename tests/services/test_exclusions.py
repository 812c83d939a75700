"""Who must never see it does not, whatever else says yes, and does not learn why."""

import pytest

from tests.worlds import (
    FRIDAY,
    LINES,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    invite,
    last_entry,
    levels,
    log_entries,
    make_draft,
    make_line,
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
    exclusions,
    lists,
    participants,
    today,
)
from vepshare.services import entries as writing

from .raw_keys import epochs, opens, wrapped_to

WARD = ("O5/INF", "ID HE RI", "HE")
FIRST_ENTRIES = tuple(make_draft(kind) for kind in ("identity", "health", "risk_assessment"))


@pytest.fixture
def reference(world: World) -> str:
    """A dossier in which both nurses of a ward take part."""
    return open_dossier(world, *LINES, WARD, participants="u02 u11 u07 u23", entries=FIRST_ENTRIES)


def exclude(world: World, reference: str, whom: str, *, by: str = "u01") -> None:
    """Keep an organisation, `O7`, or one of the cast, `u23`, out."""
    named = (
        {"organisation_id": world.organisation_id(whom)}
        if whom.startswith("O")
        else {"professional_id": world.cast[whom].id}
    )
    exclusions.exclude(world.store, world.cast[by], reference, **named, now=WEDNESDAY)


def test_an_excluded_organisation_is_out_at_once(world: World, reference: str) -> None:
    """It took part, so it learns that it ended, and nothing else. Source: V5, V7, R6."""
    exclude(world, reference, "O7")

    assert wrapped_to(world, "u11", reference) == ""
    with pytest.raises(AccessEndedError) as caught:
        read(world, "u11", reference, now=WEDNESDAY)
    assert caught.value.on.isoformat() == "2027-03-03"
    assert last_entry(world.store).reason == "excluded"
    assert opens(world, "u07", reference) == "ID HE RI:f"


def test_an_organisation_that_never_took_part_learns_nothing(world: World) -> None:
    """Named, and yet: the answer is that of a dossier that does not exist. Source: V5, V7."""
    reference = open_dossier(world, *LINES, WARD, participants="u02")
    exclude(world, reference, "O5")

    for login in ("u07", "u23"):
        assert wrapped_to(world, login, reference) == ""
        with pytest.raises(UnknownDossierError):
            read(world, login, reference, now=WEDNESDAY)
        with pytest.raises(UnknownDossierError):
            participants.join(
                world.store, world.cast[login], reference, Reason.FOLLOW_UP, now=WEDNESDAY
            )


def test_one_member_is_out_and_their_colleague_reads_on(world: World, reference: str) -> None:
    """A service has one key: the others receive in their own names. Source: V7, R6."""
    exclude(world, reference, "u23")

    assert wrapped_to(world, "u23", reference) == ""
    assert opens(world, "u23", reference) == ""
    with pytest.raises(AccessEndedError):
        read(world, "u23", reference, now=WEDNESDAY)
    seen = read(world, "u07", reference, now=WEDNESDAY)
    assert levels(seen) == "ID:R HE:W RI:F"
    assert len(entries(seen, "ID")) == 1
    assert epochs(world, reference, "HE") == 2


def test_what_the_excluding_hand_does_not_hold_follows_from_another_holder(
    world: World, reference: str
) -> None:
    """u01 holds no HE; u11 does, and hands the older key to the colleague. Source: V7."""
    exclude(world, reference, "u23")
    assert entries(read(world, "u07", reference, now=WEDNESDAY), "HE") == ()

    read(world, "u11", reference, now=WEDNESDAY)

    assert len(entries(read(world, "u07", reference, now=WEDNESDAY), "HE")) == 1
    assert opens(world, "u23", reference) == ""


def test_the_colleague_writes_on(world: World, reference: str) -> None:
    """Source: V7."""
    exclude(world, reference, "u23")

    writing.write_entry(
        world.store, world.cast["u07"], reference, make_draft("health"), now=THURSDAY
    )

    assert len(entries(read(world, "u11", reference, now=THURSDAY), "HE")) == 2
    assert opens(world, "u23", reference) == ""


def test_a_later_consent_does_not_bring_an_excluded_service_back(
    world: World, reference: str
) -> None:
    """Refused in words that fit any reason, and the attempt is logged. Source: V7, S04-R1."""
    exclude(world, reference, "O7")
    terms = make_terms(world, LINES[3], starts=THURSDAY)

    with pytest.raises(InvalidError) as caught:
        consents.give(world.store, world.cast["u01"], reference, terms, now=THURSDAY)

    assert caught.value.faults == {"recipients.0": "cannot_be_added"}
    last = last_entry(world.store)
    assert (last.event, last.reason) == (audit.Event.CONSENT_GIVEN, "cannot_be_added")
    assert wrapped_to(world, "u11", reference) == ""


def test_an_excluded_person_is_invited_by_nobody(world: World, reference: str) -> None:
    """Source: V7, R6."""
    exclude(world, reference, "u23")

    with pytest.raises(ActRefusedError, match="cannot_be_added"):
        invite(world, reference, "u23", now=WEDNESDAY)


def test_whoever_is_kept_out_finds_no_trace(world: World, reference: str) -> None:
    """No list, no search, no task. Source: V7, V10."""
    exclude(world, reference, "u23")
    caller = world.cast["u23"]

    assert lists.list_dossiers(world.store, caller, now=WEDNESDAY) == ()
    assert lists.search_dossiers(world.store, caller, reference, now=WEDNESDAY) == ()
    page = today.today(world.store, caller, now=WEDNESDAY)
    assert (page.tasks, page.dossiers, page.endings) == ((), 0, ())


def test_a_declared_tie_ends_one_s_own_access(world: World, reference: str) -> None:
    """Kin, neighbour, colleague: they go, their service stays. Source: V7, R21."""
    exclusions.declare_tie(world.store, world.cast["u23"], reference, now=WEDNESDAY)

    with pytest.raises(AccessEndedError):
        read(world, "u23", reference, now=WEDNESDAY)
    assert last_entry(world.store).reason == "tied"
    assert wrapped_to(world, "u23", reference) == ""
    assert wrapped_to(world, "u07", reference) == "ID HE RI:f"
    assert levels(read(world, "u07", reference, now=WEDNESDAY)) == "ID:R HE:W RI:F"


def test_the_last_member_of_a_service_may_be_tied(world: World, reference: str) -> None:
    """Then nobody of it holds a key. Source: V7, R21."""
    exclusions.declare_tie(world.store, world.cast["u11"], reference, now=WEDNESDAY)

    assert wrapped_to(world, "u11", reference) == ""
    assert opens(world, "u01", reference) == "ID RI"


def test_who_takes_no_part_declares_no_tie(world: World, reference: str) -> None:
    """Source: V5."""
    with pytest.raises(UnknownDossierError):
        exclusions.declare_tie(world.store, world.cast["u12"], reference, now=WEDNESDAY)


def test_nobody_excludes_themself_or_both_at_once(world: World, reference: str) -> None:
    """Source: V7."""
    with pytest.raises(InvalidError):
        exclude(world, reference, "O1")
    with pytest.raises(InvalidError):
        exclude(world, reference, "u01")
    with pytest.raises(InvalidError):
        exclusions.exclude(world.store, world.cast["u01"], reference, now=WEDNESDAY)


def test_only_those_she_confides_in_exclude(world: World) -> None:
    """Source: V7."""
    police = ("O8/SAPV", "ID", "ID")
    reference = open_dossier(world, *LINES, police, participants="u12")

    with pytest.raises(ActRefusedError, match="function_may_not"):
        exclude(world, reference, "O7", by="u12")
    with pytest.raises(ActRefusedError, match="function_may_not"):
        exclusions.list_exclusions(world.store, world.cast["u12"], reference, now=WEDNESDAY)
    with pytest.raises(UnknownDossierError):
        exclude(world, reference, "O7", by="u03")


def test_the_list_of_exclusions_is_read_and_logged(world: World, reference: str) -> None:
    """Source: V7, V8."""
    exclude(world, reference, "O7")
    exclude(world, reference, "u23")

    shown = exclusions.list_exclusions(world.store, world.cast["u01"], reference, now=FRIDAY)

    assert {one.organisation_id for one in shown} == {world.organisation_id("O7"), None}
    assert {one.professional_id for one in shown} == {world.cast["u23"].id, None}
    assert last_entry(world.store).event is audit.Event.EXCLUSION_READ


def test_an_exclusion_is_one_entry_about_one_subject(world: World, reference: str) -> None:
    """Source: V8."""
    exclude(world, reference, "O7")

    (entry,) = log_entries(world.store, audit.Event.EXCLUSION_DECLARED)
    assert entry.subject == world.organisation_id("O7")
    assert entry.time == WEDNESDAY > TUESDAY


def test_a_person_whom_a_consent_names_loses_the_keys_when_kept_out(world: World) -> None:
    """The name in the consent does not outlive the exclusion. Source: V7, R6."""
    named = make_line(world, "O1/PSY", "ID CT RI", person="u02")
    reference = open_dossier(
        world, ("O1/SVA", "ID CT RI"), named, participants="u02", entries=(make_draft("identity"),)
    )
    assert opens(world, "u02", reference) == "ID"

    exclude(world, reference, "u02")

    assert opens(world, "u02", reference) == ""
    assert wrapped_to(world, "u02", reference) == ""

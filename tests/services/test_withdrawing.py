"""She takes back her word: it closes at once, for whom she says, and nothing else closes."""

from datetime import timedelta

import pytest

from tests.worlds import (
    LINES,
    MICROSECOND,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    compartments,
    end_of,
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
from vepshare.dossier import State
from vepshare.services import (
    AccessEndedError,
    InvalidError,
    UnknownDossierError,
    consents,
    due,
    today,
)
from vepshare.services import entries as writing
from vepshare.storage._log import Log

from .raw_keys import epochs, opens, wrapped_to

FIRST_ENTRIES = tuple(
    make_draft(kind) for kind in ("identity", "health", "incidents", "risk_assessment")
)


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, entries=FIRST_ENTRIES)


def withdraw(world: World, reference: str, *services: str, **more: object) -> None:
    """Record a withdrawal by u01: of some services, `O7` or `O7/MED`, or of everything."""
    now = more.pop("now", WEDNESDAY)
    login = str(more.pop("by", "u01"))
    consents.withdraw(
        world.store,
        world.cast[login],
        reference,
        more.pop("consent_id", None),
        targets=[world.target(one) for one in services],
        now=now,
        **more,
    )


def state(world: World, reference: str) -> State:
    with world.store.peek() as work:
        (found,) = work.dossiers.by_ids([work.dossiers.id_of(reference)])
    return found.state


def test_the_service_she_names_loses_everything_at_once(world: World, reference: str) -> None:
    """Key, page and dossier; the answer names the day and no reason. Source: V4, V5, S02-R3."""
    withdraw(world, reference, "O7")

    assert wrapped_to(world, "u11", reference) == ""
    assert opens(world, "u11", reference) == ""
    with pytest.raises(AccessEndedError) as caught:
        read(world, "u11", reference, now=WEDNESDAY)
    assert caught.value.on.isoformat() == "2027-03-03"
    refused = last_entry(world.store)
    assert (refused.outcome, refused.reason) == (audit.Outcome.REFUSED, "consent_withdrawn")


def test_a_microsecond_before_it_was_still_open(world: World, reference: str) -> None:
    """Source: V4, S02-R4."""
    withdraw(world, reference, "O7")
    before = log_entries(world.store, audit.Event.CONSENT_WITHDRAWN)[-1].time - MICROSECOND

    # The right was there at that instant; the key is gone, and with it every value.
    seen = read(world, "u11", reference, now=before)

    assert levels(seen).startswith("ID:R HE:W")
    assert [one.entries for one in seen.compartments.values() if one.entries] == []


def test_the_others_keep_what_they_had(world: World, reference: str) -> None:
    """The keys move on, and go to those who remain. Source: V4, S02-R4."""
    before = {login: opens(world, login, reference) for login in ("u01", "u02", "u16")}

    withdraw(world, reference, "O7")

    assert {login: opens(world, login, reference) for login in before} == before
    assert epochs(world, reference, "ID") == 2
    assert epochs(world, reference, "CT") == 1
    assert entries(read(world, "u01", reference, now=WEDNESDAY), "ID")


def test_what_is_written_afterwards_is_under_a_key_the_loser_never_had(
    world: World, reference: str
) -> None:
    """Source: V4, DESIGN 5."""
    withdraw(world, reference, "O7")
    draft = make_draft("identity", family_name="Autre")
    writing.write_entry(world.store, world.cast["u01"], reference, draft, now=WEDNESDAY)

    with world.store.peek() as work:
        rows = work.entries.latest(work.dossiers.id_of(reference), compartments("ID"))
    assert [row.epoch for row in rows] == [1, 2]
    assert len(entries(read(world, "u02", reference, now=WEDNESDAY), "ID")) == 2


def test_what_the_loser_wrote_stays_marked_with_the_day(world: World, reference: str) -> None:
    """Source: S02-R4."""
    draft = make_draft("risk_assessment")
    terms = make_terms(world, ("O5/ASH", "ID RI"), starts=TUESDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=TUESDAY)
    invite(world, reference, "u09")
    writing.write_entry(
        world.store, world.cast["u09"], reference, draft, now=TUESDAY + timedelta(hours=1)
    )

    withdraw(world, reference, "O5")

    own, theirs = entries(read(world, "u01", reference, now=WEDNESDAY), "RI")
    assert own.shared_until is None
    assert theirs.shared_until.isoformat() == "2027-03-03"
    assert theirs.organisation == "O5"


def test_one_function_of_an_organisation_leaves_the_other(world: World, reference: str) -> None:
    """Source: S01, V4."""
    withdraw(world, reference, "O1/PSY")

    assert wrapped_to(world, "u02", reference) == ""
    assert opens(world, "u01", reference) == "ID IN RI"


def test_some_compartments_are_taken_back_and_the_rest_stays(world: World, reference: str) -> None:
    """Narrowing. Source: V4."""
    withdraw(world, reference, "O7", compartments=compartments("HE IN"))

    assert levels(read(world, "u11", reference, now=WEDNESDAY)) == "ID:R RI:R PL:F RA:w MD:R"
    assert opens(world, "u11", reference) == "ID RI"
    assert epochs(world, reference, "ID") == 1


def test_a_subject_is_taken_back_from_everybody(world: World, reference: str) -> None:
    """Source: V4."""
    withdraw(world, reference, compartments=compartments("IN"))

    for login in ("u01", "u02", "u11"):
        assert "IN" not in levels(read(world, login, reference, now=WEDNESDAY))
        assert "IN" not in wrapped_to(world, login, reference)
    assert state(world, reference) is State.ACTIVE


@pytest.mark.parametrize("login", ["u02", "u11", "u16"])
def test_any_participant_records_a_withdrawal(world: World, reference: str, login: str) -> None:
    """She tells whom she trusts; public keys suffice. Source: V4, R7."""
    withdraw(world, reference, "O1/SVA", by=login)

    assert wrapped_to(world, "u01", reference) == ""
    assert epochs(world, reference, "ID") == 2


@pytest.mark.parametrize("login", ["u03", "u12", "u21", "u22"])
def test_nobody_else_does(world: World, reference: str, login: str) -> None:
    """Source: V5."""
    with pytest.raises(UnknownDossierError):
        withdraw(world, reference, by=login)

    assert last_entry(world.store).outcome is audit.Outcome.REFUSED
    assert opens(world, "u11", reference) == "ID HE IN:f RI"


def test_taking_back_what_is_not_open_says_so(world: World, reference: str) -> None:
    """Source: V4."""
    withdraw(world, reference, "O7")

    with pytest.raises(InvalidError, match="already_withdrawn"):
        withdraw(world, reference, "O7")
    with pytest.raises(InvalidError, match="already_withdrawn"):
        withdraw(world, reference, "O13")


def test_one_withdrawal_is_one_entry_with_hour_and_actor(world: World, reference: str) -> None:
    """Source: S02-L1, V8."""
    withdraw(world, reference, "O7", "O11")

    (entry,) = log_entries(world.store, audit.Event.CONSENT_WITHDRAWN)
    assert (entry.actor, entry.time, entry.count) == (world.cast["u01"].id, WEDNESDAY, 2)


def test_nobody_is_told(world: World, reference: str) -> None:
    """No task, no notice: who was closed out learns it by asking. Source: S02-R6."""
    before = {one: tasks(world, one) for one in ("u11", "u16")}

    withdraw(world, reference, "O7", "O11")

    assert {one: tasks(world, one) for one in before} == before


def tasks(world: World, login: str) -> set[str]:
    found = today.today(world.store, world.cast[login], now=WEDNESDAY)
    return {one.kind.value for one in found.tasks}


def test_the_wraps_go_with_the_act_or_not_at_all(
    world: World, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: when its log entry fails, act and wraps stay as they were. Source: V8."""
    before = wrapped_to(world, "u11", reference)

    with monkeypatch.context() as broken:
        broken.setattr(Log, "append", _fails)
        with pytest.raises(BrokenError):
            withdraw(world, reference, "O7")

    assert wrapped_to(world, "u11", reference) == before
    assert levels(read(world, "u11", reference, now=WEDNESDAY)).startswith("ID:R")


class BrokenError(Exception):
    """The log cannot be appended to."""


def _fails(*_given: object, **_named: object) -> None:
    raise BrokenError


def test_writing_is_refused_from_that_instant(world: World, reference: str) -> None:
    """What was being typed is not stored. Source: V4, S02-R1."""
    withdraw(world, reference, "O7")

    with pytest.raises(AccessEndedError):
        writing.write_entry(
            world.store, world.cast["u11"], reference, make_draft("health"), now=WEDNESDAY
        )

    assert last_entry(world.store).event is audit.Event.ENTRY_WRITTEN
    assert last_entry(world.store).outcome is audit.Outcome.REFUSED


def test_a_line_that_ends_earlier_ends_alone(world: World) -> None:
    """Source: V2, S05."""
    short = make_line(world, "O7/MED", "ID HE", "HE", ends=end_of("2027-03-04"))
    reference = open_dossier(world, LINES[0], short, participants="u11")
    over = end_of("2027-03-04") + MICROSECOND

    assert levels(read(world, "u11", reference, now=over - MICROSECOND)) == "ID:R HE:W"
    due.run_due(world.store, now=over)

    with pytest.raises(AccessEndedError):
        read(world, "u11", reference, now=over)
    assert wrapped_to(world, "u11", reference) == ""
    assert "ID:W" in levels(read(world, "u01", reference, now=over))


def test_a_service_is_closed_even_when_an_ended_consent_is_pointed_at(
    world: World, reference: str
) -> None:
    """An old page names the first consent; she means the service. Source: V4, R7."""
    (first,) = consents.list_consents(
        world.store, world.cast["u01"], reference, now=TUESDAY
    ).consents
    replacing = frozenset({first.id})
    terms = make_terms(world, *LINES, starts=WEDNESDAY, replaces=replacing)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)

    withdraw(world, reference, "O7", consent_id=first.id, now=THURSDAY)

    with pytest.raises(AccessEndedError):
        read(world, "u11", reference, now=THURSDAY)

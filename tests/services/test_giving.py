"""A consent gives keys, and gives exactly what it says."""

import pytest

from tests.worlds import (
    FRIDAY,
    LINES,
    MICROSECOND,
    NEXT_TUESDAY,
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
from vepshare.consent import Form, OralReason
from vepshare.dossier import State
from vepshare.services import (
    ActRefusedError,
    InvalidError,
    UnknownDossierError,
    consents,
    due,
    opening,
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
            "ID CT HO CH IN RI PL MD",
        ),
        ("u02", "ID:R CT:R CH:R PS:w IN:R RI:R PL:R RA:w MD:R", "ID CT CH IN RI PL MD"),
        ("u11", "ID:R HE:W IN:F RI:R PL:F RA:w MD:R", "ID HE IN:f RI PL:f MD"),
        ("u16", "ID:R CT:R HO:R CH:R SF:W RI:F PL:F RA:w MD:R", "ID CT HO CH RI:f PL:f MD"),
    ],
)
def test_each_reads_their_cells_and_their_keys_open_no_more(
    world: World, reference: str, login: str, cells: str, keys: str
) -> None:
    """Entries of an intake are under the compartment key: a `w` cell does not open them.

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


def test_a_flag_cell_shows_flags_and_no_author(world: World, reference: str) -> None:
    """Source: S01-R5, S05-R4."""
    (seen,) = entries(read(world, "u11", reference), "IN")

    assert seen.values is None
    assert set(seen.flags.reveal()) <= {"recent", "last_on"}
    assert (seen.author, seen.organisation, seen.profession) == (None, None, None)


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


def oral(world: World, **changes: object) -> dict[str, object]:
    """Return what makes an oral consent with u03 as its witness."""
    said = {
        "form": Form.ORAL,
        "oral_reason": OralReason.BY_TELEPHONE,
        "witness": world.cast["u03"].id,
    }
    return {"proof": said | changes, "ends": end_of("2027-05-31")}


def test_an_oral_consent_opens_nothing_before_its_witness_has_confirmed(world: World) -> None:
    """Source: R11, S06."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = consents.witnessed(world.store, world.cast["u03"], reference, now=WEDNESDAY)
    assert wrapped_to(world, "u01", reference) == ""
    assert read(world, "u01", reference).compartments == {}

    consents.confirm(world.store, world.cast["u03"], reference, waiting.id, now=WEDNESDAY)

    assert "ID:W" in levels(read(world, "u01", reference, now=WEDNESDAY))
    assert wrapped_to(world, "u11", reference) == "ID HE IN:f RI PL:f MD"
    # The witness vouches for her word and learns nothing by it.
    assert wrapped_to(world, "u03", reference) == ""
    with pytest.raises(UnknownDossierError):
        read(world, "u03", reference, now=WEDNESDAY)


def test_nobody_but_the_witness_confirms(world: World) -> None:
    """Source: S06, R11."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = consents.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)

    for login in ("u02", "u17", "u12"):
        with pytest.raises(UnknownDossierError):
            consents.confirm(world.store, world.cast[login], reference, waiting.id, now=TUESDAY)

    assert wrapped_to(world, "u01", reference) == ""


def test_a_witness_confirms_once(world: World) -> None:
    """Source: S06."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = consents.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)
    consents.confirm(world.store, world.cast["u03"], reference, waiting.id, now=TUESDAY)

    with pytest.raises(ActRefusedError, match="already_confirmed"):
        consents.confirm(world.store, world.cast["u03"], reference, waiting.id, now=TUESDAY)


def test_an_oral_consent_lapses_a_day_after_it_was_recorded(world: World) -> None:
    """Source: S06, R11."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = consents.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)
    late = TUESDAY.replace(day=3) + MICROSECOND

    with pytest.raises(ActRefusedError, match="confirmation_too_late"):
        consents.confirm(world.store, world.cast["u03"], reference, waiting.id, now=late)

    due.run_due(world.store, now=late)
    assert wrapped_to(world, "u01", reference) == ""
    assert state(world, reference) is State.LAPSED


def test_the_last_instant_of_the_day_is_in_time(world: World) -> None:
    """Source: S06."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = consents.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)
    in_time = TUESDAY.replace(day=3)

    consents.confirm(world.store, world.cast["u03"], reference, waiting.id, now=in_time)

    assert wrapped_to(world, "u01", reference) != ""


def state(world: World, reference: str) -> State:
    with world.store.peek() as work:
        (found,) = work.dossiers.by_ids([work.dossiers.id_of(reference)])
    return found.state


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"proof": {"reporting_warning_read": False}}, {"reporting_warning_read"}),
        ({"purposes": frozenset()}, {"purposes"}),
        ({"ends": TUESDAY}, {"end"}),
        ({"ends": end_of("2028-03-03")}, {"end"}),
        ({"refused": ("/CPAS",)}, {"recipients.2"}),
        (
            {"proof": {"understood": False, "statement_hash": "00" * 32}},
            {"understood", "statement"},
        ),
    ],
)
def test_a_consent_that_does_not_stand_is_not_recorded(
    world: World, changes: dict[str, object], fault: set[str]
) -> None:
    """Source: R3, R35, V2, V14, S01-R8."""
    terms = make_terms(world, **changes)

    with pytest.raises(InvalidError) as caught:
        opening.open_dossier(world.store, world.cast["u01"], terms, now=TUESDAY)

    assert set(caught.value.faults) == fault


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (("O9/PAR", "ID"), "never_a_recipient"),
        (("O14/DPO", "ID"), "never_a_recipient"),
        (("O2/RES", "ID"), "never_a_recipient"),
        (("O7/MED", "ID SF"), "outside_function"),
        (("O4/AUT", "ID AP", "ID AP"), "outside_function"),
    ],
)
def test_a_consent_names_nobody_beyond_their_function(
    world: World, line: tuple[str, ...], fault: str
) -> None:
    """Source: V1, R2, R19, R34."""
    terms = make_terms(world, LINES[0], line)

    with pytest.raises(InvalidError) as caught:
        opening.open_dossier(world.store, world.cast["u01"], terms, now=TUESDAY)

    assert set(caught.value.faults.values()) == {fault}


@pytest.mark.parametrize("login", ["u06", "u12", "u13", "u14", "u15", "u19", "u21", "u22", "u24"])
def test_only_those_she_confides_in_record_a_consent(world: World, login: str) -> None:
    """Source: V3, R19, R23."""
    with pytest.raises(ActRefusedError, match="function_may_not"):
        opening.open_dossier(world.store, world.cast[login], make_terms(world), now=TUESDAY)

    refused = log_entries(world.store, audit.Event.DOSSIER_OPENED)[-1]
    assert (refused.outcome, refused.actor) == (audit.Outcome.REFUSED, world.cast[login].id)


def test_a_consent_that_does_not_stand_is_a_logged_attempt(world: World, reference: str) -> None:
    """Source: S04-R1, V8."""
    terms = make_terms(world, ("O8/SAPV", "ID", "ID"), proof={"reporting_warning_read": False})

    with pytest.raises(InvalidError):
        consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)

    last = log_entries(world.store, audit.Event.CONSENT_GIVEN)[-1]
    assert (last.outcome, last.reason) == (audit.Outcome.REFUSED, "invalid")


def test_what_she_refused_stays_in_the_history(world: World) -> None:
    """Source: S01-A2."""
    reference = open_dossier(world, refused=("/SAPV", "O8/", "/AJV"))
    terms = make_terms(world, ("O8/SAPV", "ID", "ID"), starts=WEDNESDAY)
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)

    shown = consents.list_consents(world.store, world.cast["u01"], reference, now=FRIDAY)

    assert [len(one.terms.refused) for one in shown.consents] == [3, 0]
    assert [one.version for one in shown.consents] == [1, 2]


def test_the_consent_page_is_cut_down_to_the_reader_s_own_compartments(
    world: World, reference: str
) -> None:
    """Source: V6, S01-R5."""
    shown = consents.list_consents(world.store, world.cast["u11"], reference, now=NEXT_TUESDAY)

    named = {
        c for one in shown.consents for line in one.terms.recipients for c in line.compartments
    }
    assert named <= set(read(world, "u11", reference).compartments)

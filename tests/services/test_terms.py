"""What cannot be agreed to, and what the history keeps."""

import pytest

from tests.worlds import (
    FRIDAY,
    LINES,
    NEXT_TUESDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    end_of,
    log_entries,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.services import (
    ActRefusedError,
    InvalidError,
    consents,
    opening,
)


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world)


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

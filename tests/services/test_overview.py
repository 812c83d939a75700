"""« Qui voit quoi », « Qui a lu », « Mes accès »: what enforces it is what shows it."""

import pytest

from tests.worlds import (
    LINES,
    MICROSECOND,
    TUESDAY,
    WEDNESDAY,
    World,
    last_entry,
    levels,
    make_draft,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import CODES
from vepshare.services import ActRefusedError, UnknownDossierError, consents, entries, overview

CODE = {compartment: code for code, compartment in CODES.items()}


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, *LINES, ("O4/AUT", "ID RI", "ID RI"), participants="u02 u11 u16 u06")


def explained(world: World, login: str, reference: str) -> dict[str, str]:
    """Return the table that *login* is shown: function to `ID:W CT:W`."""
    shown: dict[str, list[str]] = {}
    for one in overview.explain(world.store, world.cast[login], reference, now=WEDNESDAY):
        line = shown.setdefault(one.holder.profession.value, [])
        line.append(f"{CODE[one.holder.compartment]}:{one.holder.level.value}")
    return {profession: " ".join(line) for profession, line in shown.items()}


def test_the_referent_sees_exactly_what_everybody_reads(world: World, reference: str) -> None:
    """Source: DESIGN 4: the same function that enforces it."""
    table = explained(world, "u01", reference)

    for login, profession in (("u01", "SVA"), ("u02", "PSY"), ("u11", "MED"), ("u16", "CPAS")):
        assert table[profession] == levels(read(world, login, reference))
    assert table.keys() == {"SVA", "PSY", "MED", "CPAS", "AUT"}


def test_a_reader_sees_others_in_their_own_compartments_only(world: World, reference: str) -> None:
    """No trace of what they do not hold. Source: V6, S01-R5."""
    table = explained(world, "u11", reference)

    assert table["SVA"] == "ID:W IN:W RI:W PL:W RA:w MD:W"
    assert {cell.split(":")[0] for line in table.values() for cell in line.split()} == {
        cell.split(":")[0] for cell in levels(read(world, "u11", reference)).split()
    }


def test_a_service_with_flags_only_sees_its_own_line(world: World, reference: str) -> None:
    """Source: S05-R4."""
    assert explained(world, "u06", reference) == {"AUT": "ID:F RI:F"}
    shown = consents.list_consents(world.store, world.cast["u06"], reference, now=WEDNESDAY)
    lines = [line for one in shown.consents for line in one.terms.recipients]
    assert [one.profession.value for one in lines] == ["AUT"]
    assert shown.can_give is False


def test_a_service_with_flags_only_is_not_told_who_wrote_them(world: World, reference: str) -> None:
    """The name of a shelter tells the region. Source: S05-R4."""
    wrote = make_draft("identity", family_name="Ouazzerelle")
    entries.write_entry(world.store, world.cast["u01"], reference, wrote, now=WEDNESDAY)

    view = read(world, "u06", reference, now=WEDNESDAY)

    seen = [one for shown in view.compartments.values() for one in shown.entries]
    assert seen
    assert {(one.author, one.organisation, one.profession) for one in seen} == {(None, None, None)}


def test_every_line_names_its_consent_and_its_end(world: World, reference: str) -> None:
    """Source: DESIGN 4."""
    (consent,) = consents.list_consents(
        world.store, world.cast["u01"], reference, now=WEDNESDAY
    ).consents

    for one in overview.explain(world.store, world.cast["u01"], reference, now=WEDNESDAY):
        assert one.holder.grant.consent_id == consent.id
        assert one.holder.grant.ends == consent.terms.ends
        assert not one.pending


def test_what_was_withdrawn_is_explained_no_more(world: World, reference: str) -> None:
    """Source: V4."""
    consents.withdraw(
        world.store,
        world.cast["u01"],
        reference,
        None,
        targets=[world.target("O7")],
        now=TUESDAY,
    )

    assert "MED" not in explained(world, "u01", reference)


def test_readers_come_from_the_log_latest_first(world: World, reference: str) -> None:
    """Services and hours, no names; a refused reading is none. Source: R49, R8."""
    read(world, "u11", reference)
    read(world, "u06", reference, now=WEDNESDAY)
    with pytest.raises(UnknownDossierError):
        read(world, "u12", reference, now=WEDNESDAY)

    shown = overview.readers(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    assert [one.profession.value for one in shown] == ["AUT", "MED"]
    assert [one.time for one in shown] == [WEDNESDAY, TUESDAY]
    assert [CODE[one] for one in shown[0].compartments] == ["ID", "RI"]


def test_readers_are_shown_within_one_s_own_compartments(world: World, reference: str) -> None:
    """Source: V6, S05-R4."""
    read(world, "u01", reference)
    read(world, "u11", reference)
    read(world, "u06", reference)

    theirs = overview.readers(world.store, world.cast["u11"], reference, now=WEDNESDAY)
    own_only = overview.readers(world.store, world.cast["u06"], reference, now=WEDNESDAY)

    mine = set(levels(read(world, "u11", reference)).replace(":", " ").split())
    assert all(CODE[c] in mine for one in theirs for c in one.compartments)
    assert [one.profession.value for one in own_only] == ["AUT"]


@pytest.mark.parametrize("ask", [overview.explain, overview.readers])
@pytest.mark.parametrize("login", ["u12", "u21", "u22"])
def test_outsiders_are_shown_nothing(world: World, reference: str, ask: object, login: str) -> None:
    """The officer reads the log, not the dossier. Source: V5, R19."""
    with pytest.raises(UnknownDossierError):
        ask(world.store, world.cast[login], reference, now=WEDNESDAY)

    assert last_entry(world.store).outcome is audit.Outcome.REFUSED


def test_looking_is_logged(world: World, reference: str) -> None:
    """Source: V8."""
    overview.explain(world.store, world.cast["u11"], reference, now=WEDNESDAY)
    assert last_entry(world.store).event is audit.Event.OVERVIEW_READ
    overview.readers(world.store, world.cast["u11"], reference, now=WEDNESDAY)
    assert last_entry(world.store).event is audit.Event.READERS_READ


def test_one_s_own_ceiling_is_the_row_of_the_matrix(world: World) -> None:
    """Source: R19."""
    nothing = overview.my_access(world.store, world.cast["u21"], now=WEDNESDAY)
    assert set(nothing.ceiling.values()) == {None}

    doctor = overview.my_access(world.store, world.cast["u11"], now=WEDNESDAY)
    assert doctor.ceiling[CODES["HE"]].level.value == "W"
    assert doctor.ceiling[CODES["SF"]] is None
    assert last_entry(world.store).event is audit.Event.ACCESS_READ


def test_a_lapsed_undertaking_shows_not_even_the_row(world: World) -> None:
    """What the log says was refused is not shown. Source: V1, R16."""
    after = world.cast["u11"].standing.undertaking_until + MICROSECOND

    with pytest.raises(ActRefusedError):
        overview.my_access(world.store, world.cast["u11"], now=after)

    assert last_entry(world.store).outcome is audit.Outcome.REFUSED

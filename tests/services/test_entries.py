"""Writing, addressing and rectifying."""

from collections.abc import Callable

import pytest

from tests.worlds import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    World,
    entries,
    last_entry,
    log_entries,
    make_draft,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import CODES, EntryKind
from vepshare.ids import EntryId, new_id
from vepshare.services import (
    ActRefusedError,
    Draft,
    InvalidError,
    StaleVersionError,
    UnknownDossierError,
    opening,
)
from vepshare.services import entries as writing
from vepshare.storage._tables import entries as table

from .raw_keys import opens

NOTE = "referrals_appointments_note"


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world)


def write(
    world: World, login: str, reference: str, kind: str, *to: str, **values: object
) -> EntryId:
    """Write an entry of *kind* as one of the cast, addressed to some services, `O11/CPAS`."""
    return writing.write_entry(
        world.store,
        world.cast[login],
        reference,
        make_draft(kind, **values),
        addressed_to=[world.service(one) for one in to],
        now=WEDNESDAY,
    )


def revised(kind: str, **values: object) -> Callable[[EntryKind], Draft]:
    """Return what makes a new version, whatever the kind turns out to be."""
    return lambda _known: make_draft(kind, **values)


def rectify(
    world: World,
    login: str,
    reference: str,
    entry_id: EntryId,
    kind: str,
    *,
    version: int,
    **values: object,
) -> int:
    return writing.rectify_entry(
        world.store,
        world.cast[login],
        reference,
        entry_id,
        revised(kind, **values),
        version=version,
        now=THURSDAY,
    )


def test_an_entry_carries_who_wrote_it_when_and_where_it_comes_from(
    world: World, reference: str
) -> None:
    """Source: R27."""
    write(world, "u01", reference, "incidents")

    (seen,) = entries(read(world, "u02", reference, now=WEDNESDAY), "IN")
    assert (seen.author, seen.organisation) == ("Inès Mertolla", "O1")
    assert (seen.origin, seen.version) == ("told_by_the_person", 1)
    assert seen.recorded_at == WEDNESDAY
    assert seen.values.reveal()["description"] == "bousculée dans l'escalier"


@pytest.mark.parametrize(
    ("login", "kind", "reason"),
    [
        ("u11", "identity", "level_too_low"),
        ("u11", "safety_plan", "level_too_low"),
        ("u11", "social_financial", "compartment_not_consented"),
        ("u02", "health", "compartment_not_consented"),
        ("u16", "risk_assessment", "level_too_low"),
    ],
)
def test_nobody_writes_beyond_their_cell(
    world: World, reference: str, login: str, kind: str, reason: str
) -> None:
    """Source: V1, V8."""
    with pytest.raises(ActRefusedError):
        write(world, login, reference, kind)

    last = last_entry(world.store)
    assert (last.event, last.outcome) == (audit.Event.ENTRY_WRITTEN, audit.Outcome.REFUSED)
    assert last.reason == reason


def test_an_outsider_writes_into_nothing(world: World, reference: str) -> None:
    """The same answer as for a dossier that does not exist. Source: V5."""
    for target in (reference, "V-0000-00"):
        with pytest.raises(UnknownDossierError):
            write(world, "u12", target, "identity")


def test_the_recorder_of_an_intake_writes_what_they_may_not_read_again(world: World) -> None:
    """Source: V13, S03."""
    lines = (("O5/INF", "ID CT HE PR RI RA", "HE PR"),)
    first = tuple(make_draft(one) for one in ("identity", "pregnancy", "risk_assessment", NOTE))
    reference = open_dossier(world, *lines, by="u07", participants="", entries=first)

    assert opens(world, "u07", reference) == "ID PR RI:f RA"
    assert entries(read(world, "u07", reference), "RI")[0].values is None
    grounds = {one.ground for one in log_entries(world.store, audit.Event.ENTRY_WRITTEN)}
    assert grounds == {"V13"}
    with pytest.raises(ActRefusedError, match="level_too_low"):
        write(world, "u07", reference, "pregnancy")


def test_an_intake_in_a_w_cell_stays_readable_to_those_who_wrote_it(world: World) -> None:
    """Referrals: everybody's cell is `w`, so nobody holds the whole key. Source: V1, V13."""
    first = make_draft("referrals_appointments_note")
    reference = open_dossier(world, entries=(first,))

    assert len(entries(read(world, "u01", reference), "RA")) == 1
    assert entries(read(world, "u11", reference), "RA") == ()


@pytest.mark.parametrize(
    ("line", "changes"),
    [(("O7/MED", "ID HE"), {}), (("O7/MED", "ID HE", "HE"), {"starts": WEDNESDAY})],
    ids=["without the tick of its own", "before the consent begins"],
)
def test_an_intake_writes_nothing_that_nobody_has_a_key_of(
    world: World, line: tuple[str, ...], changes: dict[str, object]
) -> None:
    """It is refused as input, not met as a fault. Source: V13, R5."""
    with pytest.raises(InvalidError) as refused:
        open_dossier(world, line, entries=(make_draft("health"),), participants="", **changes)

    assert refused.value.faults == {"entries.0.compartment": "not_consented"}


def test_an_intake_writes_only_where_she_agreed(world: World) -> None:
    """All of it or nothing. Source: V13."""
    terms = make_terms(world, ("O5/INF", "ID CT"))
    drafts = (make_draft("identity"), make_draft("health"))

    with pytest.raises(InvalidError) as caught:
        opening.open_dossier(world.store, world.cast["u07"], terms, drafts, now=TUESDAY)

    assert caught.value.faults == {"entries.1.compartment": "not_consented"}
    assert log_entries(world.store, audit.Event.DOSSIER_OPENED) == ()


def test_a_w_cell_reads_what_its_own_organisation_wrote(world: World, reference: str) -> None:
    """Two functions of one organisation share their appointments. Source: V1, S01."""
    write(world, "u01", reference, NOTE)

    assert len(entries(read(world, "u01", reference, now=WEDNESDAY), "RA")) == 1
    assert len(entries(read(world, "u02", reference, now=WEDNESDAY), "RA")) == 1
    assert entries(read(world, "u11", reference, now=WEDNESDAY), "RA") == ()
    assert opens(world, "u11", reference) == ""


def test_a_w_cell_reads_what_is_addressed_to_it(world: World, reference: str) -> None:
    """Source: V1."""
    write(world, "u01", reference, NOTE, "O11/CPAS")

    assert len(entries(read(world, "u16", reference, now=WEDNESDAY), "RA")) == 1
    assert opens(world, "u16", reference) == "RA"
    assert entries(read(world, "u11", reference, now=WEDNESDAY), "RA") == ()
    assert opens(world, "u11", reference) == ""


def test_a_reader_of_the_whole_compartment_reads_addressed_entries_too(world: World) -> None:
    """Through the inbox of the compartment, and flags through that of the flags. Source: V1."""
    reference = open_dossier(world, participants="u02 u11")
    write(world, "u01", reference, "incidents", "O1/PSY")

    assert opens(world, "u01", reference) == "IN"
    assert opens(world, "u02", reference) == "IN"
    assert opens(world, "u11", reference) == "IN:f"
    assert entries(read(world, "u11", reference, now=WEDNESDAY), "IN")[0].flags is not None


@pytest.mark.parametrize("service", ["O8/SAPV", "O7/MED", "O5/INF"])
def test_nothing_is_addressed_to_a_service_that_holds_flags_or_nothing(
    world: World, reference: str, service: str
) -> None:
    """Source: V1."""
    with pytest.raises(InvalidError) as caught:
        write(world, "u01", reference, "incidents", service)

    assert caught.value.faults == {"addressed_to": "not_a_recipient"}


def test_a_rectification_is_a_new_version_on_top(world: World, reference: str) -> None:
    """Nothing is overwritten, and the chain holds. Source: R27, STYLE."""
    entry_id = write(world, "u01", reference, "identity", family_name="Vandermostel")

    version = rectify(
        world, "u01", reference, entry_id, "identity", version=1, family_name="Vandermostelle"
    )

    (seen,) = entries(read(world, "u02", reference, now=THURSDAY), "ID")
    assert (seen.id, seen.version, version) == (entry_id, 2, 2)
    assert seen.values.reveal() == {"family_name": "Vandermostelle"}
    first, second = stored(world, reference, entry_id)
    assert second.previous == first.digest
    assert (first.latest, second.latest) == (False, True)


def stored(world: World, reference: str, entry_id: EntryId) -> list[object]:
    """Return every version of an entry as it is stored, first version first."""
    with world.store.engine.connect() as connection:
        query = table.select().where(table.c.id == entry_id).order_by(table.c.version)
        return connection.execute(query).all()


def test_whoever_saw_an_older_version_does_not_overwrite(world: World, reference: str) -> None:
    """The second of two is told, and its text is nowhere. Source: STYLE: a lost race is 409."""
    entry_id = write(world, "u01", reference, "identity")
    rectify(world, "u01", reference, entry_id, "identity", version=1, family_name="A")

    for stale in (1, 3, 0):
        with pytest.raises(StaleVersionError):
            rectify(world, "u01", reference, entry_id, "identity", version=stale, family_name="B")

    assert last_entry(world.store).reason == "lost_race"
    (seen,) = entries(read(world, "u01", reference, now=THURSDAY), "ID")
    assert seen.values.reveal() == {"family_name": "A"}


def test_a_w_cell_rectifies_its_own_organisation_s_entries_only(
    world: World, reference: str
) -> None:
    """Source: V1."""
    entry_id = write(world, "u01", reference, NOTE, "O11/CPAS")

    with pytest.raises(ActRefusedError):
        rectify(world, "u16", reference, entry_id, NOTE, version=1)
    assert last_entry(world.store).reason == "another_organisation"

    assert rectify(world, "u02", reference, entry_id, NOTE, version=1, subject="mercredi") == 2
    (seen,) = entries(read(world, "u16", reference, now=THURSDAY), "RA")
    assert (seen.author, seen.version) == ("Gauthier Pirnot", 2)


def test_an_entry_in_a_closed_compartment_is_like_none(world: World, reference: str) -> None:
    """Whether it exists is not told. Source: V5, V6."""
    there = write(world, "u01", reference, "social_financial")
    absent = EntryId(new_id())

    raised = []
    for entry_id in (there, absent):
        with pytest.raises(UnknownDossierError) as caught:
            rectify(world, "u11", reference, entry_id, "social_financial", version=1)
        raised.append((type(caught.value), caught.value.args))

    assert raised[0] == raised[1]


def test_what_is_stored_says_nothing(world: World, reference: str) -> None:
    """Neither the values nor their length: a short text is padded.

    Source: DESIGN 5.
    """
    write(world, "u01", reference, "identity", family_name="A")
    write(world, "u01", reference, "identity", family_name="Vandermostelle", first_name="Coralie")

    with world.store.peek() as work:
        rows = work.entries.latest(work.dossiers.id_of(reference), [CODES["ID"]])
    assert all(b"Vandermostelle" not in row.body + row.flags for row in rows)
    assert len({len(row.body) for row in rows}) == 1


def test_the_log_tells_which_version_and_no_value(world: World, reference: str) -> None:
    """Source: V8."""
    entry_id = write(world, "u01", reference, "identity")

    last = last_entry(world.store)
    assert (last.event, last.subject, last.count) == (audit.Event.ENTRY_WRITTEN, entry_id, 1)
    assert len(last.digest) == 32
    assert "Vandermostelle" not in repr(last)

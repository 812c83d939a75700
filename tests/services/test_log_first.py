"""Record, commit, disclose: nothing is read that the log does not know of."""

from collections.abc import Callable

import pytest

from tests.worlds import (
    TUESDAY,
    WEDNESDAY,
    World,
    last_entry,
    log_entries,
    make_draft,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import CODES, Reason
from vepshare.errors import LogUnavailableError, VepshareError
from vepshare.plain import Plain
from vepshare.services import (
    Given,
    closing,
    consents,
    dossiers,
    exclusions,
    lists,
    log,
    opening,
    overview,
    participants,
    platform,
    sessions,
    today,
)
from vepshare.services import entries as writing
from vepshare.storage._log import Log
from vepshare.storage._tables import metadata

Act = Callable[[World, str, str], object]

# Every service that takes a caller, with the event it leaves.
ACTS: dict[str, Act] = {
    "dossier.read": lambda w, u, r: read(w, u, r, now=WEDNESDAY),
    "dossier.listed": lambda w, u, _: lists.list_dossiers(w.store, w.cast[u], now=WEDNESDAY),
    "dossier.searched": lambda w, u, _: lists.search_dossiers(
        w.store, w.cast[u], "x", now=WEDNESDAY
    ),
    "dossier.opened": lambda w, u, _: opening.open_dossier(
        w.store, w.cast[u], make_terms(w), now=WEDNESDAY
    ),
    "entry.written": lambda w, u, r: writing.write_entry(
        w.store, w.cast[u], r, make_draft("identity"), now=WEDNESDAY
    ),
    "consent.read": lambda w, u, r: consents.list_consents(w.store, w.cast[u], r, now=WEDNESDAY),
    "consent.given": lambda w, u, r: consents.give(
        w.store, w.cast[u], r, make_terms(w, ("O5/ASH", "ID")), now=WEDNESDAY
    ),
    "consent.withdrawn": lambda w, u, r: consents.withdraw(
        w.store, w.cast[u], r, None, targets=[w.target("O7")], now=WEDNESDAY
    ),
    "participant.read": lambda w, u, r: participants.list_participants(
        w.store, w.cast[u], r, now=WEDNESDAY
    ),
    "participant.invited": lambda w, u, r: participants.invite(
        w.store, w.cast[u], r, w.hat("u16"), Reason.MEETING, now=WEDNESDAY
    ),
    "participant.joined": lambda w, u, r: participants.join(
        w.store, w.cast[u], r, Reason.MEETING, now=WEDNESDAY
    ),
    "participant.left": lambda w, u, r: participants.leave(w.store, w.cast[u], r, now=WEDNESDAY),
    "exclusion.declared": lambda w, u, r: exclusions.exclude(
        w.store, w.cast[u], r, organisation_id=w.organisation_id("O13"), now=WEDNESDAY
    ),
    "tie.declared": lambda w, u, r: exclusions.declare_tie(w.store, w.cast[u], r, now=WEDNESDAY),
    "exclusion.read": lambda w, u, r: exclusions.list_exclusions(
        w.store, w.cast[u], r, now=WEDNESDAY
    ),
    "overview.read": lambda w, u, r: overview.explain(w.store, w.cast[u], r, now=WEDNESDAY),
    "readers.read": lambda w, u, r: overview.readers(w.store, w.cast[u], r, now=WEDNESDAY),
    "access.read": lambda w, u, _: overview.my_access(w.store, w.cast[u], now=WEDNESDAY),
    "tasks.read": lambda w, u, _: today.today(w.store, w.cast[u], now=WEDNESDAY),
    "closing_sheet.read": lambda w, u, r: closing.read_sheet(w.store, w.cast[u], r, now=WEDNESDAY),
    "dossier.erased": lambda w, u, r: closing.erase(w.store, w.cast[u], r, now=WEDNESDAY),
    "log.read": lambda w, u, _: log.read_log(w.store, w.cast[u], log.Wanted(), now=WEDNESDAY),
}


@pytest.fixture
def reference(world: World) -> str:
    return open_dossier(world, participants="u02 u11", entries=(make_draft("identity"),))


@pytest.mark.parametrize("event", ACTS)
@pytest.mark.parametrize("login", ["u01", "u12"])
def test_whatever_is_asked_leaves_a_durable_entry(
    world: World, reference: str, login: str, event: str
) -> None:
    """Allowed or refused, and seen by another connection. Source: V8, R48."""
    before = log_entries(world.store)

    outcome = audit.Outcome.ALLOWED
    try:
        ACTS[event](world, login, reference)
    except VepshareError:
        outcome = audit.Outcome.REFUSED

    new = log_entries(world.store)[len(before) :]
    (about,) = [one for one in new if one.event.value == event]
    assert (about.outcome, about.actor) == (outcome, world.cast[login].id)
    assert about.request == world.cast[login].request
    assert (outcome is audit.Outcome.ALLOWED) == (about.reason == "")


@pytest.mark.parametrize("event", ACTS)
def test_when_the_log_cannot_be_written_nothing_is_disclosed(
    world: World, reference: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is stored. Source: V8."""
    before = tables(world)
    monkeypatch.setattr(Log, "append", _unavailable)

    with pytest.raises(LogUnavailableError):
        ACTS[event](world, "u01", reference)

    monkeypatch.undo()
    assert tables(world) == before


def _unavailable(*_given: object, **_named: object) -> None:
    raise LogUnavailableError


def tables(world: World) -> dict[str, list[object]]:
    """Return every row of every table."""
    with world.store.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(table.select())))
            for name, table in metadata.tables.items()
        }


def test_the_entry_is_committed_before_anything_is_unsealed(
    world: World, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: V8, STYLE: record, commit, disclose."""
    seen: list[audit.Event] = []
    unseal = dossiers.Opener._unseal

    def watched(*given: object) -> object:
        seen.append(last_entry(world.store).event)
        return unseal(*given)

    monkeypatch.setattr(dossiers.Opener, "_unseal", watched)
    read(world, "u02", reference)

    assert seen == [audit.Event.DOSSIER_READ]


def test_a_reading_says_what_was_open_at_which_level_by_which_consent(
    world: World, reference: str
) -> None:
    """Source: V8, R48."""
    read(world, "u11", reference)

    entry = last_entry(world.store)
    (consent,) = consents.list_consents(
        world.store, world.cast["u01"], reference, now=WEDNESDAY
    ).consents
    assert entry.compartments[CODES["HE"].value] == "W"
    assert entry.compartments[CODES["IN"].value] == "F"
    assert CODES["SF"].value not in entry.compartments
    assert (entry.ground, entry.purpose) == (str(consent.id), "coordination")
    assert (entry.profession, entry.matrix) == ("MED", "0")


def test_the_log_holds_no_content_and_no_name(world: World, reference: str) -> None:
    """Source: V8."""
    for event, act in ACTS.items():
        if event not in {"participant.left", "tie.declared"}:
            try:
                act(world, "u01", reference)
            except VepshareError:
                continue

    shown = repr(log_entries(world.store)).casefold()
    for name in ("vandermostelle", "coralie", "hirondelle", "mertolla", reference.casefold()):
        assert name not in shown


def test_only_the_officer_reads_the_log(world: World, reference: str) -> None:
    """Source: V8, R19."""
    for login in ("u01", "u22", "u24", "u12"):
        with pytest.raises(VepshareError, match="function_may_not"):
            log.read_log(world.store, world.cast[login], log.Wanted(), now=WEDNESDAY)

    page = log.read_log(
        world.store, world.cast["u21"], log.Wanted(dossier=reference), now=WEDNESDAY
    )

    assert page.total == len(page.entries) > 0
    assert set(page.references.values()) == {reference}


def test_the_officer_turns_pages_and_meets_every_entry_once(world: World, reference: str) -> None:
    """Source: R48."""
    cursor, indices = None, []
    while True:
        page = log.read_log(
            world.store,
            world.cast["u21"],
            log.Wanted(until=TUESDAY),
            cursor=cursor,
            limit=7,
            now=WEDNESDAY,
        )
        indices += [one.index for one in page.entries]
        cursor = page.next
        if cursor is None:
            break

    assert indices == sorted(set(indices), reverse=True)
    assert len(indices) == page.total


def test_proofs_convince_whoever_has_a_checkpoint(world: World, reference: str) -> None:
    """Source: RFC 9162."""
    old = platform.checkpoint(world.store, world.custody, now=TUESDAY)
    read(world, "u01", reference)
    new = platform.checkpoint(world.store, world.custody, now=WEDNESDAY)
    first, second = (
        audit.open_checkpoint(one, "test.example/log", world.custody.log_keys[0].public)
        for one in (old, new)
    )
    officer = world.cast["u21"]
    leaf = audit.leaf_hash(raw_entry(world, second.size - 1))

    inclusion = log.inclusion(
        world.store, officer, index=second.size - 1, size=second.size, now=WEDNESDAY
    )
    consistency = log.consistency(
        world.store, officer, first=first.size, second=second.size, now=WEDNESDAY
    )

    audit.verify_inclusion(leaf, second.size - 1, second.size, inclusion, second.root)
    audit.verify_consistency(first.size, second.size, first.root, second.root, consistency)
    assert log.last_checkpoint(world.store, officer, now=WEDNESDAY) == new


def raw_entry(world: World, index: int) -> bytes:
    with world.store.peek() as work:
        return next(one.entry for one in work.log.stored() if one.index == index)


def test_signing_in_fails_when_the_log_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source: V8."""
    monkeypatch.setattr(Log, "append", _unavailable)
    given = sessions.Credentials(
        login="u01", given=Given(passphrase=Plain("demo-u01-vepshare"), alone=True)
    )

    with pytest.raises(LogUnavailableError):
        sessions.sign_in(
            world.store,
            world.custody.peppers,
            given,
            request=sessions.new_request(),
            now=TUESDAY,
        )

"""What a restoration does not bring back: the erased, the withdrawn, a smaller log."""

import json
from pathlib import Path

import pytest

from tests.worlds import (
    TUESDAY,
    WEDNESDAY,
    World,
    log_entries,
    make_draft,
    make_line,
    make_terms,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.app import create_app
from vepshare.config import Settings
from vepshare.dossier import State
from vepshare.errors import ConfigurationError
from vepshare.services import (
    AccessEndedError,
    UnknownDossierError,
    closing,
    consents,
    ledger,
    lists,
    platform,
    restoring,
    today,
)
from vepshare.services.custody import Places
from vepshare.services.ledger import LedgerFile
from vepshare.storage import Store

from .backing_up import back_up, dump, elsewhere, restore
from .raw_keys import opens, wrapped_to


@pytest.fixture
def path(world: World, tmp_path: Path) -> Path:
    """The ledger of `world`, which is told of every act."""
    found = tmp_path / "ledger"
    ledger.attach(world.store, found)
    return found


@pytest.fixture
def reference(world: World, path: Path) -> str:
    return open_dossier(world, entries=(make_draft("identity"), make_draft("health")))


def facts(path: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in path.read_bytes().splitlines()]


def settings(world: World, path: Path) -> Settings:
    return Settings(
        database=world.url,
        places=Places(
            peppers=(f"file:{world.pepper_path}",), log_keys=(f"file:{world.log_key_path}",)
        ),
        ledger_file=path,
        evaluation=True,
    )


def opening(world: World, reference: str) -> set[str]:
    """Return who of the cast opens anything, with everybody's private keys at hand."""
    return {login for login in world.cast if opens(world, login, reference)}


def test_an_older_backup_opens_nothing_of_what_was_erased(
    world: World, reference: str, path: Path, tmp_path: Path
) -> None:
    """With the private keys of everybody. Source: R55, S02-A2."""
    manifest = back_up(world, tmp_path)
    assert {"u01", "u16"} <= opening(world, reference)
    consents.withdraw(world.store, world.cast["u01"], reference, None, now=WEDNESDAY)
    closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)
    assert "erased" in facts(path)

    with elsewhere(world, tmp_path) as other:
        known = LedgerFile(path).read()
        restored = restore(manifest, other.url, other.custody, known=known)

        assert (restored.erased, restored.withheld) == (1, ())
        assert opening(other, reference) == set()
        found = dump(other.store)
        tables = ("entries", "entry_wraps", "addressees", "epochs", "wraps", "pending", "tasks")
        assert {name: found[name] for name in tables} == {name: [] for name in tables}
        assert [row[0] for row in found["erasures"]] == [found["dossiers"][0][0]]
        assert found["dossiers"][0][3] == State.ERASED
        with pytest.raises(UnknownDossierError):
            read(other, "u12", reference)


def test_without_the_ledger_the_older_backup_would_open_it(
    world: World, reference: str, path: Path, tmp_path: Path
) -> None:
    """What the ledger is for; SECURITY.md says so. Source: CRYPTO 3.5."""
    manifest = back_up(world, tmp_path)
    consents.withdraw(world.store, world.cast["u01"], reference, None, now=WEDNESDAY)
    closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    with elsewhere(world, tmp_path) as other:
        restore(manifest, other.url, other.custody)
        assert {"u01", "u16"} <= opening(other, reference)


@pytest.mark.parametrize("login", ["u01", "u11", "u16"])
def test_a_withdrawn_consent_is_not_revived(
    world: World, reference: str, path: Path, tmp_path: Path, login: str
) -> None:
    """The backup does not know of the withdrawal: nothing of the dossier is served. Source: V4."""
    manifest = back_up(world, tmp_path)
    target = (world.target("O7/MED"),)
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=target, now=WEDNESDAY
    )

    with elsewhere(world, tmp_path) as other:
        known = LedgerFile(path).read()
        restored = restore(manifest, other.url, other.custody, known=known)

        assert (restored.erased, restored.withheld) == (0, (reference,))
        assert restored.lost > 0
        for act in (
            lambda: read(other, login, reference, now=WEDNESDAY),
            lambda: consents.withdraw(
                other.store, other.cast[login], reference, None, now=WEDNESDAY
            ),
            lambda: closing.read_sheet(other.store, other.cast[login], reference, now=WEDNESDAY),
        ):
            with pytest.raises(UnknownDossierError):
                act()
        assert lists.list_dossiers(other.store, other.cast[login], now=WEDNESDAY) == ()
        assert today.today(other.store, other.cast[login], now=WEDNESDAY).closing == ()
        assert opening(other, reference) == set()
        assert {one for one in world.cast if wrapped_to(other, one, reference)} == set()


def test_a_newer_backup_that_knows_the_withdrawal_is_served(
    world: World, reference: str, path: Path, tmp_path: Path
) -> None:
    """Also in the place of one that was withheld. Source: V4."""
    older = back_up(world, tmp_path)
    target = (world.target("O7/MED"),)
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=target, now=WEDNESDAY
    )
    newer = back_up(world, tmp_path, now=WEDNESDAY)

    with elsewhere(world, tmp_path) as other:
        known = LedgerFile(path).read()
        assert restore(older, other.url, other.custody, known=known).withheld == (reference,)
        other.store.dispose()
        again = restore(newer, other.url, other.custody, known=known, replace=True)

        assert (again.withheld, again.lost) == ((), 0)
        assert read(other, "u01", reference, now=WEDNESDAY).compartments
        assert opens(other, "u11", reference) == ""


def test_a_consent_that_only_adds_withholds_nothing(
    world: World, path: Path, tmp_path: Path
) -> None:
    """Losing it opens nothing to anybody. Source: V4."""
    reference = open_dossier(world, make_line(world, "O1/SVA", "ID CT"), participants="")
    manifest = back_up(world, tmp_path)
    terms = make_terms(world, make_line(world, "O11/CPAS", "ID"), starts=WEDNESDAY, refused=())
    consents.give(world.store, world.cast["u01"], reference, terms, now=WEDNESDAY)

    with elsewhere(world, tmp_path) as other:
        known = LedgerFile(path).read()
        assert restore(manifest, other.url, other.custody, known=known).withheld == ()
        assert read(other, "u01", reference, now=WEDNESDAY).compartments


def test_a_loss_that_is_accepted_closes_for_good(
    world: World, reference: str, path: Path, tmp_path: Path
) -> None:
    """Source: V4, R55."""
    manifest = back_up(world, tmp_path)
    target = (world.target("O7/MED"),)
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=target, now=WEDNESDAY
    )
    with elsewhere(world, tmp_path) as other:
        file = LedgerFile(path)
        restore(manifest, other.url, other.custody, known=file.read())
        restoring.acknowledge(other.store, file, now=WEDNESDAY)
        ledger.attach(other.store, path)

        assert restoring.accept_loss(other.store, reference, now=WEDNESDAY) == 2

        assert opening(other, reference) == set()
        assert len(file.read().erased) == 1
        last = log_entries(other.store)[-1]
        assert (last.event, last.ground) == (audit.Event.DOSSIER_ERASED, "loss_accepted")
        with pytest.raises(ConfigurationError, match="not withheld"):
            restoring.accept_loss(other.store, reference, now=WEDNESDAY)
        for login in ("u01", "u16"):
            with pytest.raises((UnknownDossierError, AccessEndedError)):
                read(other, login, reference, now=WEDNESDAY)


def test_only_a_withheld_dossier_can_be_given_up(world: World, reference: str) -> None:
    for one in (reference, "V-0000-00"):
        with pytest.raises(ConfigurationError, match="not withheld"):
            restoring.accept_loss(world.store, one, now=WEDNESDAY)
    assert read(world, "u01", reference).compartments


def test_a_smaller_log_is_neither_served_nor_signed(
    world: World, reference: str, path: Path, tmp_path: Path
) -> None:
    """Source: CRYPTO 5.5."""
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    manifest = back_up(world, tmp_path)
    target = (world.target("O7/MED"),)
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=target, now=WEDNESDAY
    )
    with elsewhere(world, tmp_path) as other:
        file = LedgerFile(path)
        restored = restore(manifest, other.url, other.custody, known=file.read())
        with pytest.raises(ConfigurationError, match="--acknowledge"):
            create_app(settings(other, path), store=other.store)
        with pytest.raises(ConfigurationError, match="--acknowledge"):
            ledger.attach(other.store, path)

        origin = restoring.acknowledge(other.store, file, now=WEDNESDAY)

        assert origin == "test.example/log/2"
        create_app(settings(other, path), store=other.store)
        note = platform.checkpoint(other.store, other.custody, now=WEDNESDAY)
        assert note.startswith("test.example/log/2\n")
        report = platform.verify_log(other.store)
        assert (report.faults, report.size > restored.size) == ((), True)
        grounds = [one.ground for one in log_entries(other.store)[restored.size :]]
        assert grounds == ["restored", "withheld"]
        with pytest.raises(ConfigurationError):
            restoring.acknowledge(other.store, file, now=WEDNESDAY)


def test_an_act_stands_when_the_ledger_cannot_be_written_and_is_told_later(
    world: World, reference: str, path: Path
) -> None:
    """The outbox principle: a crash in between is made good. Source: STYLE."""
    written = path.read_bytes()
    path.unlink()
    path.mkdir()

    target = (world.target("O7/MED"),)
    consents.withdraw(
        world.store, world.cast["u01"], reference, None, targets=target, now=WEDNESDAY
    )
    assert opens(world, "u11", reference) == ""
    path.rmdir()
    # As if the machine had stopped in the middle of a line.
    path.write_bytes(written + b'{"kind": "clo')

    again = Store(world.url)
    ledger.attach(again, path)
    again.dispose()

    assert facts(path)[-2:] == ["closed", "log"]
    with world.store.peek() as work:
        assert work.ledger.due(most=10) == ()


def test_a_ledger_with_a_foreign_line_is_refused(world: World, path: Path) -> None:
    path.write_bytes(b'{"kind": "opened"}\n')
    with pytest.raises(ConfigurationError, match="line 1"):
        ledger.attach(world.store, path)


def test_the_ledger_is_private_and_holds_ids_only(world: World, reference: str, path: Path) -> None:
    """Source: R55."""
    consents.withdraw(world.store, world.cast["u01"], reference, None, now=WEDNESDAY)
    closing.erase(world.store, world.cast["u01"], reference, now=WEDNESDAY)

    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text()
    assert reference not in text
    assert "Hirondelle" not in text
    assert world.organisation_id("O7").hex not in text

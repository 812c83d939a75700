"""A vault that fails while the server runs: nobody is told that they typed wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.vaults import FakeVault, Key, running
from tests.worlds import TUESDAY, World, log_entries
from vepshare.errors import CustodyProblem, CustodyUnavailableError
from vepshare.services import platform

from .custodies import (
    everything,
    in_vault,
)
from .signing_in import sign_in


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with running() as made:
        yield made


def sealed(vault: FakeVault) -> None:
    vault.sealed = True


def slow(vault: FakeVault) -> None:
    vault.silent = 1


def other_token(vault: FakeVault) -> None:
    vault.token = "s.another"


def no_key(vault: FakeVault) -> None:
    vault.keys.clear()


def garbage(vault: FakeVault) -> None:
    vault.garbage = b"<html>A proxy says good day.</html>"


def forged(vault: FakeVault) -> None:
    vault.forge = True


@pytest.mark.parametrize("fail", [sealed, slow, other_token, no_key, garbage])
def test_while_the_vault_fails_signing_in_is_unavailable_and_nothing_is_counted(
    world: World, vault: FakeVault, tmp_path: Path, fail: Callable[[FakeVault], None]
) -> None:
    """Whether the login is known or the passphrase right: never a wrong password. Source: R58."""
    moved = in_vault(world, vault, tmp_path)
    before = everything(moved.store)
    fail(vault)

    for login, passphrase in (("u01", None), ("u01", "wrong"), ("nobody", "wrong")):
        with pytest.raises(CustodyUnavailableError):
            sign_in(moved, login, passphrase)

    assert everything(moved.store) == before


def test_a_pepper_that_was_made_again_is_no_wrong_password(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    moved = in_vault(world, vault, tmp_path)
    before = everything(moved.store)
    vault.keys["pepper"] = Key("hmac")

    with pytest.raises(CustodyUnavailableError) as caught:
        sign_in(moved)

    assert caught.value.problem is CustodyProblem.WRONG_KEY
    assert everything(moved.store) == before


@pytest.mark.parametrize("fail", [sealed, slow, garbage, forged])
def test_a_checkpoint_that_cannot_be_signed_is_not_kept(
    world: World, vault: FakeVault, tmp_path: Path, fail: Callable[[FakeVault], None]
) -> None:
    moved = in_vault(world, vault, tmp_path)
    before = everything(moved.store)
    fail(vault)

    with pytest.raises(CustodyUnavailableError):
        platform.checkpoint(moved.store, moved.custody, now=TUESDAY)

    assert everything(moved.store) == before


def test_a_vault_is_never_waited_for_inside_a_transaction(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    """Somebody else writes to the log while the vault thinks."""
    moved = in_vault(world, vault, tmp_path)
    answer, written = vault.answer, []

    def thinking(*asked: object) -> tuple[int, object]:
        with moved.store.begin() as work:
            work.log.lock()
            written.append(asked[:2])
        return answer(*asked)

    vault.answer = thinking
    assert sign_in(moved).caller
    platform.checkpoint(moved.store, moved.custody, now=TUESDAY)

    assert [path for _method, path in written] == [
        "/v1/transit/hmac/pepper",
        "/v1/transit/sign/log",
    ]


def test_when_the_vault_is_back_everybody_signs_in(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    moved = in_vault(world, vault, tmp_path)
    vault.sealed = True
    for _ in range(12):
        with pytest.raises(CustodyUnavailableError):
            sign_in(moved)
    vault.sealed = False

    assert sign_in(moved).caller
    assert [one.event.value for one in log_entries(moved.store)][-1] == "session.opened"

"""Whose keys a process runs under: it starts with the right ones, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vaults import FakeVault, Key, running
from tests.worlds import TUESDAY, World
from vepshare import audit, crypto
from vepshare.app import create_app
from vepshare.config import Settings
from vepshare.errors import ConfigurationError
from vepshare.services import SignInRefusedError, platform
from vepshare.services.custody import Places

from .custodies import (
    everything,
    file_places,
    imported,
    in_vault,
    private,
    raw_log_key,
    raw_pepper,
    vault_places,
)
from .signing_in import sign_in


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with running() as made:
        yield made


def start(world: World, places: Places) -> None:
    """Start as a server does: open the keys, and check that they belong to the database."""
    settings = Settings(database=world.url, places=places, demo=True)
    create_app(settings, store=world.store)


def refused(world: World, places: Places) -> str:
    """Return the one line with which a start is refused that has changed nothing."""
    before = everything(world.store)
    with pytest.raises(ConfigurationError) as caught:
        start(world, places)
    line = str(caught.value)
    assert "\n" not in line
    assert raw_pepper(world).hex() not in line
    assert everything(world.store) == before
    return line


def credentials(world: World, folder: Path) -> Places:
    folder.mkdir(mode=0o500)
    folder.chmod(0o700)
    private(folder / "pepper", world.pepper_path.read_bytes()).chmod(0o400)
    private(folder / "log-key", world.log_key_path.read_bytes()).chmod(0o400)
    return Places(
        peppers=("systemd:pepper",), log_keys=("systemd:log-key",), credentials=str(folder)
    )


def test_it_starts_with_its_keys_in_files_credentials_or_a_vault(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    imported(world, vault)

    for places in (
        file_places(world),
        credentials(world, tmp_path / "credentials"),
        vault_places(vault, tmp_path),
    ):
        start(world, places)


def test_the_same_keys_elsewhere_open_the_same_sessions_and_sign_the_same_log(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    moved = in_vault(world, vault, tmp_path)

    assert sign_in(moved).caller.login == "u01"
    with pytest.raises(SignInRefusedError):
        sign_in(moved, passphrase="wrong")
    note = platform.checkpoint(moved.store, moved.custody, now=TUESDAY)
    public = world.custody.log_keys[0].public
    assert audit.open_checkpoint(note, "test.example/log", public)
    assert platform.verify_log(moved.store).whole


def test_the_pepper_of_another_installation_is_refused(world: World, tmp_path: Path) -> None:
    crypto.create_pepper_file(tmp_path / "other")
    places = file_places(world, peppers=(f"file:{tmp_path / 'other'}",))

    assert "the pepper is not the one this database was set up with" in refused(world, places)


def test_the_log_key_of_another_installation_is_refused(world: World, tmp_path: Path) -> None:
    audit.create_log_key_file(tmp_path / "other")
    places = file_places(world, log_keys=(f"file:{tmp_path / 'other'}",))

    assert "the log key is not the one this database was set up with" in refused(world, places)


@pytest.mark.parametrize("name", ["pepper", "log-key"])
def test_a_credential_that_others_can_read_is_refused(
    world: World, tmp_path: Path, name: str
) -> None:
    places = credentials(world, tmp_path / "credentials")
    (tmp_path / "credentials" / name).chmod(0o444)

    assert "open to others" in refused(world, places)


@pytest.mark.parametrize("name", ["pepper", "log-key"])
def test_a_credential_that_is_missing_or_something_else_is_refused(
    world: World, tmp_path: Path, name: str
) -> None:
    places = credentials(world, tmp_path / "credentials")
    (tmp_path / "credentials" / name).unlink()
    assert "not read" in refused(world, places)

    private(tmp_path / "credentials" / name, b"something else")
    assert name in refused(world, places)
    assert "CREDENTIALS_DIRECTORY" in refused(world, replace(places, credentials=""))


@pytest.mark.parametrize(
    "address", ["", "pepper", "file:", "nowhere:pepper", "/etc/pepper", "vault:pepper", "FILE:/x"]
)
def test_an_address_that_is_none_is_refused(world: World, address: str) -> None:
    refused(world, file_places(world, peppers=(address,)))
    refused(world, file_places(world, log_keys=(address,)))


def test_a_key_that_is_configured_twice_or_not_at_all_is_refused(
    world: World, tmp_path: Path
) -> None:
    for kind, path in (("peppers", world.pepper_path), ("log_keys", world.log_key_path)):
        copy = private(tmp_path / kind, path.read_bytes())
        twice = file_places(world, **{kind: (f"file:{path}", f"file:{copy}")})
        assert "configured twice" in refused(world, twice)
        assert "not configured" in refused(world, file_places(world, **{kind: ()}))


def sealed(vault: FakeVault) -> None:
    vault.sealed = True


def slow(vault: FakeVault) -> None:
    vault.silent = 1


def other_token(vault: FakeVault) -> None:
    vault.token = "s.another"


def no_key(vault: FakeVault) -> None:
    vault.keys.clear()


def wrong_type(vault: FakeVault) -> None:
    vault.keys["pepper"].kind = vault.keys["log"].kind = "aes256-gcm96"


def exportable(vault: FakeVault) -> None:
    vault.keys["pepper"].exportable = vault.keys["log"].exportable = True


def garbage(vault: FakeVault) -> None:
    vault.garbage = b"<html>A proxy says good day.</html>"


FAILING: list[tuple[Callable[[FakeVault], None], str]] = [
    (sealed, "the vault is sealed"),
    (slow, "takes too long"),
    (other_token, "does not let this process use it"),
    (no_key, "no such key"),
    (wrong_type, "of the wrong kind"),
    (exportable, "could be given out"),
    (garbage, "answers something else"),
]


@pytest.mark.parametrize(("fail", "expected"), FAILING)
def test_a_vault_that_fails_is_refused_in_one_line(
    world: World,
    vault: FakeVault,
    tmp_path: Path,
    fail: Callable[[FakeVault], None],
    expected: str,
) -> None:
    imported(world, vault)
    fail(vault)
    places = vault_places(vault, tmp_path)

    assert expected in refused(world, places)
    pepper_here = replace(places, peppers=file_places(world).peppers)
    assert expected in refused(world, pepper_here)
    log_key_here = replace(places, log_keys=file_places(world).log_keys)
    assert expected in refused(world, log_key_here)


def test_a_vault_that_signs_with_another_key_than_it_shows_is_refused(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    imported(world, vault)
    vault.forge = True

    assert "not the key that it was" in refused(world, vault_places(vault, tmp_path))


def test_the_key_of_another_installation_in_a_vault_is_refused(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    imported(world, vault)
    vault.keys["pepper"] = Key("hmac")
    assert "the pepper is not the one" in refused(world, vault_places(vault, tmp_path))

    imported(world, vault)
    vault.keys["log"] = Key("ed25519")
    assert "the log key is not the one" in refused(world, vault_places(vault, tmp_path))


def test_a_token_that_is_missing_or_open_to_others_is_refused(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    imported(world, vault)
    places = vault_places(vault, tmp_path)
    (tmp_path / "token").chmod(0o644)
    assert "vault token is open to others" in refused(world, places)

    (tmp_path / "token").unlink()
    assert "vault token not read" in refused(world, places)
    assert vault.asked == []


def test_a_vault_that_fails_after_it_was_opened_is_refused_in_one_line_too(
    world: World, vault: FakeVault, tmp_path: Path
) -> None:
    moved = in_vault(world, vault, tmp_path)
    vault.sealed = True
    settings = Settings(database=world.url, places=file_places(world), demo=True)

    with pytest.raises(ConfigurationError, match="the vault is sealed"):
        create_app(settings, store=moved.store, custody=moved.custody)


def test_the_raw_keys_of_a_world_are_what_its_files_say(world: World) -> None:
    """What the tests above import into a vault is what the installation was set up with."""
    assert crypto.PepperKey(raw_pepper(world)).id == world.custody.peppers.ids[0]
    assert len(raw_log_key(world)) == 32

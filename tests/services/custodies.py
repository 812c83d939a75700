"""Installations whose keys lie elsewhere than in the files they were made in."""

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.vaults import TOKEN, FakeVault, Key
from tests.worlds import World
from vepshare.services.custody import Custody, Places, VaultPlace, open_custody
from vepshare.storage import Store
from vepshare.storage._tables import metadata

PATIENCE = 0.4


def raw_pepper(world: World) -> bytes:
    return bytes.fromhex(world.pepper_path.read_text("ascii").strip())


def raw_log_key(world: World) -> bytes:
    key = serialization.load_pem_private_key(world.log_key_path.read_bytes(), None)
    return key.private_bytes_raw()


def imported(world: World, vault: FakeVault) -> None:
    """Move the keys of an installation into a vault: they keep their names."""
    vault.keys["pepper"] = Key("hmac", {1: raw_pepper(world)})
    vault.keys["log"] = Key("ed25519", {1: raw_log_key(world)})


def private(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def vault_places(vault: FakeVault, folder: Path, **changes: object) -> Places:
    """Return where the keys of an installation are that keeps both in a vault."""
    token = private(folder / "token", TOKEN.encode())
    place = VaultPlace(
        address=vault.address,
        token=f"file:{token}",
        seconds=PATIENCE,
        plain_on_loopback=True,
    )
    given = {"peppers": ("vault:pepper",), "log_keys": ("vault:log",), "vault": place}
    return Places(**(given | changes))


def in_vault(world: World, vault: FakeVault, folder: Path) -> World:
    """Return the same installation, run by a process that has its keys in a vault."""
    imported(world, vault)
    return replace(world, custody=open_custody(vault_places(vault, folder)))


def file_places(world: World, **changes: object) -> Places:
    given = {
        "peppers": (f"file:{world.pepper_path}",),
        "log_keys": (f"file:{world.log_key_path}",),
    }
    return Places(**(given | changes))


def with_custody(world: World, places: Places) -> World:
    return replace(world, custody=open_custody(places))


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the database, to see that nothing has changed."""
    with store.engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for name, table in metadata.tables.items()
        }


def one_pepper(custody: Custody) -> str:
    [name] = custody.peppers.ids
    return name

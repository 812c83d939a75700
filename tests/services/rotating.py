"""An installation in the middle of a rotation, and what an operator does to it."""

from pathlib import Path

from tests.worlds import TUESDAY, WEDNESDAY, World
from vepshare import audit, crypto
from vepshare.services import platform, rotation

from .custodies import file_places, with_custody


def both_peppers(world: World, folder: Path) -> World:
    """Return the installation run with a second pepper, which the database does not know yet."""
    path = folder / "new-pepper"
    if not path.exists():
        crypto.create_pepper_file(path)
    return with_custody(
        world, file_places(world, peppers=(f"file:{world.pepper_path}", f"file:{path}"))
    )


def new_pepper(world: World, folder: Path) -> World:
    """Return the installation run with the second pepper alone."""
    return with_custody(world, file_places(world, peppers=(f"file:{folder / 'new-pepper'}",)))


def both_log_keys(world: World, folder: Path) -> World:
    path = folder / "new-log-key"
    if not path.exists():
        audit.create_log_key_file(path)
    return with_custody(
        world, file_places(world, log_keys=(f"file:{world.log_key_path}", f"file:{path}"))
    )


def new_log_key(world: World, folder: Path) -> World:
    return with_custody(world, file_places(world, log_keys=(f"file:{folder / 'new-log-key'}",)))


def under(world: World, login: str) -> str:
    """Return the name of the pepper that somebody's passphrase is locked under."""
    with world.store.peek() as work:
        [method] = work.sessions.methods(world.cast[login].id)
    return method.pepper_id


def states(world: World) -> list[str]:
    return [one.row.state.value for one in rotation.peppers(world.store, world.custody)]


def rotate_pepper(world: World) -> rotation.Turn:
    return rotation.rotate_pepper(world.store, world.custody, now=TUESDAY)


def rotate_log_key(world: World) -> rotation.Turn:
    return rotation.rotate_log_key(world.store, world.custody, now=TUESDAY)


def checkpoint(world: World) -> str:
    return platform.checkpoint(world.store, world.custody, now=WEDNESDAY)


def both_places(world: World, folder: Path) -> tuple[str, ...]:
    both_peppers(world, folder)
    return (f"file:{folder / 'new-pepper'}",)

"""Making a demonstration: a folder with its own secrets and database, and two stories in it."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from vepshare import audit, crypto
from vepshare.config import Settings
from vepshare.demo._cast import add_cast
from vepshare.demo._play import beginning, play_all
from vepshare.errors import ConfigurationError
from vepshare.services import platform
from vepshare.services.custody import Places, open_custody
from vepshare.storage import Store

_MARK = "this-is-a-vepshare-demonstration"


def prepare(folder: Path, *, now: datetime, keep: bool, say: Callable[[str], object]) -> Settings:
    """Return the settings of a demonstration in *folder*, made anew unless *keep* is set.

    Raises:
        ConfigurationError: the folder holds something else, which is left alone.

    """
    settings = Settings(
        database=f"sqlite:///{folder / 'vepshare.db'}",
        places=Places(
            peppers=(f"file:{folder / 'pepper'}",), log_keys=(f"file:{folder / 'log-key'}",)
        ),
        origin="demo.vepshare.example/log",
        demo=True,
    )
    if keep and (folder / _MARK).exists():
        say(f"Keeping the demonstration in {folder}.")
        return settings
    _empty(folder)
    _make(folder, settings, now, say)
    return settings


def _empty(folder: Path) -> None:
    """Make the folder empty; never one that a demonstration did not make."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ConfigurationError(f"{folder} is not empty and holds no demonstration")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    (folder / _MARK).touch()


def _make(folder: Path, settings: Settings, now: datetime, say: Callable[[str], object]) -> None:
    say("Making the keys of the demonstration.")
    crypto.create_pepper_file(folder / "pepper")
    audit.create_log_key_file(folder / "log-key")
    custody = open_custody(settings.places)
    store = Store(settings.database)
    enrolled = beginning(now=now)
    platform.set_up(store, custody, origin=settings.origin, now=enrolled)
    say("Enrolling the cast: 24 professionals of 14 organisations, each with their own keys.")
    cast = add_cast(store, custody.peppers, now=enrolled)
    say("Playing the stories « Hirondelle » and « Sittelle » up to this moment.")
    play_all(store, cast, now=now)
    platform.checkpoint(store, custody, now=now)
    store.dispose()

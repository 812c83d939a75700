"""Configuration, from the environment; secrets come from files and never from it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vepshare.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation runs with.

    `demo`: fictional data, passphrase alone, loopback only, a banner on every page. Anything
    else is production: secure cookies, HSTS. `evaluation`: somebody has said that the data are
    fictional, without which this version does not serve.
    """

    database: str
    pepper_file: Path
    log_key_file: Path
    origin: str = "vepshare.example/log"
    product_name: str = "Vep"
    demo: bool = False
    evaluation: bool = False
    lock_minutes: int = 15
    ledger_file: Path | None = None

    @property
    def session_cookie(self) -> str:
        """Return the name of the session cookie; browsers enforce what the prefix promises."""
        return "vep" if self.demo else "__Host-vep"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of the environment.

    Raises:
        ConfigurationError: something needed is not set; one line that names it.

    """
    return Settings(
        database=_needed(environment, "VEPSHARE_DATABASE"),
        pepper_file=Path(_needed(environment, "VEPSHARE_PEPPER_FILE")),
        log_key_file=Path(_needed(environment, "VEPSHARE_LOG_KEY_FILE")),
        origin=_needed(environment, "VEPSHARE_ORIGIN"),
        product_name=environment.get("VEPSHARE_PRODUCT_NAME", "Vep"),
        evaluation=environment.get("VEPSHARE_EVALUATION") == "fictional-data",
        ledger_file=Path(ledger) if (ledger := environment.get("VEPSHARE_LEDGER_FILE")) else None,
    )


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigurationError(f"{name} is not set")
    return value

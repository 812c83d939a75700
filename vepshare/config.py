"""Configuration, from the environment; secrets come from files and never from it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vepshare.errors import ConfigurationError
from vepshare.services.custody import HsmPlace, Places, VaultPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation runs with.

    `demo`: fictional data, passphrase alone, loopback only, a banner on every page. Anything
    else is production: secure cookies, HSTS. `evaluation`: somebody has said that the data are
    fictional, without which this version does not serve.
    """

    database: str
    places: Places
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
        places=Places(
            peppers=_places(environment, "VEPSHARE_PEPPER"),
            log_keys=_places(environment, "VEPSHARE_LOG_KEY"),
            credentials=environment.get("CREDENTIALS_DIRECTORY", ""),
            vault=_vault(environment),
            hsm=_hsm(environment),
        ),
        origin=_needed(environment, "VEPSHARE_ORIGIN"),
        product_name=environment.get("VEPSHARE_PRODUCT_NAME", "Vep"),
        evaluation=environment.get("VEPSHARE_EVALUATION") == "fictional-data",
        ledger_file=Path(ledger) if (ledger := environment.get("VEPSHARE_LEDGER_FILE")) else None,
    )


def _places(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the addresses in a variable, or that of the one file its namesake names."""
    places = environment.get(name, "").split()
    file = environment.get(f"{name}_FILE", "")
    if bool(places) == bool(file):
        problem = "both set: keep one" if file else "not set"
        raise ConfigurationError(f"{name} and {name}_FILE are {problem}")
    return tuple(places) if places else (f"file:{file}",)


def _vault(environment: Mapping[str, str]) -> VaultPlace | None:
    address = environment.get("VEPSHARE_VAULT_ADDRESS", "")
    if not address:
        return None
    ca_file = environment.get("VEPSHARE_VAULT_CA_FILE", "")
    return VaultPlace(
        address=address,
        token=_place(environment, "VEPSHARE_VAULT_TOKEN"),
        ca_file=Path(ca_file) if ca_file else None,
        mount=environment.get("VEPSHARE_VAULT_MOUNT", "transit"),
        namespace=environment.get("VEPSHARE_VAULT_NAMESPACE", ""),
        seconds=_seconds(environment, "VEPSHARE_VAULT_SECONDS", default="3"),
    )


def _hsm(environment: Mapping[str, str]) -> HsmPlace | None:
    module = environment.get("VEPSHARE_PKCS11_MODULE", "")
    if not module:
        return None
    return HsmPlace(
        module=Path(module),
        token=_needed(environment, "VEPSHARE_PKCS11_TOKEN"),
        pin=_place(environment, "VEPSHARE_PKCS11_PIN"),
    )


def _seconds(environment: Mapping[str, str], name: str, *, default: str) -> float:
    text = environment.get(name, default)
    if text not in map(str, range(1, 31)):
        raise ConfigurationError(f"{name} is a whole number of seconds, 1 to 30")
    return float(text)


def _place(environment: Mapping[str, str], name: str) -> str:
    """Return the one address in a variable."""
    first, *others = _places(environment, name)
    if others:
        raise ConfigurationError(f"{name} takes one address")
    return first


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigurationError(f"{name} is not set")
    return value

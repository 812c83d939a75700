"""What the environment says, and what it does not say clearly."""

from pathlib import Path

import pytest

from tests.services.custodies import private
from vepshare.config import from_environment
from vepshare.errors import ConfigurationError
from vepshare.services.custody import open_custody

NEEDED = {
    "VEPSHARE_DATABASE": "sqlite:///x",
    "VEPSHARE_ORIGIN": "test.example/log",
    "VEPSHARE_PEPPER": "vault:pepper@2 file:/old",
    "VEPSHARE_LOG_KEY_FILE": "/log-key",
    "VEPSHARE_VAULT_ADDRESS": "https://vault.example:8200",
    "VEPSHARE_VAULT_TOKEN": "systemd:token",
    "CREDENTIALS_DIRECTORY": "/run/credentials/vepshare",
}


def test_the_environment_says_where_the_keys_are() -> None:
    places = from_environment(NEEDED).places

    assert places.peppers == ("vault:pepper@2", "file:/old")
    assert places.log_keys == ("file:/log-key",)
    assert places.credentials == "/run/credentials/vepshare"
    assert places.vault is not None
    assert (places.vault.token, places.vault.seconds) == ("systemd:token", 3)
    assert not places.vault.plain_on_loopback


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"VEPSHARE_PEPPER": ""}, "VEPSHARE_PEPPER and VEPSHARE_PEPPER_FILE are not set"),
        ({"VEPSHARE_PEPPER_FILE": "/p"}, "are both set"),
        ({"VEPSHARE_LOG_KEY_FILE": ""}, "VEPSHARE_LOG_KEY_FILE are not set"),
        ({"VEPSHARE_VAULT_TOKEN": ""}, "VEPSHARE_VAULT_TOKEN"),
        ({"VEPSHARE_VAULT_TOKEN": "file:/a file:/b"}, "takes one address"),
        ({"VEPSHARE_VAULT_SECONDS": "0"}, "VEPSHARE_VAULT_SECONDS"),
        ({"VEPSHARE_VAULT_SECONDS": "3600"}, "VEPSHARE_VAULT_SECONDS"),
        ({"VEPSHARE_VAULT_SECONDS": "1e1"}, "VEPSHARE_VAULT_SECONDS"),
    ],
)
def test_an_environment_that_does_not_say_it_clearly_is_refused(
    changes: dict[str, str], expected: str
) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        from_environment(NEEDED | changes)


def test_from_the_environment_a_vault_is_spoken_to_over_tls_only(tmp_path: Path) -> None:
    token = private(tmp_path / "token", b"s.token")
    said = NEEDED | {
        "VEPSHARE_VAULT_ADDRESS": "http://127.0.0.1:8200",
        "VEPSHARE_VAULT_TOKEN": f"file:{token}",
    }

    with pytest.raises(ConfigurationError, match="https"):
        open_custody(from_environment(said).places)

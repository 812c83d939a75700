"""Nothing leaves the process but answers to requests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "vepshare"

# What could carry a content, or the fact that a dossier exists, to somewhere else.
CARRIERS = {"smtplib", "email", "ftplib", "telnetlib", "requests", "httpx", "aiohttp", "webbrowser"}
# The measurements talk to their own server, on this machine.
MEASURED = {"bench"}
# The custody of the keys: it says the name of a key and hashes to a vault that the operator named.
VAULT = "crypto/_vault.py"


def modules() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if path.relative_to(ROOT).parts[0] not in MEASURED
    ]


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
    }
    names |= {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    return {name.split(".")[0] for name in names} | names


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_can_send_a_message_or_call_another_host(path: Path) -> None:
    """Source: V9, R53."""
    outward = CARRIERS | {"urllib.request"}
    if path.relative_to(ROOT).as_posix() != VAULT:
        outward |= {"http.client", "socket"}

    assert imported(path).isdisjoint(outward)


def test_the_vault_is_told_nothing_of_a_dossier() -> None:
    """What could be sent there comes from inside the package of keys only. Source: V9."""
    users = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if any(name.startswith("vepshare.crypto._vault") for name in imported(path))
    }

    assert users == {"crypto/__init__.py", "crypto/_custody_vault.py"}

"""Nothing leaves the process but answers to requests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "vepshare"

# What could carry a content, or the fact that a dossier exists, to somewhere else.
CARRIERS = {"smtplib", "email", "ftplib", "telnetlib", "requests", "httpx", "aiohttp", "webbrowser"}
# The measurements talk to their own server, on this machine.
MEASURED = {"bench"}


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
    outward = CARRIERS | {"urllib.request", "http.client", "socket"}

    assert imported(path).isdisjoint(outward)

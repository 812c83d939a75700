"""The source of vepshare as the tests of its architecture read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent / "vepshare"
MIGRATIONS = ROOT.parent / "migrations"


@cache
def sources() -> dict[str, ast.Module]:
    """Return the parsed source of every module, by its path below the package."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
        if "static" not in path.parts
    }


def package_of(path: str) -> str:
    """Return what an arrow begins at: `crypto` for `crypto/_seals.py`, `ids` for `ids.py`."""
    return path.split("/", maxsplit=1)[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import would hide an arrow: none is used.
            assert node.level == 0
            yield from (f"{node.module}.{one.name}" for one in node.names)


def own_imports(path: str) -> Iterator[str]:
    """Yield the packages of ours that a module imports, itself left out."""
    for name in imported(sources()[path]):
        parts = name.split(".")
        if parts[0] != "vepshare" or len(parts) == 1 or parts[1] == "__version__":
            continue
        if parts[1] != package_of(path):
            yield parts[1]


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function or a method called *name*."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            found = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if found == name:
                yield node


def callers_of(name: str) -> dict[str, int]:
    """Return how often each module calls something called *name*; those that do only."""
    counts = {path: len(list(calls(tree, name))) for path, tree in sources().items()}
    return {path: count for path, count in counts.items() if count}


def places_of(package: str) -> set[str]:
    """Return the modules that import a third-party package."""
    return {
        path
        for path, tree in sources().items()
        if any(name.split(".")[0] == package for name in imported(tree))
    }

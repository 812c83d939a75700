"""What may use what: read from the imports and calls in the source itself.

Source: STYLE, "Where things live".
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "vepshare"
MIGRATIONS = ROOT.parent / "migrations"

_GROUND = {"ids", "errors", "plain"}
_MEANING = {"people", "dossier", "consent", "policy"}
_SERVICES = _GROUND | _MEANING | {"crypto", "audit", "storage"}

# Each package with the packages it may import; an arrow that is not here points outwards.
ARROWS = {
    "ids": set(),
    "errors": set(),
    "plain": set(),
    "crypto": _GROUND,
    "audit": _GROUND,
    "people": _GROUND,
    "dossier": _GROUND | {"people"},
    "consent": _GROUND | {"people", "dossier"},
    "policy": _GROUND | {"people", "dossier", "consent"},
    "storage": _GROUND | _MEANING | {"audit"},
    "services": _SERVICES,
    "demo": _SERVICES | {"services"},
    "config": _SERVICES | {"services"},
    "web": _SERVICES | {"services", "config"},
    "app": _SERVICES | {"services", "config", "web"},
    "cli": _SERVICES | {"services", "config", "web", "app", "demo"},
}

# Third-party packages that belong to some places only.
BELONGS = {
    "cryptography": ("crypto/", "audit/_checkpoint.py"),
    "argon2": ("crypto/",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/_migrate.py",),
    "psycopg": (),
    "sqlite3": (),
    "structlog": ("services/_notices.py", "cli", "app.py"),
    "logging": ("cli", "app.py"),
    "flask": ("web/", "cli", "app.py"),
    "flask_babel": ("web/", "cli", "app.py"),
    "flask_login": ("web/", "app.py"),
    "flask_smorest": ("web/", "app.py"),
    "flask_wtf": ("web/", "app.py"),
    "marshmallow": ("web/", "cli", "app.py"),
    "click": ("cli",),
}

# Where a value in clear leaves its wrapper, and why.
REVEALS = {
    "crypto/_passphrases.py": "a passphrase goes into its derivation",
    "services/_caller.py": "the seeds of a session come out of its row",
    "services/_sealing.py": "values go into a seal, and come out of one as another Plain",
}

# Where a key is handed to somebody, and what for: there is no other place.
WRAPS = {
    "services/_keys.py": "a compartment key, to whom a consent names",
    "services/_sealing.py": "the own key of an entry",
    "services/accounts.py": "the seed of a service, to its members",
}

# Packages used by their name: `__init__` lists what is public, the other modules start with `_`.
CLOSED = ("audit", "consent", "crypto", "dossier", "people", "policy", "storage")


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
        if parts[0] == "vepshare" and len(parts) > 1 and parts[1] != package_of(path):
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


def test_every_package_has_its_place() -> None:
    """Source: STYLE."""
    assert {package_of(path) for path in sources()} - {"__init__"} <= ARROWS.keys()


@pytest.mark.parametrize("package", sorted(ARROWS))
def test_no_arrow_points_outwards(package: str) -> None:
    """Source: STYLE."""
    pointing = {
        (path, other)
        for path in sources()
        if package_of(path) == package
        for other in own_imports(path)
        if other not in ARROWS[package]
    }

    assert pointing == set()


def test_the_arrows_themselves_have_no_circle() -> None:
    """Source: STYLE."""
    seen: set[str] = set()
    for package, allowed in ARROWS.items():
        assert allowed <= seen, package
        seen.add(package)


@pytest.mark.parametrize("package", sorted(BELONGS))
def test_a_library_is_used_in_its_place_only(package: str) -> None:
    """Source: STYLE."""
    misplaced = {path for path in places_of(package) if not path.startswith(BELONGS[package])}

    assert misplaced == set()


@pytest.mark.parametrize("package", ["cryptography", "argon2", "sqlalchemy"])
def test_a_library_is_used_where_it_belongs(package: str) -> None:
    """The test above would pass on an empty tree."""
    assert places_of(package)


@pytest.mark.parametrize("package", CLOSED)
def test_only_the_init_of_a_package_is_public(package: str) -> None:
    """Source: STYLE."""
    public = {
        path
        for path in sources()
        if path.startswith(f"{package}/")
        and not path.split("/")[-1].startswith("_")
        and path != f"{package}/ports.py"
    }

    assert public == set()


@pytest.mark.parametrize("package", CLOSED)
def test_nobody_reaches_into_a_package(package: str) -> None:
    """What starts with an underscore is used inside its own package only. Source: STYLE."""
    reaching = {
        path
        for path, tree in sources().items()
        if package_of(path) != package
        and any(name.startswith(f"vepshare.{package}._") for name in imported(tree))
    }

    assert reaching == set()


def test_a_value_in_clear_leaves_its_wrapper_in_few_places() -> None:
    """Templates and the serialisers of the web apart. Source: STYLE, R26."""
    found = {path for path in callers_of("reveal") if package_of(path) != "web"}

    assert found == set(REVEALS)


def test_a_reveal_in_the_web_is_a_serialiser_s() -> None:
    """Source: STYLE."""
    found = {path for path in callers_of("reveal") if package_of(path) == "web"}

    assert {path for path in found if "_serial" not in path and "/schemas/" not in path} == set()


def test_a_key_is_wrapped_in_three_places_and_once_in_each() -> None:
    """For a consent, for an entry of its own key, for a member of a service. Source: V1, V3."""
    assert callers_of("wrap") == dict.fromkeys(WRAPS, 1)


def test_wrapping_has_no_other_name() -> None:
    """An alias or the HPKE suite itself would go round the count above. Source: V1."""
    aliases = {
        (path, one.asname)
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vepshare.crypto")
        for one in node.names
        if one.name == "wrap" and package_of(path) != "crypto"
    }
    suites = {
        path
        for path, tree in sources().items()
        if any(name.startswith("cryptography.hazmat.primitives.hpke") for name in imported(tree))
    }

    assert aliases == set()
    assert suites == {"crypto/_wraps.py"}


def test_operators_are_told_through_one_door() -> None:
    """Source: STYLE, "Errors, time, transactions, notices"."""
    assert {path for path in callers_of("print") if package_of(path) != "cli"} == set()


@pytest.mark.parametrize("name", ["now", "utcnow", "today"])
def test_only_the_edges_read_the_clock(name: str) -> None:
    """A service called `today` is no clock: `datetime.now`, `date.today` and the like are.

    Source: STYLE.
    """
    reading = {
        path
        for path, tree in sources().items()
        if package_of(path) not in {"web", "cli", "app"}
        for call in calls(tree, name)
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value).split(".")[-1] in {"datetime", "date"}
    }

    assert reading == set()


@pytest.mark.parametrize("name", ["time", "time_ns", "monotonic"])
def test_the_time_module_is_no_way_round(name: str) -> None:
    """Source: STYLE."""
    reading = {
        path
        for path, tree in sources().items()
        if package_of(path) not in {"web", "cli", "app"}
        and f"time.{name}" in {ast.unparse(call.func) for call in calls(tree, name)}
    }

    assert reading == set()


def test_only_services_decide() -> None:
    """A page that asked the policy itself would show what nobody logged. Source: V8."""
    deciding = {
        path
        for path, tree in sources().items()
        if package_of(path) not in {"policy", "services"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("decide_")
    }

    assert deciding == set()


def test_only_services_begin_a_transaction() -> None:
    """Source: STYLE: one `with store.begin()` per service function."""
    beginning = {path for path in callers_of("begin") if package_of(path) != "services"}

    assert beginning == set()


def test_nobody_but_the_store_commits() -> None:
    """Source: STYLE."""
    assert set(callers_of("commit")) == {"storage/_store.py", "storage/_migrate.py"}


def test_migrations_import_nothing_of_ours_but_the_tables() -> None:
    """A migration says what the tables were then, whatever the code says now."""
    found = {
        name
        for path in MIGRATIONS.rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("vepshare")
    }

    assert found == {"vepshare.storage._tables.metadata"}

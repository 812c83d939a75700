"""What may use what: read from the imports and calls in the source itself.

Source: STYLE, "Where things live".
"""

import ast

import pytest

from .sources import (
    MIGRATIONS,
    callers_of,
    calls,
    imported,
    own_imports,
    package_of,
    places_of,
    sources,
)

_GROUND = {"ids", "errors", "plain", "private"}
_MEANING = {"people", "dossier", "consent", "policy"}
_SERVICES = _GROUND | _MEANING | {"crypto", "audit", "storage"}

# Each package with the packages it may import; an arrow that is not here points outwards.
ARROWS = {
    "ids": set(),
    "errors": set(),
    "plain": set(),
    "private": {"errors"},
    "crypto": _GROUND,
    "audit": _GROUND,
    "people": _GROUND,
    "dossier": _GROUND | {"people"},
    "consent": _GROUND | {"people", "dossier"},
    "policy": _GROUND | {"people", "dossier", "consent"},
    "storage": _GROUND | _MEANING | {"audit"},
    "services": _SERVICES,
    "config": _SERVICES | {"services"},
    "demo": _SERVICES | {"services", "config"},
    "web": _SERVICES | {"services", "config"},
    "app": _SERVICES | {"services", "config", "web"},
    "bench": _SERVICES | {"services", "config", "demo"},
    "server": _SERVICES | {"services", "config", "web", "app"},
    "cli": _SERVICES | {"services", "config", "web", "app", "server", "demo", "bench"},
}

# Third-party packages that belong to some places only.
BELONGS = {
    "cryptography": ("crypto/", "audit/_checkpoint.py"),
    "argon2": ("crypto/",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/_migrate.py",),
    "pkcs11": ("crypto/_custody_pkcs11.py",),
    "psycopg": (),
    "sqlite3": (),
    "orjson": ("services/_unsealing.py", "web/api/dossiers.py"),
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
    "services/_sealing.py": "values go into a seal",
    "services/_unsealing.py": "what comes out of a seal becomes values, a Plain again",
    "web/api/dossiers.py": "the serialiser of the API; pages reveal in their templates",
}

# Where a key is handed to somebody, and what for: there is no other place.
WRAPS = {
    "services/_keys.py": "a compartment key, to whom a consent names",
    "services/_sealing.py": "the own key of an entry",
    "services/accounts.py": "the seed of a service, to its members",
}

# Packages used by their name: `__init__` lists what is public, the other modules start with `_`.
CLOSED = ("audit", "consent", "crypto", "dossier", "people", "policy", "storage")


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
    """Templates apart, which are no source. Source: STYLE, R26."""
    assert set(callers_of("reveal")) == set(REVEALS)


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
    """The bench apart, which fills a database by the ten thousand. Source: STYLE."""
    beginning = {
        path for path in callers_of("begin") if package_of(path) not in {"services", "bench"}
    }

    # The store begins that of the driver, inside `Store.begin`.
    assert beginning == {"storage/_store.py"}


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

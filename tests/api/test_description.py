"""The OpenAPI document against the routes, the security, and what each operation declares."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.worlds import World

from .client import ROOT, Api, make_app

pytestmark = ON_SQLITE

DECLARED = {"401", "403", "404", "405", "409", "410", "422", "429", "500", "503"}
OPEN = {("post", "/api/v1/session"), ("get", "/api/v1/health")}


@pytest.fixture
def app(world: World) -> Flask:
    return make_app(world)


@pytest.fixture
def document(api: Api) -> Any:
    answer = api.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, said in document["paths"].items():
        for method, operation in said.items():
            if method != "parameters":
                yield method, path, operation


def routes(app: Flask) -> set[tuple[str, str]]:
    """Return the methods and paths of the API, written as OpenAPI does."""
    rules = [one for one in app.url_map.iter_rules() if one.rule.startswith(ROOT)]
    return {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in rules
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "api-docs.openapi_json"
    }


def test_every_route_is_described_and_everything_described_is_a_route(
    app: Flask, document: Any
) -> None:
    """Source: DESIGN 7."""
    assert {(method, path) for method, path, _ in operations(document)} == routes(app)


def test_every_operation_declares_how_it_may_refuse(document: Any) -> None:
    """Source: DESIGN 7."""
    silent = {
        (method, path): DECLARED - operation["responses"].keys()
        for method, path, operation in operations(document)
        if DECLARED - operation["responses"].keys()
    }
    assert silent == {}


def test_every_operation_declares_one_success(document: Any) -> None:
    for method, path, operation in operations(document):
        successes = [one for one in operation["responses"] if one.startswith("2")]
        assert len(successes) == 1, (method, path)


def test_everything_needs_the_bearer_but_signing_in_and_health(document: Any) -> None:
    """Source: DESIGN 7."""
    assert document["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    without = {
        (method, path)
        for method, path, operation in operations(document)
        if operation.get("security") == []
    }
    assert without == OPEN


def test_every_request_schema_is_closed(document: Any) -> None:
    """Source: DESIGN 7: request schemas refuse unknown keys."""
    schemas = document["components"]["schemas"]
    bodies = {name for name in schemas if name.endswith("In")}
    assert {n for n in bodies if schemas[n].get("additionalProperties") is not False} == set()
    assert len(bodies) > 8


def test_the_document_names_nobody_and_no_place(document: Any, world: World) -> None:
    text = str(document)
    assert [one for one in world.cast.values() if one.name in text] == []


def test_the_document_needs_no_session_and_says_its_version(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "vepshare"

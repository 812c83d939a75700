"""Fixtures that cross packages: a store on each database, and a world in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from vepshare.storage import Store

from .databases import POSTGRES
from .installations import PostgresTemplate, SqliteTemplate, postgres_address
from .worlds import World

Template = SqliteTemplate | PostgresTemplate


@pytest.fixture(scope="session", params=["sqlite", POSTGRES])
def template(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Template]:
    """A world on each database, made once for each worker and copied for each test."""
    directory = tmp_path_factory.mktemp("template")
    address = postgres_address()
    if request.param == "sqlite" or address is None:
        yield SqliteTemplate(directory)
        return
    made = PostgresTemplate(address, os.environ.get("PYTEST_XDIST_WORKER", "main"), directory)
    yield made
    made.drop()


@pytest.fixture
def world(template: Template, tmp_path: Path) -> Iterator[World]:
    """An installation with the cast in it, of this test alone."""
    with template.copy(tmp_path) as copied:
        yield copied


@pytest.fixture
def store(world: World) -> Store:
    """The database of `world`."""
    return world.store

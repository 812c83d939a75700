"""The databases tests run on, and marks for those that concern one of them only."""

import pytest

from .installations import postgres_address

POSTGRES = pytest.param(
    "postgres",
    marks=(
        pytest.mark.postgres,
        pytest.mark.skipif(
            postgres_address() is None,
            reason="set VEPSHARE_TEST_POSTGRES, e.g. to postgresql+psycopg://me@127.0.0.1/test",
        ),
    ),
)

ON_SQLITE = pytest.mark.parametrize("template", ["sqlite"], indirect=True, scope="session")
"""For what touches no storage, or SQLite's alone: the embedded database is enough."""

ON_POSTGRES = pytest.mark.parametrize("template", [POSTGRES], indirect=True, scope="session")
"""For what only a server can do."""

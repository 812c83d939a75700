"""On which databases a module runs: the API is the same code in front of both."""

import pytest

ONE = pytest.mark.parametrize("template", ["sqlite"], indirect=True, scope="session")
"""For what touches no storage: the embedded database is enough."""

"""Where every test has to run (VEPSHARE_TEST_REQUIRE_ALL=1), a skipped one is a failure."""

import os

import pytest

_REQUIRED = os.environ.get("VEPSHARE_TEST_REQUIRE_ALL") == "1"
_SKIPPED: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that was skipped; an expected failure is none."""
    if _REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        _SKIPPED.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if any was."""
    if _SKIPPED:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name them."""
    if _SKIPPED:
        terminalreporter.section("skipped where every test has to run")
        for name in _SKIPPED:
            terminalreporter.write_line(name)

"""A quick bench: small data, one short run of each, the same tables."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import perf_counter

import pytest
from click.testing import CliRunner

from vepshare import bench
from vepshare.bench._load import Run, Target, loaded, median
from vepshare.bench._plan import QUICK
from vepshare.bench._report import BASELINE, FEW, MANY, Result, Weight, table
from vepshare.bench._serving import Server, ServerError, free_port, serving
from vepshare.bench._words import drafts
from vepshare.cli import main

_LONGEST = 120.0


class _Fine(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status = 200 if self.headers.get("Authorization") == "Bearer token" else 401
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[Server]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fine)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Server(port=server.server_address[1], pid=0)
    server.shutdown()
    server.server_close()


def _run(rate: float) -> Run:
    return Run(rate=rate, p50=1.0, p95=rate / 10, errors=1, busy=2.0)


def test_a_quick_bench_prints_its_table_in_bounded_time() -> None:
    said: list[str] = []
    begun = perf_counter()

    bench.run(None, quick=True, say=said.append, now=datetime.now(UTC))

    text = "\n".join(str(one) for one in said)
    assert perf_counter() - begun < _LONGEST
    assert "SQLite: opening dossiers of 40 entries in 13 compartments" in text
    assert "PostgreSQL" not in text
    for line in ("withdrawal", "page of the dossier", "memory of a worker"):
        assert f"  {line}" in text


def test_the_measured_dossier_has_forty_entries_in_thirteen_compartments() -> None:
    written = tuple(drafts())

    assert len(written) == 40
    assert len({one.kind.compartment for one in written}) == 13


@pytest.mark.parametrize("program", ["wrk", "none"])
def test_load_counts_good_answers(
    answering: Server, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if program == "none":
        monkeypatch.setattr("shutil.which", lambda _name: None)
    headers = {"Authorization": "Bearer token"}

    run = loaded(Target(server=answering, paths=("/a", "/b"), headers=headers), QUICK)

    assert run.rate > 0
    assert run.errors == 0
    assert 0 < run.p50 <= run.p95


def test_a_refusal_is_no_fast_answer(answering: Server) -> None:
    with pytest.raises(ServerError):
        loaded(Target(server=answering, paths=("/a",), headers={}), QUICK)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]

    with (
        pytest.raises(ServerError, match="no such thing"),
        serving(command, free_port(), {}, tmp_path / "notes.txt"),
    ):
        pass


def test_the_median_of_runs_hides_no_error() -> None:
    found = median([_run(100), _run(300), _run(200)])

    assert (found.rate, found.p95, found.errors) == (200, 20.0, 3)


def test_the_table_gives_the_ratios() -> None:
    runs = {FEW: _run(200), MANY: _run(190), BASELINE: _run(100)}
    result = Result(
        database="SQLite",
        data=dict.fromkeys(runs, "data"),
        runs=runs,
        withdrawals=(30.0, 50.0, 40.0),
        weight=Weight(page=None, static=0, memory=90_000_000),
    )

    text = "\n".join(table(result))

    assert "0.95" in text
    assert "1.90" in text
    assert "median 40 ms, most 50 ms of 3" in text
    assert "no page" in text
    assert "90 MB" in text


def test_keys_are_measured_on_small_data() -> None:
    result = CliRunner().invoke(main, ["bench", "keys", "--quick"])

    assert result.exit_code == 0, result.output
    assert "withdrawal, 17 keys for 12" in result.stdout
    assert "a member leaves, 8 dossiers" in result.stdout

"""Load: requests one after the other over a few connections kept open, in a process of its own.

Debian's `wrk` sends them where it is installed, and costs little of the two processors that it
shares with the server; a small client of ours does elsewhere. Whatever is not a 2xx is an error
and never a fast success.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vepshare.bench._plan import Plan
from vepshare.bench._serving import HOST, Server, ServerError

_SCRIPT = """\
local paths = {%s}
local thread, bad, number = nil, 0, 0
request = function() number = number + 1
  return wrk.format("GET", paths[number %% #paths + 1]) end
setup = function(one) thread = one; one:set("bad", 0) end
response = function(status) if status < 200 or status > 299 then bad = bad + 1 end end
done = function(summary, latency)
  local lost = summary.errors
  io.write(string.format("RESULT %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    thread:get("bad") + lost.connect + lost.read + lost.write + lost.timeout,
    latency:percentile(50), latency:percentile(95)))
end
"""
_SPARE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked for in turns, of whom, and with which headers."""

    server: Server
    paths: tuple[str, ...]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run under load: good answers a second, times in milliseconds, and errors.

    `busy` is the processor time of the server's own processes for each good answer; other
    work on the machine changes it least.
    """

    rate: float
    p50: float
    p95: float
    errors: int
    busy: float = 0.0


def loaded(target: Target, plan: Plan) -> Run:
    """Return what one run under load measures.

    Raises: ServerError when even a first request is not answered well.
    """
    first = target.server.ask("GET", target.paths[0], headers=target.headers)
    if first.status // 100 != 2:  # noqa: PLR2004
        raise ServerError(f"{target.paths[0]} answers {first.status}")
    program, before = shutil.which("wrk"), target.server.busy()
    run = _own(target, plan) if program is None else _wrk(program, target, plan)
    answers = max(1.0, run.rate * plan.seconds)
    return replace(run, busy=(target.server.busy() - before) * 1e3 / answers)


def _wrk(program: str, target: Target, plan: Plan) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "report.lua"
        script.write_text(_SCRIPT % ", ".join(f'"{one}"' for one in target.paths))
        command = [program, "-t1", f"-c{plan.concurrency}", f"-d{plan.seconds}s", "-s", str(script)]
        for name, value in target.headers.items():
            command += ["-H", f"{name}: {value}"]
        text = _said([*command, f"http://{HOST}:{target.server.port}"], plan)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", text)
    if found is None:
        raise ServerError(text[-500:])
    requests, took, errors, p50, p95 = map(int, found.groups())
    rate = (requests - errors) / (took / 1e6)
    return Run(rate=rate, p50=p50 / 1e3, p95=p95 / 1e3, errors=errors)


def _own(target: Target, plan: Plan) -> Run:
    asked = {
        "host": HOST,
        "port": target.server.port,
        "paths": target.paths,
        "headers": dict(target.headers),
        "seconds": plan.seconds,
        "connections": plan.concurrency,
    }
    command = [sys.executable, "-P", "-m", "vepshare.bench._client"]
    return Run(**json.loads(_said(command, plan, told=json.dumps(asked))))


def _said(command: list[str], plan: Plan, told: str = "") -> str:
    done = subprocess.run(  # noqa: S603
        command,
        input=told,
        capture_output=True,
        text=True,
        timeout=plan.seconds + _SPARE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError((done.stderr or done.stdout)[-500:])
    return done.stdout


def median(runs: Iterable[Run]) -> Run:
    """Return the median of each figure, and all errors together."""
    runs = tuple(runs)
    return Run(
        rate=statistics.median(one.rate for one in runs),
        p50=statistics.median(one.p50 for one in runs),
        p95=statistics.median(one.p95 for one in runs),
        errors=sum(one.errors for one in runs),
        busy=statistics.median(one.busy for one in runs),
    )

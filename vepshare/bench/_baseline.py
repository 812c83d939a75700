"""Another application to measure against, in the same runs: see `docs/performance.md`.

Its folder holds `inhouse_baseline.py`, with an `app`, a command `seed`, a `/login` that sets a
cookie and `/records/<id>`. It runs under a Python of its own, which has what it needs.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vepshare.bench._load import Target
from vepshare.bench._plan import Baseline, Plan
from vepshare.bench._serving import HOST, Server, ServerError, free_port, serving

_MODULE = "inhouse_baseline"
_RECORDS = 200
_SIGN_IN = {"name": "rec1", "password": "Bench-Passw0rd!"}
_SEEDS_WITHIN = 300


@contextmanager
def baseline(given: Baseline, database: str, folder: Path, plan: Plan) -> Iterator[Target]:
    """Yield the requests that open records of the other application.

    Raises: ServerError when it does not start or does not let us in.
    """
    environment = {
        "IH_DB": database,
        "IH_FILES": str(folder / "baseline-files"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    python, port = str(given.python), free_port()
    _seed(python, given.folder, environment)
    command = [python, "-m", "gunicorn", "--chdir", str(given.folder), "-b", f"{HOST}:{port}"]
    command += ["-w", str(plan.workers), "--no-control-socket", f"{_MODULE}:app"]
    with serving(command, port, environment, folder / "baseline.txt") as server:
        cookie = {"Cookie": _cookie(server)}
        yield Target(server=server, paths=_records(server, cookie, plan.few), headers=cookie)


def _seed(python: str, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603
        [python, str(folder / f"{_MODULE}.py"), "seed", str(_RECORDS)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SEEDS_WITHIN,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(done.stderr[-500:])


def _cookie(server: Server) -> str:
    headers = {"Content-Type": "application/json"}
    answer = server.ask("POST", "/login", headers=headers, body=json.dumps(_SIGN_IN).encode())
    cookie = answer.headers.get("Set-Cookie", "")
    if not cookie:
        raise ServerError(f"the baseline answers {answer.status} to its sign-in")
    return cookie.partition(";")[0]


def _records(server: Server, headers: dict[str, str], count: int) -> tuple[str, ...]:
    listed = json.loads(server.ask("GET", f"/records?n={count}", headers=headers).body)
    return tuple(f"/records/{one['id']}" for one in listed)

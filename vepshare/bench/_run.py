"""The bench itself: on SQLite, then on PostgreSQL when there is an address; then the tables."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from vepshare.bench._baseline import baseline as other_application
from vepshare.bench._data import (
    REFERENT,
    Installation,
    add_dossiers,
    add_log_lines,
    installed,
    to_withdraw,
)
from vepshare.bench._load import Run, Target, loaded, median
from vepshare.bench._places import MakeDatabase, in_files, on_server
from vepshare.bench._plan import FULL, QUICK, Baseline, Plan, Say
from vepshare.bench._report import BASELINE, FEW, MANY, Result, Weight, table
from vepshare.bench._serving import Server, ServerError, free_port, serving, vepshare_command
from vepshare.bench._weigh import weigh
from vepshare.bench._words import SHELTER
from vepshare.consent import Target as Recipient
from vepshare.services import consents

_COOKIE = "__Host-vep"
_PASSPHRASE = f"demo-{REFERENT}-vepshare"


def run(
    database: str | None,
    *,
    quick: bool,
    say: Say,
    now: datetime,
    baseline: Baseline | None = None,
) -> None:
    """Measure, tell how far it is through *say*, and then say one table for each database.

    *database* is a PostgreSQL address on whose server databases are made, and dropped at the
    end; without it SQLite alone is measured.

    Raises: ServerError when a server does not start or answers an error.
    """
    plan = QUICK if quick else FULL
    results = []
    with tempfile.TemporaryDirectory(prefix="vepshare-bench-") as name:
        results.append(_measured("SQLite", in_files(Path(name)), plan, say, now, baseline))
    if database is not None:
        with on_server(database) as make:
            results.append(_measured("PostgreSQL", make, plan, say, now, baseline))
    for result in results:
        say("")
        for line in table(result):
            say(line)


def _measured(
    name: str,
    make: MakeDatabase,
    plan: Plan,
    say: Say,
    now: datetime,
    baseline: Baseline | None,
) -> Result:
    with tempfile.TemporaryDirectory(prefix="vepshare-bench-") as text, ExitStack() as stack:
        folder = Path(text)
        say(f"{name}: making the data.")
        few = stack.enter_context(_installation(make("few"), folder / "few", plan, now=now))
        many = stack.enter_context(_installation(make("many"), folder / "many", plan, now=now))
        add_dossiers(many, plan.many - plan.few, say=say, now=now)
        add_log_lines(many, plan.log_lines, say=say, now=now)
        say(f"{name}: withdrawing.")
        withdrawals = tuple(_withdrawals(many, plan, now))
        targets = {
            FEW: stack.enter_context(_served(few, folder / "few", plan)),
            MANY: stack.enter_context(_served(many, folder / "many", plan)),
        }
        if baseline is not None:
            address = make("other").replace("+psycopg:", "+psycopg2:")
            other = other_application(baseline, address, folder, plan)
            targets[BASELINE] = stack.enter_context(other)
        say(f"{name}: {plan.runs} runs of {plan.seconds} s each, in turns.")
        return Result(
            database=name,
            data=_described(plan),
            runs=_in_turns(targets, plan, say),
            withdrawals=withdrawals,
            weight=_weighed(targets[MANY], many.references[0]),
        )


def _weighed(target: Target, reference: str) -> Weight:
    token = target.headers["Authorization"].removeprefix("Bearer ")
    return weigh(target.server, f"/dossiers/{reference}", f"{_COOKIE}={token}")


@contextmanager
def _installation(
    database: str, folder: Path, plan: Plan, *, now: datetime
) -> Iterator[Installation]:
    folder.mkdir()
    with installed(database, folder, plan.few, now=now) as made:
        yield made


@contextmanager
def _served(place: Installation, folder: Path, plan: Plan) -> Iterator[Target]:
    """Yield the requests that open the measured dossiers, signed in."""
    port = free_port()
    command = vepshare_command(port, plan.workers)
    with serving(command, port, place.environment(), folder / "server.txt") as server:
        bearer = {"Authorization": f"Bearer {_token(server, place.device)}"}
        paths = tuple(f"/api/v1/dossiers/{one}" for one in place.references)
        yield Target(server=server, paths=paths, headers=bearer)


def _token(server: Server, device: str) -> str:
    said = {"login": REFERENT, "password": _PASSPHRASE, "device": device}
    headers = {"Content-Type": "application/json"}
    body = json.dumps(said).encode()
    answer = server.ask("POST", "/api/v1/session", headers=headers, body=body)
    if answer.status // 100 != 2:  # noqa: PLR2004
        raise ServerError(f"signing in answers {answer.status}")
    return str(json.loads(answer.body)["token"])


def _in_turns(targets: Mapping[str, Target], plan: Plan, say: Say) -> dict[str, Run]:
    """Return the median of the runs of each, measured in turns: what disturbs one disturbs all."""
    found: dict[str, list[Run]] = {name: [] for name in targets}
    for number in range(plan.runs):
        for name, target in targets.items():
            one = loaded(target, plan)
            found[name].append(one)
            say(f"    run {number + 1}, {name}: {one.rate:.0f} req/s, p95 {one.p95:.1f} ms")
    return {name: median(runs) for name, runs in found.items()}


def _withdrawals(place: Installation, plan: Plan, now: datetime) -> Iterator[float]:
    """Yield how long some withdrawals take, in milliseconds, each in a fresh dossier."""
    shelter = Recipient(organisation_id=place.cast.organisations[SHELTER].id)
    for _number in range(plan.withdrawals):
        reference = to_withdraw(place, now=now)
        begun = time.perf_counter()
        consents.withdraw(place.store, place.caller, reference, None, targets=(shelter,), now=now)
        yield (time.perf_counter() - begun) * 1e3


def _described(plan: Plan) -> dict[str, str]:
    return {
        FEW: f"{plan.few} dossiers",
        MANY: f"{plan.many} dossiers, {plan.log_lines} log lines",
        BASELINE: "in-house application, a record of 40 fields",
    }

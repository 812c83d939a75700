"""How long keys take: a withdrawal from many recipients, and a member who leaves a service."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from vepshare.bench._data import REFERENT, Installation, installed
from vepshare.bench._places import MakeDatabase, in_files, on_server
from vepshare.bench._plan import Say
from vepshare.bench._terms import terms
from vepshare.bench._words import Line, draft, drafts
from vepshare.consent import Target
from vepshare.dossier import CODES
from vepshare.people import Profession
from vepshare.policy import matrix
from vepshare.services import Caller, accounts, consents, leaving, moving, opening

_LEAVER, _COLLEAGUE, _ADMINISTRATOR = "u23", "u07", "u22"
_WARD: Line = ("O5/INF", "ID CT HE RI RA", "HE")
_LEAVING = ("O1/SVA", "O2/SVH")
_REMAINING = (
    *("O7/MED", "O5/INF", "O5/SF", "O1/PSY", "O5/ASH", "O11/CPAS"),
    *("O1/JUR", "O12/EJE", "O3/SVH", "O6/INF", "O8/SAPV", "O14/ANI"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPlan:
    """How much is measured; all of it is bounded."""

    withdrawals: int = 15
    dossiers: int = 2_000
    batches: int = 50


FULL = KeysPlan()
QUICK = KeysPlan(withdrawals=2, dossiers=8, batches=2)


def run_keys(database: str | None, *, quick: bool, say: Say, now: datetime) -> None:
    """Measure, and say one table for each database."""
    plan = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="vepshare-bench-") as name:
        _measured("SQLite", in_files(Path(name)), plan, say, now)
    if database is not None:
        with on_server(database) as make:
            _measured("PostgreSQL", make, plan, say, now)


def _measured(name: str, make: MakeDatabase, plan: KeysPlan, say: Say, now: datetime) -> None:
    with tempfile.TemporaryDirectory(prefix="vepshare-bench-") as text, ExitStack() as stack:
        place = stack.enter_context(installed(make("keys"), Path(text), 0, now=now))
        withdrawn = [_withdrawal(place, now) for _number in range(plan.withdrawals)]
        say(f"{name}: {plan.dossiers} dossiers that name a ward of two.")
        for _number in range(plan.dossiers):
            _open_ward(place, now)
        left, batches = _leaver(place, plan, now)
    say(f"{name}")
    say(f"  withdrawal, 17 keys for 12 (below 250 ms)             {_median(withdrawn)}")
    said = f"{left:.0f} ms"
    say(f"  a member leaves, {plan.dossiers} dossiers (below 1000 ms){'':<11}  {said}")
    say(f"  moving {moving.MOST} of them in a request (below 50 ms){'':<11}  {_median(batches)}")


def _median(times: list[float]) -> str:
    return f"median {statistics.median(times):.0f} ms, most {max(times):.0f} of {len(times)}"


def _timed(act: Callable[[], object]) -> float:
    """Return how long *act* takes, in milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1e3


def _withdrawal(place: Installation, now: datetime) -> float:
    """Return how long it takes to close two services that hold all nineteen, among fourteen."""
    agreed = terms(place.cast, tuple(map(_all_of, (*_LEAVING, *_REMAINING))), now=now)
    first = (*drafts(), draft("health"), draft("protected_place"))
    reference = opening.open_dossier(place.store, place.caller, agreed, first, now=now)
    targets = tuple(_targets(place))

    def act() -> None:
        consents.withdraw(place.store, place.caller, reference, None, targets=targets, now=now)

    return _timed(act)


def _all_of(service: str) -> Line:
    """Return a line that gives a service all that its ceiling allows; the place to one alone."""
    _, _, function = service.partition("/")
    cells = {code: matrix().cell(Profession(function), one) for code, one in CODES.items()}
    open_to = [code for code, cell in cells.items() if cell is not None]
    if service == "O3/SVH":
        open_to.remove("AD")
    return service, " ".join(open_to), " ".join(open_to)


def _targets(place: Installation) -> Iterator[Target]:
    for service in _LEAVING:
        organisation, _, function = service.partition("/")
        yield Target(
            organisation_id=place.cast.organisations[organisation].id,
            profession=Profession(function),
        )


def _open_ward(place: Installation, now: datetime) -> None:
    agreed = terms(place.cast, (("O1/SVA", "ID CT HO RI RA", ""), _WARD), now=now)
    first = (draft("safe_contact"), draft("risk_assessment"))
    opening.open_dossier(place.store, place.cast.callers[REFERENT], agreed, first, now=now)


def _leaver(place: Installation, plan: KeysPlan, now: datetime) -> tuple[float, list[float]]:
    """Return how long it takes that a nurse leaves, and each request of her colleague's after."""
    cast = place.cast.callers

    def leave() -> None:
        hat = cast[_LEAVER].hat
        leaving.end_function(place.store, cast[_ADMINISTRATOR], hat, now=now)

    left = _timed(leave)
    moving.renew(place.store, cast[_COLLEAGUE], now=now)
    colleague = _renewed(place, cast[_COLLEAGUE])
    batches = [
        _timed(lambda: moving.move_on(place.store, colleague, now=now))
        for _number in range(plan.batches)
    ]
    return left, batches


def _renewed(place: Installation, caller: Caller) -> Caller:
    """Return a caller as their next session begins."""
    with place.store.peek() as work:
        keyring = accounts.renewed(work, caller.id, caller.keyring)
    return replace(caller, keyring=keyring)

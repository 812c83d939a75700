"""What was measured, and the table that says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vepshare.bench._load import Run

FEW = "few dossiers"
MANY = "many dossiers"
BASELINE = "in-house application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The page of the dossier, in bytes: itself, and its style sheets and scripts; None if absent.

    `memory` is that of the largest worker after load, in bytes.
    """

    page: int | None
    static: int
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything measured on one database. Withdrawals are in milliseconds."""

    database: str
    data: Mapping[str, str]
    runs: Mapping[str, Run]
    withdrawals: tuple[float, ...]
    weight: Weight


def table(result: Result) -> Iterator[str]:
    """Yield the lines of the table of one database."""
    yield f"{result.database}: opening dossiers of 40 entries in 13 compartments, in turns"
    yield f"  {'':<44}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'errors':>8}"
    for name, run in result.runs.items():
        said = result.data[name]
        times = f"{run.p50:>9.1f}{run.p95:>9.1f}{run.busy:>9.1f}"
        yield f"  {said:<44}{run.rate:>8.0f}{times}{run.errors:>8}"
    few, many = result.runs[FEW], result.runs[MANY]
    yield _line("many dossiers to few (at least 0.90)", f"{many.rate / few.rate:.2f}")
    if BASELINE in result.runs:
        ratio = many.rate / result.runs[BASELINE].rate
        yield _line("vepshare to the in-house application (aim 1.5)", f"{ratio:.2f}")
    yield from _withdrawals(result.withdrawals)
    yield from _weight(result.weight)


def _withdrawals(took: tuple[float, ...]) -> Iterator[str]:
    middle = sorted(took)[len(took) // 2]
    said = f"median {middle:.0f} ms, most {max(took):.0f} ms of {len(took)}"
    yield _line("withdrawal, 13 keys for 6 (below 100 ms)", said)


def _weight(weight: Weight) -> Iterator[str]:
    page = "no page" if weight.page is None else f"{weight.page / 1e3:.0f} kB"
    yield _line("page of the dossier (below 100 kB)", page)
    yield _line("its style sheets, scripts, images, once", f"{weight.static / 1e3:.0f} kB")
    yield _line("memory of a worker (below 200 MB)", f"{weight.memory / 1e6:.0f} MB")


def _line(what: str, said: str) -> str:
    return f"  {what:<50}{said}"

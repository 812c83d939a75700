"""How much is measured: data, seconds, runs. Everything a bench does is bounded here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one bench makes and measures; `seconds` is the length of one run under load.

    The small installation holds `few` dossiers, which are those measured; the large one holds
    `many`, of which as few are measured, and `log_lines` lines of the log besides their own.
    """

    few: int = 8
    many: int = 5_000
    log_lines: int = 500_000
    seconds: int = 8
    runs: int = 5
    withdrawals: int = 25
    workers: int = 4
    concurrency: int = 4


FULL = Plan()
QUICK = Plan(few=2, many=4, log_lines=400, seconds=1, runs=1, withdrawals=2, workers=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Another application to measure in the same runs: its folder, and the Python it runs under."""

    folder: Path
    python: Path

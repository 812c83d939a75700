"""A small load client, run as a program: what to ask comes on standard input, as JSON."""

import http.client
import itertools
import json
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TypedDict


class Asked(TypedDict):
    """What to ask for, of whom, for how many seconds, over how many connections."""

    host: str
    port: int
    paths: Sequence[str]
    headers: Mapping[str, str]
    seconds: float
    connections: int


def _ask_until(until: float, asked: Asked, took: list[float], bad: list[float]) -> None:
    connection = http.client.HTTPConnection(asked["host"], asked["port"], timeout=30)
    paths = itertools.cycle(asked["paths"])
    while (begun := time.perf_counter()) < until:
        try:
            connection.request("GET", next(paths), headers=dict(asked["headers"]))
            answer = connection.getresponse()
            answer.read()
            good = answer.status // 100 == 2  # noqa: PLR2004
        except (http.client.HTTPException, OSError):
            connection.close()
            good = False
        (took if good else bad).append(time.perf_counter() - begun)
    connection.close()


def measure(asked: Asked) -> dict[str, float]:
    """Return good answers a second, latencies in milliseconds, and the number of errors."""
    begun = time.perf_counter()
    # Lists that threads only append to need no lock.
    took: list[float] = []
    bad: list[float] = []
    arguments = (begun + asked["seconds"], asked, took, bad)
    threads = [
        threading.Thread(target=_ask_until, args=arguments) for _ in range(asked["connections"])
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    elapsed = time.perf_counter() - begun
    took.sort()
    return {
        "rate": len(took) / elapsed,
        "p50": _percentile(took, 0.50),
        "p95": _percentile(took, 0.95),
        "errors": len(bad),
    }


def _percentile(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(len(took) * share))] * 1e3 if took else 0.0


if __name__ == "__main__":
    json.dump(measure(json.load(sys.stdin)), sys.stdout)

"""Servers under test: a process started on a loopback port, and ended by its own id."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vepshare.errors import VepshareError

HOST = "127.0.0.1"
_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 20.0
_MOST_WAIT = 30.0


class ServerError(VepshareError):
    """A server did not start, or did not answer what it should have; what it said is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs: the port it listens on, and the id of its first process."""

    port: int
    pid: int

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Return the answer to one request.

        Raises: OSError, http.client.HTTPException when there is none.
        """
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_MOST_WAIT)
        try:
            connection.request(method, path, body, dict(headers or {}))
            found = connection.getresponse()
            return Answer(status=found.status, headers=dict(found.getheaders()), body=found.read())
        finally:
            connection.close()

    def busy(self) -> float:
        """Return the processor time of all its processes so far, in seconds; 0 without /proc."""
        return _busy(self.pid, with_ended=True) + sum(map(_busy, _children(self.pid)))

    def resident(self) -> int:
        """Return the resident memory of its largest worker, in bytes; 0 where /proc is missing."""
        return max((_resident(pid) for pid in _children(self.pid)), default=0)


def _children(pid: int) -> tuple[int, ...]:
    try:
        return tuple(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return ()


def _busy(pid: int, *, with_ended: bool = False) -> float:
    """Return the processor time of a process, and of its ended children, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # User and system time, then those of the children that have ended.
    ticks = sum(map(int, fields[11 : 15 if with_ended else 13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        # A worker that was replaced in the meantime.
        return 0
    return next((int(one.split()[1]) * 1024 for one in lines if one.startswith("VmRSS:")), 0)


@contextmanager
def serving(
    command: Sequence[str], port: int, environment: Mapping[str, str], notes: Path
) -> Iterator[Server]:
    """Run *command* until the block ends; what it says goes to the file *notes*.

    Raises: ServerError when it does not listen on *port* soon.
    """
    with notes.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603
            list(command),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            _wait(process, port, notes)
            yield Server(port=port, pid=process.pid)
        finally:
            _end(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, notes: Path) -> None:
    until = time.perf_counter() + _STARTS_WITHIN
    while time.perf_counter() < until:
        if process.poll() is not None:
            break
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise ServerError(notes.read_text(errors="replace")[-2000:] or "the server did not start")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


def vepshare_command(port: int, workers: int) -> tuple[str, ...]:
    """Return how vepshare is served, as its operators do."""
    start = "from vepshare.cli import main; main()"
    bind = f"{HOST}:{port}"
    # -P: what lies in the current folder is not to be imported.
    command = (sys.executable, "-P", "-c", start, "serve")
    return (*command, "--bind", bind, "--workers", str(workers))

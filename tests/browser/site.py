"""The demonstration as a visitor meets it: its own server, started and ended by its process."""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

COMMAND = (sys.executable, "-c", "from vepshare.cli import main; main()", "demo")
STARTS_WITHIN, ENDS_WITHIN = 120.0, 20.0
"""Seconds: making the keys of the cast is most of it, and other tests may run beside it."""

WITHOUT_CHROMIUM = (
    "no chromium: install Debian's package `chromium`, or set VEPSHARE_TEST_CHROMIUM to its path"
)


def chromium() -> str | None:
    """Return where the browser is, or None where there is none."""
    named = os.environ.get("VEPSHARE_TEST_CHROMIUM") or "chromium"
    return shutil.which(named)


@dataclass
class Site:
    """A running demonstration."""

    base: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path) -> "Site":
        """Make a demonstration in *folder* and wait until it answers."""
        port, log = _free_port(), folder / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*COMMAND, "--port", str(port), "--data", str(folder / "demo")],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        site = cls(base=f"http://127.0.0.1:{port}", log=log, process=process)
        try:
            site._wait()
        except BaseException:
            site.end()
            raise
        return site

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                urlopen(f"{self.base}/sign-in", timeout=5).close()
            except URLError:
                time.sleep(0.3)
            else:
                return
        raise TimeoutError(self.log.read_text())

    def end(self) -> None:
        """Tell the server to stop, and make sure that it did."""
        self.process.terminate()
        try:
            self.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port

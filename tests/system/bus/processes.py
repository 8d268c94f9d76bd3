"""Listeners as processes that a test starts, kills and starts again; each ends with the test."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Processes:
    """The processes of one test."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, url: str = "", fault: str = "") -> subprocess.Popen[bytes]:
        """Start one; what it says is in `<role>.log`."""
        command = [sys.executable, "-m", "tests.system.bus.process", role, str(self.data), url, fault]
        with (self.data / f"{role}.log").open("ab") as log:
            self.started.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        return self.started[-1]


@contextlib.contextmanager
def processes(data: Path) -> Iterator[Processes]:
    """Give the processes of a test, and end those that still run."""
    found = Processes(data)
    try:
        yield found
    finally:
        for process in found.started:
            process.kill()
            process.wait()

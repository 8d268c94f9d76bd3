"""Processes that are cheap to kill: one that has imported everything forks each of them, and kills them when told.

A start costs milliseconds instead of seconds, so a thousand real SIGKILLs of real processes take minutes. The nursery
itself has neither threads nor sockets nor an event loop that a child could inherit. It ends, and with it all of
its children, when its standard input does, so nothing outlives whoever started it, however that one dies.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.chaos.roles import ROLES, Place

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1


class Nursery:
    """The driver's end: starts and kills children by a line each."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with (place.data / "nursery.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.nursery", *_words(place)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
                start_new_session=True,  # Ctrl-C is for the driver, which ends the nursery
            )

    def start(self, role: str) -> int:
        """Start a child in a role; gives its process id."""
        return int(self._ask(["start", role]))

    def kill(self, pid: int) -> int:
        """Kill a child with SIGKILL and give how it ended: -9, unless it had ended by itself before."""
        return int(self._ask(["kill", pid]))

    def close(self) -> None:
        """End every child."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()

    def _ask(self, words: list[Any]) -> str:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(words), file=self._process.stdin)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The nursery ended; {self._place.data / 'nursery.log'} says why.")
        return answer


def _words(place: Place) -> list[str]:
    return [str(place.data), place.registry_url or "", place.map_url or ""]


def serve(place: Place) -> None:
    """Do as told, line by line, until the lines end."""
    children: set[int] = set()
    try:
        while line := sys.stdin.readline():
            verb, what = json.loads(line)
            if verb == "start":
                pid = os.fork()
                if pid == 0:
                    _live(place, what)
                children.add(pid)
                print(pid, flush=True)
            else:
                children.remove(what)
                print(_end(what), flush=True)
    finally:
        for pid in children:
            _end(pid)


def _end(pid: int) -> int:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _live(place: Place, role: str) -> None:
    """Be a child: let go of the nursery's lines, die with the nursery, and never return."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with (place.data / f"{role}.log").open("ab") as log, open(os.devnull, "rb") as nothing:
        for number, file in enumerate((nothing, log, log)):
            os.dup2(file.fileno(), number)
    try:
        asyncio.run(ROLES[role](place))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    data, *urls = sys.argv[1:]
    serve(Place(Path(data), *(url or None for url in urls)))

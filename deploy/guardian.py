"""Runs a program that must not outlive the one who started it: `guardian.py PARENT PROGRAM ARGUMENT…`.

On Linux the kernel ends the program when its parent thread dies (PR_SET_PDEATHSIG survives exec), and no process stands
between. Elsewhere this process stays and watches its standard input, a pipe that ends with the parent.
Only the standard library: it is started with `python -I -S`, to be quick.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1


def run_on_linux(parent: int, program: list[str]) -> None:
    """Become the program, to be killed with the parent; nothing happens when the parent is gone already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execv(program[0], program)  # noqa: S606 — a shell is what we do not want


def run_watched(program: list[str]) -> int:
    """Run the program until it ends, or until our standard input does."""
    child = subprocess.Popen(program, stdin=subprocess.DEVNULL)

    def watch() -> None:
        sys.stdin.buffer.read()
        child.terminate()

    threading.Thread(target=watch, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    if sys.platform == "linux":
        run_on_linux(int(sys.argv[1]), sys.argv[2:])
    else:
        sys.exit(run_watched(sys.argv[2:]))

"""A tiny service as a process of its own, to be killed: `python -m tests.system.bus.process teller|listener DATA`."""

import asyncio
import os
import sys
from pathlib import Path

from shared.messages.registry import ProblemNamed
from tests.system.bus.tiny import hear, tell, tiny

TELLERS = 4


async def be_teller(data: Path) -> None:
    """Commit facts as fast as four callers can, and note each one that was acknowledged to its caller."""
    teller = await tiny("registry", data).start()
    ledger = os.open(data / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def go_on() -> None:
        while not (data / "enough").exists():
            problem_id = await teller.database.write(tell, "żółty")
            os.write(ledger, f"{problem_id}\n".encode())
            await asyncio.sleep(0.02)

    await asyncio.gather(*(go_on() for _ in range(TELLERS)))
    await asyncio.Event().wait()


async def be_listener(data: Path) -> None:
    """Write down what is heard."""
    listener = tiny("map", data)
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await asyncio.Event().wait()


def say_alive(data: Path, role: str) -> None:
    """Leave a sign that the imports are done; who is killed before has not lived."""
    (data / f"{role}.{os.getpid()}.alive").touch()


if __name__ == "__main__":
    say_alive(Path(sys.argv[2]), sys.argv[1])
    asyncio.run({"teller": be_teller, "listener": be_listener}[sys.argv[1]](Path(sys.argv[2])))

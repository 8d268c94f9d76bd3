"""A tiny service as a process of its own, to be killed: `python -m tests.system.bus.process ROLE DATA URL FAULT`."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from shared.messages.registry import ProblemNamed
from tests.system.bus.failpoints import die_at
from tests.system.bus.tiny import QUICK, hear, tell, tiny

TELLERS = 4
IMPATIENT = replace(QUICK, attempts=3)
SMALL_HANDS = replace(QUICK, in_flight=16)
"""Who dies leaves something in the stream, which nobody had in hand."""
POISON = "poison"


async def be_teller(data: Path, url: str | None, _fault: str) -> None:
    """Commit facts as fast as four callers can, and note each one that was acknowledged to its caller."""
    teller = await tiny("registry", data, url).start()
    ledger = os.open(data / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def go_on() -> None:
        while not (data / "enough").exists():
            problem_id = await teller.database.write(tell, "żółty")
            os.write(ledger, f"{problem_id}\n".encode())
            await asyncio.sleep(0.02)

    await asyncio.gather(*(go_on() for _ in range(TELLERS)))
    await asyncio.Event().wait()


async def be_listener(data: Path, url: str | None, fault: str) -> None:
    """Write down what is heard, and die where the fault says, once."""
    if url and url.startswith("postgresql"):
        url += f"&application_name={os.getpid()}"
    listener = tiny("map", data, url, pace=SMALL_HANDS)
    listener.bus.hears(ProblemNamed, hear)
    die_at(fault, listener, data / "died")
    await listener.start()
    (data / f"hears.{os.getpid()}").touch()
    await asyncio.Event().wait()


async def be_victim(data: Path, url: str | None, _fault: str) -> None:
    """Write down what is heard, and die of poison, every time."""
    listener = tiny("map", data, url, pace=IMPATIENT)
    listener.bus.hears(ProblemNamed, hear_or_die)
    await listener.start()
    await asyncio.Event().wait()


def hear_or_die(session: Session, message: ProblemNamed) -> None:
    """Write down the effect of a message; poison kills the process after its effect, and before the COMMIT."""
    hear(session, message)
    session.flush()
    if message.title == POISON:
        os.kill(os.getpid(), signal.SIGKILL)


def say_alive(data: Path, role: str) -> None:
    """Leave a sign that the imports are done; who is killed before has not lived."""
    (data / f"{role}.{os.getpid()}.alive").touch()


if __name__ == "__main__":
    role, folder, address, fault = [*sys.argv[1:], "", ""][:4]
    say_alive(Path(folder), role)
    roles = {"teller": be_teller, "listener": be_listener, "victim": be_victim}
    asyncio.run(roles[role](Path(folder), address or None, fault))

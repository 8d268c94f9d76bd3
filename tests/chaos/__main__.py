"""`make chaos`: kills of everything that takes part, then a bus that is away; exits 1 if anything went wrong.

Variables: KILLS (in all, shared between the databases), SEED, DATABASE (sqlite, postgresql or both), AWAY (seconds that
the bus is away; 0 leaves it out). Prints a line for each part, and the first cases of what went wrong; the folder of a
run in which something did is kept. Ends all it started, also on Ctrl-C and SIGTERM.
"""

import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.away import stay_away
from tests.chaos.driver import POSTGRESQL, SQLITE, run

KINDS = {SQLITE: [SQLITE], POSTGRESQL: [POSTGRESQL], "both": [SQLITE, POSTGRESQL]}
SECONDS_FOR_A_KILL = 2.5
"""The limit of a run; on two quiet cores a kill takes a quarter of it."""
SECONDS_TO_END = 900.0
MOST_CASES = 20


def main() -> int:
    """Do as the variables say."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets those in its background ignore it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    kinds = KINDS.get(os.environ.get("DATABASE") or "both")
    if kinds is None:
        sys.exit(f"DATABASE is one of {', '.join(KINDS)}.")
    kills, away = _number("KILLS", 1200), _number("AWAY", 600)
    seed = _number("SEED", random.randrange(10**6))
    faults = [case for kind in kinds for case in _kill(kind, -(-kills // len(kinds)), seed)]
    if away:
        faults += _stay_away(away)
    return 1 if faults else 0


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal():
        sys.exit(f"{name} is a whole number, not {text!r}.")
    return int(text)


def _kill(kind: str, kills: int, seed: int) -> list[str]:
    """Kill so often; gives what went wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"osiedle-chaos-{kind}-"))
    print(f"{kind}: {kills} kills, seed {seed}, in {folder} …", flush=True)
    limit = kills * SECONDS_FOR_A_KILL

    async def bounded():
        async with asyncio.timeout(limit + SECONDS_TO_END):
            return await run(kind, folder, seed, kills=kills, seconds=limit)

    result = asyncio.run(bounded())
    faults = result.verdict.faults
    if result.kills < kills:
        faults.append(f"stuck: there were only {result.kills} kills within {limit / 60:.0f} minutes")
    if result.effects < result.kills:
        faults.append(
            f"stuck: only {result.effects} messages were heard, too few for {result.kills} kills to interrupt"
        )
    return _told(result.line, faults, folder)


def _stay_away(seconds: int) -> list[str]:
    folder = Path(tempfile.mkdtemp(prefix="osiedle-chaos-away-"))
    print(f"bus away: {seconds} s, in {folder} …", flush=True)
    outage = stay_away(folder, seconds)
    return _told(outage.line, outage.verdict.faults, folder)


def _told(line: str, faults: list[str], folder: Path) -> list[str]:
    print(line, flush=True)
    for case in faults[:MOST_CASES]:
        print(f"  {case}", flush=True)
    if not faults:
        shutil.rmtree(folder)
    return faults


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Ended early; all that was started is stopped.")

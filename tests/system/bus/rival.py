"""One of several processes on one database, each with a relay: `python -m tests.system.bus.rival NAME DATA URL`.

Commits versions of a few aggregates until the file `enough` is in DATA; keeps in `NAME.published` how many it relayed.
"""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import update

from shared import outbox
from shared.messages.registry import ProblemNamed
from tests.system.bus.tiny import Heard, tiny

AGGREGATES = tuple(f"problem-{n}" for n in range(4))


def count_up(session, id):
    """Give an aggregate its next version and tell it; its row is locked until the COMMIT."""
    counted = update(Heard).where(Heard.id == id).values(version=Heard.version + 1).returning(Heard.version)
    version = session.execute(counted).scalar_one()
    outbox.publish(session, ProblemNamed(id=id, version=version, title="x", url="/registry/problems"))


async def main(name: str, data: Path, url: str) -> None:
    """Commit and relay until enough; then relay only."""
    rival = await tiny("registry", data, url).start()

    async def go_on(id):
        while not (data / "enough").exists():
            await rival.database.write(count_up, id)
            await asyncio.sleep(0.02)

    callers = [asyncio.create_task(go_on(id)) for id in AGGREGATES]
    while True:
        (data / f"{name}.draft").write_text(str(rival.bus.relay.published))
        (data / f"{name}.draft").replace(data / f"{name}.published")
        await asyncio.sleep(0.1)
        for caller in callers:
            if caller.done():
                caller.result()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))

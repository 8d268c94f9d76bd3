"""A rebuild of the map that is killed at one moment: `python -m tests.system.bus.rebuilder DATA URL MOMENT`.

`reading` is after a part was read, `swapping` when live rows are gone and not yet back, `counting` when they are back
and not yet counted, `committing` just before the commit of the swap, `cleaning` just after it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from services.map.app import create_app
from services.map.settings import Settings
from shared.rebuild import rebuild
from shared.replay import connected

DIES_BEFORE = {"swapping": "place", "counting": "place_cell"}


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment: str, engine) -> None:
    """Watch the live database's connections, and die when the moment is there."""
    swapped = False

    @event.listens_for(engine, "before_cursor_execute")
    def look(_connection, _cursor, statement, *_):
        nonlocal swapped
        if statement.startswith(f"INSERT INTO {DIES_BEFORE.get(moment)} "):
            die()
        swapped = swapped or statement.startswith("INSERT INTO inbox")

    @event.listens_for(engine, "commit")
    def look_at_commit(_connection):
        if moment == "committing" and swapped:
            die()

    if moment == "cleaning":
        event.listen(engine, "close_detached", die)


async def main(data: Path, url: str, moment: str) -> None:
    """Rebuild, and die on the way."""
    app = create_app(Settings(data=data, database_url=url))
    database = app.state.database
    die_at(moment, database.engine)
    async with connected(app.state.settings, "map") as client:
        await rebuild(database, app.state.bus.copies, client, die if moment == "reading" else None)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))

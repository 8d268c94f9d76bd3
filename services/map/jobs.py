"""Door: the clock tells. When somebody was erased, or a contact ended, the last bytes of it go."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from services.map import commands, queries
from services.map.settings import Settings
from shared import erasing
from shared.database import Database
from shared.scrubbing import scrub
from shared.shadow import remove_leftovers
from shared.web import Job

log = logging.getLogger(__name__)


def schedule(settings: Settings, database: Database) -> list[Job]:
    """List what happens by the clock."""
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
        Job("let go of ended contacts", timedelta(minutes=1), partial(let_go_of_ended_contacts, database)),
    ]


async def let_go_of_ended_contacts(database: Database) -> bool:
    """Let the bytes of contacts go that were taken back; false where somebody reads for long: then at the next turn."""
    until = await database.read(queries.ended_until)
    if until is None:
        return True
    if not await remove_leftovers(database) or not await asyncio.to_thread(scrub, database):
        log.info("map: deleted contacts are still being read; their bytes go later")
        return False
    await database.write(commands.note_gone, until)
    return True

"""Door: the clock tells. When somebody was erased, the last bytes of theirs go."""

from datetime import timedelta
from functools import partial

from services.map import commands
from services.map.settings import Settings
from shared import erasing
from shared.database import Database
from shared.web import Job


def schedule(settings: Settings, database: Database) -> list[Job]:
    """List what happens by the clock."""
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish)]

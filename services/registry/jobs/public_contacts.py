"""Tells anew how to reach organisations where a consent has ended meanwhile, or nobody was told yet."""

from services.registry import commands, queries
from shared.database import Database

AT_ONCE = 500


async def tell_what_is_otherwise(database: Database) -> None:
    """Look at every organisation, some at a time, and write where there is something to tell."""
    after: str | None = None
    while True:
        ids, after = await database.read(queries.told_otherwise, after, AT_ONCE)
        if ids:
            await database.write(commands.tell_contacts, ids)
        if after is None:
            return

"""Organisations from before there was an index of what may be the same get into it, some at a time."""

from services.registry import commands
from shared.database import Database


async def index_what_may_be_same(database: Database) -> None:
    """Index every organisation that is not yet."""
    while await database.write(commands.index_missing):
        pass

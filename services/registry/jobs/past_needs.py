"""Closes needs whose last day is past, as not met."""

from services.registry import commands
from shared import clock
from shared.database import Database


async def close_past_needs(database: Database, zone: str) -> None:
    """Close every need that is past, some in a transaction; `zone` is where the day ends."""
    while await database.write(commands.close_past_needs, now=clock.now(), zone=zone):
        pass

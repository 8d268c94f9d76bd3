"""The clock tells: alerts that are due leave for addresses of other networks."""

import asyncio
import random
from datetime import timedelta
from urllib.parse import urljoin

from services.notifications import commands, queries
from services.notifications.clients.pushing import Pushers
from services.notifications.commands import Push
from services.notifications.schemas import headline_of, text_of
from services.notifications.settings import Settings
from shared import clock, i18n
from shared.database import Database
from shared.i18n import say

LEASE = timedelta(minutes=15)
"""A process that dies while it sends holds its messages back so long; twenty may each take half a minute."""
AT_ONCE = 2
"""So many processes of apprise run at the same time: each takes some 60 MB while it does."""


async def push_due(settings: Settings, database: Database, pushers: Pushers) -> None:
    """Send every message that is due to an address of another network."""
    turn = asyncio.Semaphore(AT_ONCE)
    while await database.read(queries.is_any_push_due, now=clock.now()):
        taken = await database.write(commands.take_pushes, now=clock.now(), lease=LEASE, schemes=settings.push_schemes)
        await asyncio.gather(*(_push(settings, database, pushers, push, turn) for push in taken))


async def _push(settings: Settings, database: Database, pushers: Pushers, push: Push, turn: asyncio.Semaphore) -> None:
    title, text = words_of(push, settings.address)
    async with turn:
        error = await pushers.send(push.url, title, text)
    chance = random.random()  # noqa: S311 -- spreads
    await database.write(commands.record_pushed, push_id=push.id, error=error, chance=chance)


def words_of(push: Push, address: str) -> tuple[str, str]:
    """Write title and text of a message, in the language of its address."""
    token = i18n.language.set(push.language)
    try:
        if push.alert is None:
            tested = say("This is a test message. Alerts reach you at this address.")
            return say("A test message from Osiedle"), f"{tested}\n{address}/notifications/"
        where = urljoin(address + "/", push.alert.alert.url)
        return headline_of(push.alert), f"{text_of(push.alert)}\n{where}"
    finally:
        i18n.language.reset(token)

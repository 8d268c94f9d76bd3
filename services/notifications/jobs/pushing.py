"""The clock tells: alerts that are due leave for addresses of other networks."""

import asyncio
import random
from datetime import timedelta
from urllib.parse import urljoin

from services.notifications import commands, queries
from services.notifications.clients.pushing import Pushers
from services.notifications.commands import Push
from services.notifications.jobs.letters import subject_of
from services.notifications.schemas import text_of
from services.notifications.settings import Settings
from shared import clock, i18n
from shared.database import Database
from shared.i18n import plural, say

LEASE = timedelta(minutes=15)
"""A process that dies while it sends holds its messages back so long; twenty may each take half a minute."""
AT_ONCE = 2
"""So many processes of apprise run at the same time: each takes some 60 MB while it does."""
ALERTS_IN_A_MESSAGE = 5
"""So many are told in full: these networks cut what is long."""


async def push_due(settings: Settings, database: Database, pushers: Pushers) -> None:
    """Send every message that is due to an address of another network."""
    turn = asyncio.Semaphore(AT_ONCE)
    while await database.read(queries.is_any_push_due, now=clock.now()):
        taken = await database.write(
            commands.take_pushes,
            now=clock.now(),
            lease=LEASE,
            schemes=settings.push_schemes,
            messages_a_day=settings.letters_a_day,
        )
        await asyncio.gather(*(_push(settings, database, pushers, push, turn) for push in taken))


async def _push(settings: Settings, database: Database, pushers: Pushers, push: Push, turn: asyncio.Semaphore) -> None:
    title, text = words_of(push, settings.address)
    async with turn:
        error = await pushers.send(push.url, title, text)
    chance = random.random()  # noqa: S311 -- spreads
    await database.write(commands.record_pushed, push_ids=push.ids, error=error, chance=chance)


def words_of(push: Push, address: str) -> tuple[str, str]:
    """Write title and text of a message, in the language of its address."""
    token = i18n.language.set(push.language)
    try:
        return subject_of(push.alerts), "\n\n".join(_parts(push, address))
    finally:
        i18n.language.reset(token)


def _parts(push: Push, address: str) -> list[str]:
    page = f"{address}/notifications/"
    if not push.alerts:
        return [f"{say('This is a test message. Alerts reach you at this address.')}\n{page}"]
    told = push.alerts[:ALERTS_IN_A_MESSAGE]
    parts = [f"{text_of(seen)}\n{urljoin(page, seen.alert.url)}" for seen in told]
    if more := len(push.alerts) - len(told):
        rest = plural("And {n} more alert waits on your page.", "And {n} more alerts wait on your page.", more)
        parts.append(f"{rest}\n{page}")
    return parts

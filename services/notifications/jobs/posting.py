"""The clock tells: webhooks that are due are posted, each receiver at its own pace."""

import asyncio
import random
from datetime import timedelta

from services.notifications import commands
from services.notifications.clients import Receivers
from services.notifications.commands import Message
from services.notifications.domain.signatures import signed_headers
from services.notifications.queries import webhooks_due
from services.notifications.schemas.webhooks import body_of
from services.notifications.settings import Settings
from shared import clock
from shared.database import Database

LEASE = timedelta(minutes=2)
"""A process that dies while it posts holds its messages back so long."""
AT_ONCE = 20
"""So many receivers are posted to at the same time, one message each."""


async def post_due(settings: Settings, database: Database, receivers: Receivers) -> None:
    """Post every message that is due, to one receiver one after the other: who is slow holds up nobody else."""
    posting: dict[str, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as group:
        while True:
            posting = {one: task for one, task in posting.items() if not task.done()}
            for message in await _take(database, busy=frozenset(posting)):
                task = group.create_task(_post(settings, database, receivers, message))
                posting[message.webhook_id] = task
            if not posting:
                return
            await asyncio.wait(
                posting.values(), timeout=settings.send_every_seconds, return_when=asyncio.FIRST_COMPLETED
            )


async def _take(database: Database, busy: frozenset[str]) -> list[Message]:
    """Take what is due, and write nothing where there is none."""
    most = AT_ONCE - len(busy)
    while most > 0:
        waiting = await database.read(webhooks_due, now=clock.now(), busy=busy)
        if not waiting:
            break
        if taken := await database.write(commands.take_messages, now=clock.now(), lease=LEASE, busy=busy, most=most):
            return taken
    return []


async def _post(settings: Settings, database: Database, receivers: Receivers, message: Message) -> None:
    """Post one message, signed as of now, and remember what came of it."""
    body = body_of(message, settings.address)
    headers = signed_headers(message.secret, message.id, int(clock.now().timestamp()), body)
    answered = await receivers.post(message.url, body, headers)
    await database.write(
        commands.record_answer,
        message_id=message.id,
        answered=answered,
        chance=random.random(),  # noqa: S311 -- spreads
    )

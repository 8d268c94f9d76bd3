"""Door: the clock tells. Keys are made in time; the very first start makes an administrator and says how to sign in."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.registry import commands
from services.registry.settings import Settings
from shared.database import Database
from shared.web import Job

log = logging.getLogger(__name__)

LOOK_AT_KEYS_EVERY = timedelta(hours=1)


def schedule(database: Database) -> list[Job]:
    """List what happens by the clock."""

    async def rotate() -> None:
        await database.write(commands.rotate_keys)

    return [Job("rotate signing keys", LOOK_AT_KEYS_EVERY, rotate)]


def first_start(settings: Settings, database: Database) -> Callable[[], Awaitable[None]]:
    """Make what happens before anybody is served: the first key, and the first administrator with a sign-in link."""

    async def begin() -> None:
        await database.write(commands.rotate_keys)
        secret = await database.write(commands.welcome_administrator)
        if secret is not None:
            log.info("Sign in as the administrator, once: %s", commands.sign_in_address(settings.address, secret))

    return begin

"""Door: the clock tells. Keys are made in time, letters leave; the very first start makes an administrator."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from services.registry import commands
from services.registry.jobs import review_letter
from services.registry.jobs.duplicates import index_what_may_be_same
from services.registry.jobs.erasures import look_at_erasures
from services.registry.jobs.imports import go_on_with_imports
from services.registry.jobs.letters import send_due_letters
from services.registry.jobs.past_needs import close_past_needs
from services.registry.jobs.public_contacts import tell_what_is_otherwise
from services.registry.jobs.searching import keep_search_right
from services.registry.jobs.statements import look_at_statements
from services.registry.settings import Settings
from shared import clock, erasing, mail
from shared.database import Database
from shared.web import Job

log = logging.getLogger(__name__)

LOOK_AT_KEYS_EVERY = timedelta(hours=1)
LOOK_FOR_COALITIONS_EVERY = timedelta(seconds=10)


def schedule(settings: Settings, database: Database, post: mail.Mail | None = None) -> list[Job]:
    """List what happens by the clock; `post` takes the place of the mail that the settings choose."""

    async def rotate() -> None:
        await database.write(commands.rotate_keys)

    async def look_for_coalitions() -> None:
        while await database.write(commands.look_for_coalitions):
            pass

    async def look_at_all_problems() -> None:
        await database.write(commands.look_at_all_problems)

    async def forget_deeds() -> None:
        await database.write(commands.forget_resident_deeds, today=clock.now().date())

    careful = erasing.CarefulMail(post or mail.chosen(settings), database, settings.data / "mail")
    send = partial(send_due_letters, settings, database, careful)
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job("rotate signing keys", LOOK_AT_KEYS_EVERY, rotate),
        Job("send due letters", timedelta(seconds=settings.send_every_seconds), send),
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
        Job("look at erasures", timedelta(hours=1), partial(look_at_erasures, database)),
        Job("ask about cards", timedelta(hours=6), partial(review_letter.ask, settings, database)),
        Job("index what may be the same", timedelta(hours=1), partial(index_what_may_be_same, database)),
        Job("go on with imports", timedelta(seconds=30), partial(go_on_with_imports, database, settings.zone)),
        Job("keep the search right", timedelta(days=1), partial(keep_search_right, database)),
        Job("tell who can be reached", timedelta(minutes=10), partial(tell_what_is_otherwise, database)),
        Job("close past needs", timedelta(minutes=10), partial(close_past_needs, database, settings.zone)),
        Job("forget what residents did yesterday", timedelta(hours=1), forget_deeds),
        Job("look for coalitions", LOOK_FOR_COALITIONS_EVERY, look_for_coalitions),
        Job("look at all problems", timedelta(hours=1), look_at_all_problems),
        Job("look at the statements", timedelta(days=1), partial(look_at_statements, settings)),
    ]


def first_start(settings: Settings, database: Database) -> Callable[[], Awaitable[None]]:
    """Make what happens before anybody is served: the first key, what nobody was told, an administrator's link."""

    async def begin() -> None:
        await database.write(commands.rotate_keys)
        while await database.write(commands.tell_untold):
            pass
        secret = await database.write(
            commands.welcome_administrator, email=settings.operator_email, language=settings.language
        )
        if secret is not None:
            log.info("Sign in as the administrator, once: %s", commands.sign_in_address(settings.address, secret))

    return begin

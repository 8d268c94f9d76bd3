"""The clock tells: letters and webhooks whose time has come leave, and what came of it is remembered."""

from datetime import timedelta
from functools import partial

from services.notifications import commands, queries
from services.notifications.clients import Receivers, mailboxes
from services.notifications.clients.pushing import chosen as chosen_pushers
from services.notifications.jobs.inviting import send_invitations
from services.notifications.jobs.letters import letter_for
from services.notifications.jobs.posting import post_due
from services.notifications.jobs.pushing import push_due
from services.notifications.jobs.reading import read_replies
from services.notifications.jobs.sending import send_due
from services.notifications.settings import Settings
from shared import clock, erasing, mail
from shared.database import Database
from shared.web import Job

__all__ = ["letter_for", "schedule", "send_due"]

RIGHTS_EVERY = timedelta(minutes=1)
"""What somebody may not any more goes on for at most so long."""


def schedule(settings: Settings, database: Database, post: mail.Mail | None = None) -> list[Job]:
    """Name what is done by the clock; `post` takes the place of the mail that the settings choose."""
    careful = erasing.CarefulMail(post or mail.chosen(settings), database, settings.data / "mail")
    receivers = Receivers(allowed=settings.inner_hosts, seconds=settings.webhook_seconds)
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job(
            "send due deliveries",
            timedelta(seconds=settings.send_every_seconds),
            partial(send_due, settings, database, careful),
            database.watch([commands.LETTERS]).wait,
        ),
        Job(
            "post due webhooks",
            timedelta(seconds=settings.send_every_seconds),
            partial(post_due, settings, database, receivers),
        ),
        Job(
            "tell of what is left open",
            timedelta(minutes=1),
            partial(tell_of_left_open, database),
        ),
        Job(
            "send due invitations",
            timedelta(seconds=settings.send_every_seconds),
            partial(send_invitations, settings, database, careful),
        ),
        *_reading(settings, database),
        Job(
            "push due alerts",
            timedelta(seconds=settings.send_every_seconds),
            partial(push_due, settings, database, chosen_pushers(settings)),
        ),
        Job("end rights", RIGHTS_EVERY, partial(end_rights, database)),
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
    ]


async def tell_of_left_open(database: Database) -> None:
    """Tell who looks after the neighbourhood of all that nobody saw to in time; write nothing where there is none."""
    while await database.read(queries.is_anything_left_open, now=clock.now()):
        await database.write(commands.tell_of_left_open, now=clock.now())


def _reading(settings: Settings, database: Database) -> list[Job]:
    """Name the reading of answers, where there is a mailbox for them."""
    if (mailbox := mailboxes.chosen(settings)) is None:
        return []
    every = timedelta(seconds=settings.reply_every_seconds)
    return [Job("read replies", every, partial(read_replies, database, mailbox))]


async def end_rights(database: Database) -> None:
    """Turn off what goes to programs and networks by the rights of somebody who has them no more."""
    await database.write(commands.end_rights, now=clock.now())

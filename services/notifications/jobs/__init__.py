"""The clock tells: letters and webhooks whose time has come leave, and what came of it is remembered."""

from datetime import timedelta
from functools import partial

from services.notifications import commands
from services.notifications.clients import Receivers
from services.notifications.jobs.letters import letter_for
from services.notifications.jobs.posting import post_due
from services.notifications.jobs.sending import send_due
from services.notifications.settings import Settings
from shared import erasing, mail
from shared.database import Database
from shared.web import Job

__all__ = ["letter_for", "schedule", "send_due"]


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
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
    ]

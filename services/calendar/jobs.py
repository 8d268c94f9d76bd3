"""Door: the clock tells. Series are laid out further, conflicts become past, and the almanac lies open."""

import asyncio
from datetime import timedelta
from functools import partial

from services.calendar import commands
from services.calendar.api.fetching import fetch_due
from services.calendar.clients import Calendars
from services.calendar.domain import almanac
from services.calendar.settings import Settings
from services.calendar.subscribers import PartnerDoors
from shared import clock, erasing
from shared.database import Database
from shared.web import Job

LOOK_FOR_PARTNERS_SECONDS = 1.0
"""A partner that is added or revoked on the command line is let in, or no more, within this time."""


def schedule(settings: Settings, database: Database, doors: PartnerDoors) -> list[Job]:
    """List what happens by the clock."""

    async def roll() -> None:
        while await database.write(commands.roll_horizon, now=clock.now(), horizon_days=settings.horizon_days):
            pass

    async def age() -> None:
        while await database.write(commands.age_conflicts, now=clock.now()):
            pass

    async def open_almanac() -> None:
        await asyncio.to_thread(almanac.holiday_on, clock.now().date())

    calendars = Calendars(allowed=settings.inner_hosts, http_allowed=settings.source_http)
    fetch = partial(fetch_due, database, settings, calendars)
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
        Job("look for partners", timedelta(seconds=LOOK_FOR_PARTNERS_SECONDS), doors.look),
        Job("open the almanac", timedelta(days=1), open_almanac),
        Job("fetch subscribed calendars", timedelta(seconds=settings.look_for_sources_seconds), fetch),
        Job("roll the horizon", timedelta(hours=settings.roll_horizon_hours), roll),
        Job("age conflicts", timedelta(minutes=settings.age_conflicts_minutes), age),
    ]

"""Door: the clock tells. Series are laid out on, conflicts get past, requests end, what changed is checked again."""

import asyncio
from datetime import timedelta
from functools import partial

from services.calendar import commands, queries
from services.calendar.api.fetching import fetch_due
from services.calendar.clients import Calendars
from services.calendar.clients.zone_data import data_version
from services.calendar.domain import almanac
from services.calendar.domain.offsets import offsets_of
from services.calendar.domain.recurrence.wall_clock import read_zones_anew
from services.calendar.domain.slots.days import pieces_of
from services.calendar.domain.zone_definitions import zone_definition
from services.calendar.domain.zone_tables import changes_of_zone
from services.calendar.settings import Settings
from services.calendar.subscribers import PartnerDoors
from shared import clock, erasing
from shared.database import Database
from shared.web import Job

LOOK_FOR_PARTNERS_SECONDS = 1.0
"""A partner that is added or revoked on the command line is let in, or no more, within this time."""
CHECK_AGAIN_SECONDS = 1.0
"""What a changed venue, rule or almanac concerns begins to be checked within this time."""
SEE_CHANGES_SECONDS = 60.0
"""What a rebuild changed about venues is seen within this time."""


def schedule(settings: Settings, database: Database, doors: PartnerDoors) -> list[Job]:
    """List what happens by the clock."""

    async def roll() -> None:
        while await database.write(commands.roll_horizon, now=clock.now(), horizon_days=settings.horizon_days):
            pass

    async def age() -> None:
        while await database.write(commands.age_conflicts, now=clock.now()):
            pass

    async def follow_zones() -> None:
        read_zones_anew()
        for known in (zone_definition, changes_of_zone, pieces_of):
            known.cache_clear()
        version = data_version()
        for name in await database.read(queries.zones_in_use):
            offsets = await asyncio.to_thread(offsets_of, name)
            follow = partial(commands.follow_zone, name=name, offsets=offsets, version=version)
            while await database.write(follow, now=clock.now(), horizon_days=settings.horizon_days):
                pass

    async def expire() -> None:
        while await database.write(commands.expire_requests, now=clock.now(), days=settings.request_days):
            pass

    async def follow_polls() -> None:
        while await database.write(commands.remind_voters, now=clock.now()):
            pass
        while await database.write(commands.end_polls, now=clock.now(), days=settings.poll_days):
            pass
        while await database.write(commands.end_invitations, now=clock.now()):
            pass

    async def follow_tasks() -> None:
        today = clock.today(settings.zone)
        while await database.write(commands.remind_of_tasks, now=clock.now(), today=today):
            pass

    async def remind_of_meetings() -> None:
        while await database.write(commands.remind_of_meetings, now=clock.now()):
            pass

    async def open_almanac() -> None:
        await asyncio.to_thread(almanac.holiday_on, clock.now().date())
        await database.write(commands.open_almanac, edition=almanac.edition(), region=settings.voivodeship)

    async def check_again() -> None:
        while await database.read(queries.waits_for_check):
            await database.write(commands.recheck_some)

    calendars = Calendars(allowed=settings.inner_hosts, http_allowed=settings.source_http)
    fetch = partial(fetch_due, database, settings, calendars)
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
        Job("look for partners", timedelta(seconds=LOOK_FOR_PARTNERS_SECONDS), doors.look),
        Job("open the almanac", timedelta(days=1), open_almanac),
        Job("see changes", timedelta(seconds=SEE_CHANGES_SECONDS), partial(database.write, commands.see_changes)),
        Job("check again", timedelta(seconds=CHECK_AGAIN_SECONDS), check_again),
        Job("follow the zones", timedelta(days=1), follow_zones),
        Job("fetch subscribed calendars", timedelta(seconds=settings.look_for_sources_seconds), fetch),
        Job("roll the horizon", timedelta(hours=settings.roll_horizon_hours), roll),
        Job("age conflicts", timedelta(minutes=settings.age_conflicts_minutes), age),
        Job("expire requests", timedelta(minutes=settings.expire_requests_minutes), expire),
        Job("remind of tasks", timedelta(minutes=settings.look_for_tasks_minutes), follow_tasks),
        Job("remind of meetings", timedelta(minutes=settings.look_for_tasks_minutes), remind_of_meetings),
        Job("follow polls", timedelta(minutes=settings.look_for_polls_minutes), follow_polls),
    ]

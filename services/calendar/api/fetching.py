"""Fetching subscribed calendars: for the clock and the command line; network and reading stay outside transactions."""

import asyncio
import hashlib
import random
from collections import Counter
from datetime import timedelta

from services.calendar import commands
from services.calendar.clients import Calendars, Fetched
from services.calendar.commands.sources import Due
from services.calendar.domain.components import UnreadableCalendar
from services.calendar.domain.importing import Reading, read_calendar
from services.calendar.domain.importing.series import in_units, series_of
from services.calendar.domain.subscriptions import retry_after_of
from services.calendar.settings import Settings
from shared import clock
from shared.database import Database
from shared.i18n import say_in
from shared.messages import Reason
from shared.problems import Problem

AT_ONCE = 4


async def fetch_due(database: Database, settings: Settings, calendars: Calendars) -> int:
    """Fetch every calendar whose time has come, a few at once; gives how many there were."""
    fetched = 0
    while True:
        due = [one for _ in range(AT_ONCE) if (one := await database.write(commands.take_due_source, now=clock.now()))]
        await asyncio.gather(*(_fetch(database, settings, calendars, one) for one in due))
        fetched += len(due)
        if len(due) < AT_ONCE:
            return fetched


async def _fetch(database: Database, settings: Settings, calendars: Calendars, due: Due) -> None:
    """Fetch one calendar and take over what is new in it; whatever is wrong with it is kept with it."""
    if due.removed:
        while await database.write(commands.take_off, due):
            pass
        return
    answer = await calendars.fetch(due.url, etag=due.etag, last_modified=due.last_modified)
    if answer.problem is not None:
        await _put_off(database, settings, due, answer.problem, retry_after_of(answer.retry_after, clock.now()))
        return
    try:
        await _take(database, settings, due, answer)
    except UnreadableCalendar as unreadable:
        await _put_off(database, settings, due, unreadable.reason)
    except Problem as problem:
        await _put_off(database, settings, due, Reason(code="source_unwanted", values={"detail": problem.title}))


async def _take(database: Database, settings: Settings, due: Due, answer: Fetched) -> None:
    digest = hashlib.blake2b(answer.data, digest_size=16).hexdigest()
    found: dict[str, object] = {}
    if answer.state == "same" or digest == due.content_hash:
        await database.write(commands.note_absent, due.source, None)
    else:
        untitled = say_in(settings.language, "Untitled event")
        reading = await asyncio.to_thread(read_calendar, answer.data, zone=settings.zone, untitled=untitled)
        counts = await _import(database, settings, due, reading)
        await database.write(commands.note_absent, due.source, present_keys(reading))
        found = {"etag": answer.etag, "last_modified": answer.last_modified, "content_hash": digest, "counts": counts}
    while await database.write(commands.drop_absent, due.source, horizon_days=settings.horizon_days):
        pass
    await database.write(commands.note_seen, due, every=_every(settings), chance=_chance(), found=found)


async def _import(database: Database, settings: Settings, due: Due, reading: Reading) -> dict[str, int]:
    said: Counter[str] = Counter(item.result for item in reading.items if item.result == "refused")
    for unit in in_units(series_of(reading.items), commands.ITEMS_A_UNIT):
        outcomes = await database.write(commands.take_over, due, unit, horizon_days=settings.horizon_days)
        said.update(one.result for one in outcomes)
    return dict(said)


def present_keys(reading: Reading) -> frozenset[tuple[str, str]]:
    """Name what a calendar has, as it is kept; an item that cannot be read is there all the same."""
    return frozenset((item.uid, item.recurrence_id or "") for item in reading.items)


async def _put_off(
    database: Database, settings: Settings, due: Due, problem: Reason, retry_after: timedelta | None = None
) -> None:
    await database.write(
        commands.note_failure, due, problem, every=_every(settings), chance=_chance(), retry_after=retry_after
    )


def _every(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.source_minutes)


def _chance() -> float:
    return random.random()  # noqa: S311  it spreads requests, and guards nothing

"""Door: programs ask, in JSON at `/calendar/api/v1`, as iCalendar at `/calendar/feed.ics`."""

from fastapi import APIRouter

from services.calendar.api import (
    conflicts,
    decisions,
    events,
    feeds,
    free_busy,
    imports,
    indicators,
    meetings,
    minutes,
    municipal,
    occurrences,
    opportunities,
    polls,
    requests,
    rules,
    satisfaction,
    slots,
    sources,
    tasks,
)

router = APIRouter()
for part in (
    events,
    occurrences,
    slots,
    conflicts,
    opportunities,
    requests,
    rules,
    meetings,
    tasks,
    minutes,
    decisions,
    polls,
    imports,
    feeds,
    municipal,
    indicators,
    satisfaction,
    sources,
    free_busy,
):
    router.include_router(part.router)

"""Door: programs ask, in JSON at `/calendar/api/v1`, as iCalendar at `/calendar/feed.ics`."""

from fastapi import APIRouter

from services.calendar.api import (
    agenda_items,
    conflicts,
    events,
    feeds,
    free_busy,
    imports,
    indicators,
    meetings,
    municipal,
    occurrences,
    opportunities,
    polls,
    requests,
    rules,
    satisfaction,
    slots,
    sources,
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
    agenda_items,
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

"""Door: programs ask, in JSON at `/calendar/api/v1`, as iCalendar at `/calendar/feed.ics`."""

from fastapi import APIRouter

from services.calendar.api import (
    conflicts,
    events,
    feeds,
    imports,
    indicators,
    meetings,
    municipal,
    satisfaction,
    slots,
)

router = APIRouter()
for part in (events, slots, conflicts, meetings, imports, feeds, municipal, indicators, satisfaction):
    router.include_router(part.router)

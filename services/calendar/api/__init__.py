"""Door: programs ask, in JSON at `/calendar/api/v1`, as iCalendar at `/calendar/feed.ics`."""

from fastapi import APIRouter

from services.calendar.api import conflicts, events, feeds, imports, meetings, municipal, rules, slots

router = APIRouter()
for part in (events, slots, conflicts, rules, meetings, imports, feeds, municipal):
    router.include_router(part.router)

"""Door: programs ask, in JSON at `/calendar/api/v1`, as iCalendar at `/calendar/feed.ics`."""

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

PARTS = (
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
)
routers = [part.router for part in PARTS]

"""Door: programs ask, in JSON, at `/calendar/api/v1`."""

from fastapi import APIRouter

from services.calendar.api import conflicts, events, meetings, slots

router = APIRouter()
for part in (events, slots, conflicts, meetings):
    router.include_router(part.router)

"""Door: people ask. The home page, the agenda, one event, its plan, its minutes, and the inbox of conflicts."""

from fastapi import APIRouter

from services.calendar import queries
from services.calendar.pages import agenda, event, home, inbox, indicators, meeting, planning, satisfaction
from shared.web.own_data import own_data_router

router = APIRouter(include_in_schema=False)
for part in (home, agenda, planning, inbox, meeting, event, indicators, satisfaction):
    router.include_router(part.router)
router.include_router(own_data_router("calendar", queries.own_data))

__all__ = ["router"]

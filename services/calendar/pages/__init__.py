"""Door: people ask. The home page, what is on, one event, its plan, its minutes, paper, and the inbox of conflicts."""

from fastapi import APIRouter

from services.calendar import queries
from services.calendar.pages import agenda, board, event, home, inbox, meeting, month, planning, printing
from shared.web.own_data import own_data_router

router = APIRouter(include_in_schema=False)
for part in (home, agenda, month, board, printing, planning, inbox, meeting, event):
    router.include_router(part.router)
router.include_router(own_data_router("calendar", queries.own_data))

__all__ = ["router"]

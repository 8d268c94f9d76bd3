"""Door: people ask. The home page, the agenda, one event, its plan, its minutes, and the inbox of conflicts."""

from fastapi import APIRouter

from services.calendar.pages import agenda, event, home, inbox, meeting, planning

router = APIRouter(include_in_schema=False)
for part in (home, agenda, planning, inbox, meeting, event):
    router.include_router(part.router)

__all__ = ["router"]

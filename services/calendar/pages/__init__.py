"""Door: people ask. The home page, the agenda, one event, its plan, its minutes, and the inbox."""

from fastapi import APIRouter

from services.calendar import queries
from services.calendar.pages import (
    agenda,
    answering,
    board,
    changes,
    decisions,
    event,
    home,
    importing,
    inbox,
    indicators,
    inviting,
    meeting,
    minutes,
    month,
    planning,
    polls,
    printing,
    rhythm,
    rules,
    satisfaction,
    slots,
    sources,
    tasks,
    voting,
)
from shared.web.own_data import own_data_router

router = APIRouter(include_in_schema=False)
for part in (
    home,
    agenda,
    month,
    board,
    printing,
    planning,
    slots,
    inbox,
    answering,
    meeting,
    minutes,
    tasks,
    decisions,
    rhythm,
    inviting,
    polls,
    voting,
    changes,
    event,
    indicators,
    satisfaction,
    importing,
    sources,
    rules,
):
    router.include_router(part.router)
router.include_router(own_data_router("calendar", queries.own_data))
UPLOADS = (importing.ADDRESS,)
"""Where a page sends a file."""

__all__ = ["UPLOADS", "router"]

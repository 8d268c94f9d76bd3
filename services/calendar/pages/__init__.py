"""Door: people ask. The home page, the agenda, one event, its plan, its minutes, and the inbox."""

from services.calendar import queries
from services.calendar.pages import (
    agenda,
    agenda_items,
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
    publishing,
    rhythm,
    rules,
    satisfaction,
    slots,
    sources,
    tasks,
    voting,
)
from shared.web.own_data import own_data_router

PARTS = (
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
    agenda_items,
    tasks,
    publishing,
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
)
routers = [*(part.router for part in PARTS), own_data_router("calendar", queries.own_data)]
UPLOADS = (importing.ADDRESS,)
"""Where a page sends a file."""

__all__ = ["UPLOADS", "routers"]

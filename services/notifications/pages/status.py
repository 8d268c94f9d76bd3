"""People ask: how the installation fares; it is told also while the database, or the bus, is away."""

from functools import partial

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.notifications import queries
from services.notifications.clients.looking import installation
from services.notifications.domain.advice import Commands
from services.notifications.domain.permissions import may_see_status_details
from services.notifications.schemas.status import status_shown
from shared import clock, web
from shared.pages import Pages

router = web.page_router()
pages = Pages("notifications")
SECONDS = 10
"""How often the page looks again by itself, where scripts run."""


@router.get("/status")
@router.get("/notifications/status")
async def show_status(request: Request, database: web.Database, person: web.PersonIfFound) -> HTMLResponse:
    """Show everybody whether things work, and administrators what is not well and what to do about it."""
    state = request.app.state
    reader = person if may_see_status_details(person) else None
    failed = partial(database.read, queries.failed_lately, by=reader, now=clock.now()) if reader else None
    found = await installation(state.bus.state, state.settings.reports_folder, failed)
    commands = Commands(composed=state.settings.nats_url is not None)
    return pages.page(
        request,
        "status.html",
        status_now=status_shown(found, commands, with_details=reader is not None),
        in_doubt=request.state.person_in_doubt,
        doctor=commands.deploy("doctor"),
        milliseconds=SECONDS * 1000,
    )

"""Programs ask: how the installation fares; it is told also while the database, or the bus, is away."""

from functools import partial

from fastapi import Request, Response

from services.notifications import queries
from services.notifications.clients.looking import installation
from services.notifications.domain.advice import Commands
from services.notifications.domain.permissions import may_see_status_details
from services.notifications.schemas.status import StatusShown, status_shown
from shared import clock, web

router = web.api_router("notifications")


@router.get("/status", response_model=None, responses={200: {"model": StatusShown}})
async def get_status(request: Request, database: web.Database, person: web.PersonIfFound) -> Response:
    """Say whether everything works, to anybody; administrators get `details`: figures, faults and what to do.

    It answers 200 also when something does not work; `state` says so.
    """
    state = request.app.state
    reader = person if may_see_status_details(person) else None
    failed = partial(database.read, queries.failed_lately, by=reader, now=clock.now()) if reader else None
    found = await installation(state.bus.state, state.settings.reports_folder, failed)
    shown = status_shown(found, Commands(composed=state.settings.nats_url is not None), with_details=reader is not None)
    return web.answer(shown, headers={"Cache-Control": "no-store"})

"""The rhythm of meetings: how regularly the same hosts meet, what came of the last time, and who stays away."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from services.calendar import queries
from services.calendar.pages.frame import pages
from services.calendar.queries.rhythm import rhythm_card, rhythm_cards
from shared import clock
from shared.i18n import say
from shared.identifiers import is_id
from shared.people import is_partner, must
from shared.web import CurrentPerson, Database, page_router

router = page_router()


@router.get("/calendar/rhythm")
async def rhythms(
    request: Request,
    database: Database,
    person: CurrentPerson,
    organisation: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show how each group of hosts meets, or those with one organisation among them: for partners."""
    must(is_partner(person))
    one, zone = organisation if is_id(organisation) else None, request.app.state.settings.zone
    cards = await database.read(rhythm_cards, person, clock.now(), zone, one)
    names = await database.read(queries.organisations)
    return pages.page(
        request,
        "rhythm.html",
        cards=cards,
        organisation=organisation,
        organisations=[("", say("All")), *((one.id, one.name) for one in names)],
        whole=False,
    )


@router.get("/calendar/rhythm/{event_id}")
async def rhythm(request: Request, database: Database, person: CurrentPerson, event_id: str) -> HTMLResponse:
    """Show how the hosts of one meeting meet: for partners."""
    must(is_partner(person))
    zone = request.app.state.settings.zone
    card = await database.read(rhythm_card, event_id, person, clock.now(), zone)
    return pages.page(request, "rhythm.html", cards=[card], organisation="", organisations=[], whole=True)

"""People ask: by which other ways than mail their alerts reach them, and whether these work."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notifications import commands, queries
from shared import web
from shared.pages import Pages
from shared.people import Person

router = APIRouter(include_in_schema=False)
pages = Pages("notifications")

PAGE = "/notifications/settings/channels"


@router.get(PAGE)
async def show_channels(request: Request, database: web.Database, person: web.CurrentPerson) -> HTMLResponse:
    """Show the other ways in which alerts reach somebody."""
    return await _page(request, database, person)


@router.post(PAGE + "/feed")
async def make_feed(request: Request, database: web.Database, person: web.CurrentPerson) -> HTMLResponse:
    """Make somebody a private feed; the answer shows its address, and no other page does."""
    secret = await database.write(commands.make_feed, by=person)
    address = f"{request.app.state.settings.address}/notifications/feed/{secret}.atom"
    return await _page(request, database, person, feed_address=address)


@router.post(PAGE + "/feed/end")
async def end_feed(database: web.Database, person: web.CurrentPerson) -> RedirectResponse:
    """Let nobody read somebody's alerts by their private address any more."""
    await database.write(commands.end_feed, by=person)
    return RedirectResponse(PAGE, 303)


async def _page(request: Request, database: web.Database, person: Person, *, feed_address: str = "") -> HTMLResponse:
    return pages.page(
        request,
        "channels.html",
        feed=await database.read(queries.alert_feed, by=person),
        feed_address=feed_address,
    )

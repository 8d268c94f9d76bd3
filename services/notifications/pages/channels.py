"""People ask: by which other ways than mail their alerts reach them, and whether these work."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from services.notifications import commands, queries
from services.notifications.clients.pushing import Fault, chosen
from services.notifications.domain.permissions import may_manage_push_address
from services.notifications.domain.plans import PushPlan
from services.notifications.domain.pushing import OffBecause, fault_of, masked
from shared import web
from shared.i18n import language, say
from shared.pages import Pages
from shared.people import Person
from shared.problems import InvalidInput

router = web.page_router()
pages = Pages("notifications")

PAGE = "/notifications/settings/channels"

FAULTS: dict[Fault, str] = {
    "unknown": "This is not an address as apprise writes them; one looks like ntfys://ntfy.sh/my-topic.",
    "inside": "This address is inside our own network, where nothing is sent.",
    "absent": "Whoever runs Osiedle has not installed apprise yet.",
}
OFF: dict[OffBecause, str] = {
    "failing": "Nothing got through any more.",
    "not_allowed": "Addresses of this kind are not allowed here any more.",
    "rights_ended": "Who added it may not act for the institution any more.",
}


class PushForm(BaseModel):
    """The form of a new address; without an organisation it is for whoever adds it."""

    url: str = Field(default="", max_length=1000)
    organisation_id: str = Field(default="", max_length=36)

    def plan(self) -> PushPlan:
        """Bring it to what the command takes; the language is that of who fills it in."""
        spoken = language.get()
        return PushPlan(self.url.strip(), "en" if spoken == "en" else "pl", self.organisation_id or None)


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


@router.post(PAGE + "/push", response_model=None)
async def add_push_address(
    request: Request, database: web.Database, person: web.CurrentPerson, form: Annotated[PushForm, Form()]
) -> Response:
    """Add an address of another network, after apprise has said that it understands it."""
    settings, plan = request.app.state.settings, form.plan()
    try:
        if fault_of(plan.url, settings.push_schemes) is None and (fault := await chosen(settings).fault_of(plan.url)):
            raise InvalidInput(("/url", FAULTS[fault]))
        await database.write(commands.add_push_address, by=person, plan=plan, schemes=settings.push_schemes)
    except InvalidInput as refusal:
        fault_said = say(refusal.extra["errors"][0]["detail"])
        return await _page(request, database, person, form=form, fault=fault_said)
    return RedirectResponse(PAGE, 303)


@router.post(PAGE + "/push/{address_id}/test")
async def try_push_address(database: web.Database, person: web.CurrentPerson, address_id: str) -> RedirectResponse:
    """Have a test message sent to an address; one that was turned off is on again."""
    await database.write(commands.try_push_address, by=person, address_id=address_id)
    return RedirectResponse(PAGE, 303)


@router.post(PAGE + "/push/{address_id}/remove")
async def remove_push_address(database: web.Database, person: web.CurrentPerson, address_id: str) -> RedirectResponse:
    """Remove an address."""
    await database.write(commands.remove_push_address, by=person, address_id=address_id)
    return RedirectResponse(PAGE, 303)


async def _page(
    request: Request,
    database: web.Database,
    person: Person,
    *,
    feed_address: str = "",
    form: PushForm | None = None,
    fault: str = "",
) -> HTMLResponse:
    """Render the page; an address that was typed wrong is a secret too, and its owner types it again."""
    addresses = await database.read(queries.push_addresses, by=person)
    named = dict(await database.read(queries.organisations_of, by=person))
    own = {one: name for one, name in named.items() if may_manage_push_address(person, one, None)}
    return pages.page(
        request,
        "channels.html",
        status=422 if fault else 200,
        feed=await database.read(queries.alert_feed, by=person),
        feed_address=feed_address,
        schemes=sorted(request.app.state.settings.push_schemes),
        addresses=addresses,
        shown={one.id: masked(one.scheme) for one in addresses},
        last=await database.read(queries.last_pushes, addresses),
        off={reason: say(words) for reason, words in OFF.items()},
        owners=[("", say("For me")), *own.items()],
        owner_names={"": say("For me"), **own},
        organisation_id=form.organisation_id if form else "",
        fault=fault,
    )

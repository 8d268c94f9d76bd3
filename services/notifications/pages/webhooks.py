"""People ask: to which programs their organisations' alerts go, and how each message fared."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from services.notifications import commands, queries
from services.notifications.domain.plans import WebhookPlan
from services.notifications.domain.signatures import secret_text
from services.notifications.domain.webhooks import TEST, WEBHOOK_KINDS
from services.notifications.domain.wording import KIND_NAMES
from services.notifications.models import Webhook
from shared import paging, web
from shared.i18n import language, say
from shared.pages import Pages
from shared.people import Person, is_administrator
from shared.problems import InvalidInput

router = web.page_router()
pages = Pages("notifications")

PAGE = "/notifications/webhooks"
ON_A_PAGE = 30


class WebhookForm(BaseModel):
    """The form of a new webhook; without an organisation it is the administrators', without kinds it is of all."""

    organisation_id: str = Field(default="", max_length=36)
    url: str = Field(default="", max_length=2000)
    kind: tuple[str, ...] = ()

    def plan(self) -> WebhookPlan:
        """Bring it to what the command takes; the language is that of who fills it in."""
        spoken = language.get()
        return WebhookPlan(
            url=self.url.strip(),
            kinds=tuple(one for one in WEBHOOK_KINDS if one in self.kind),
            language="en" if spoken == "en" else "pl",
            active=True,
            organisation_id=self.organisation_id or None,
        )


@router.get(PAGE)
async def show_webhooks(request: Request, database: web.Database, person: web.CurrentPerson) -> HTMLResponse:
    """Show the webhooks that somebody may manage, and the form of a new one."""
    return await _page(request, database, person, WebhookForm())


@router.post(PAGE)
async def make_webhook(
    request: Request, database: web.Database, person: web.CurrentPerson, form: Annotated[WebhookForm, Form()]
) -> HTMLResponse:
    """Make a webhook; the answer shows its secret, and no other page does."""
    http_allowed = request.app.state.settings.webhook_http
    try:
        made = await database.write(commands.make_webhook, by=person, plan=form.plan(), http_allowed=http_allowed)
    except InvalidInput as refusal:
        faults = {one["pointer"].removeprefix("/"): say(one["detail"]) for one in refusal.extra["errors"]}
        return await _page(request, database, person, form, errors=faults)
    return await _page(request, database, person, WebhookForm(), secret=secret_text(made.secret))


@router.get(PAGE + "/{webhook_id}")
async def show_webhook(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    webhook_id: str,
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """Show what went by a webhook, with every try."""
    webhook = await database.read(queries.webhook, by=person, webhook_id=webhook_id)
    page = paging.Paging(limit=ON_A_PAGE, after=paging.key_of(cursor) if cursor else None)
    rows = await database.read(queries.webhook_deliveries, page, by=person, webhook_id=webhook_id)
    shown, following = paging.page_of(page, rows, lambda one: one.id)
    return pages.page(
        request,
        "webhook.html",
        webhook=webhook,
        owner=await _owner(database, person, webhook),
        deliveries=shown,
        tries=await database.read(queries.webhook_tries, shown),
        names=_names(),
        following=following,
    )


@router.post(PAGE + "/{webhook_id}/test")
async def send_webhook_test(database: web.Database, person: web.CurrentPerson, webhook_id: str) -> RedirectResponse:
    """Have a test message sent."""
    await database.write(commands.ask_for_webhook_test, by=person, webhook_id=webhook_id)
    return RedirectResponse(f"{PAGE}/{webhook_id}", 303)


@router.post(PAGE + "/{webhook_id}/switch")
async def switch_webhook(
    database: web.Database, person: web.CurrentPerson, webhook_id: str, on: Annotated[bool, Form()] = False
) -> RedirectResponse:
    """Turn a webhook on or off."""
    await database.write(commands.change_webhook, by=person, webhook_id=webhook_id, plan=WebhookPlan(active=on))
    return RedirectResponse(f"{PAGE}/{webhook_id}", 303)


@router.post(PAGE + "/{webhook_id}/remove")
async def remove_webhook(database: web.Database, person: web.CurrentPerson, webhook_id: str) -> RedirectResponse:
    """Remove a webhook."""
    await database.write(commands.remove_webhook, by=person, webhook_id=webhook_id)
    return RedirectResponse(PAGE, 303)


@router.post(PAGE + "/{webhook_id}/deliveries/{message_id}/replay")
async def replay_webhook_delivery(
    database: web.Database, person: web.CurrentPerson, webhook_id: str, message_id: str
) -> RedirectResponse:
    """Send a message once more."""
    await database.write(commands.replay, by=person, webhook_id=webhook_id, delivery_id=message_id)
    return RedirectResponse(f"{PAGE}/{webhook_id}", 303)


async def _page(
    request: Request,
    database: web.Database,
    person: Person,
    form: WebhookForm,
    *,
    errors: Mapping[str, str] | None = None,
    secret: str | None = None,
) -> HTMLResponse:
    """Render the list, with the form as it was filled in and, once, the secret of the webhook just made."""
    everything = paging.Paging(limit=paging.MOST, after=None)
    owners = await database.read(queries.organisations_of, by=person)
    if is_administrator(person):
        owners.append(("", say("All institutions (for administrators)")))
    return pages.page(
        request,
        "webhooks.html",
        status=422 if errors else 200,
        webhooks=(await database.read(queries.webhooks, everything, by=person))[: paging.MOST],
        owners=owners,
        owner_names=dict(owners),
        kinds=[(kind, say(KIND_NAMES[kind])) for kind in WEBHOOK_KINDS],
        form=form,
        errors=errors or {},
        secret=secret,
    )


async def _owner(database: web.Database, person: Person, webhook: Webhook) -> str:
    """Name whose webhook it is."""
    if webhook.organisation_id is None:
        return say("All institutions (for administrators)")
    return dict(await database.read(queries.organisations_of, by=person)).get(webhook.organisation_id, "")


def _names() -> dict[str, Any]:
    return {**{kind: say(name) for kind, name in KIND_NAMES.items()}, TEST: say("Test message")}

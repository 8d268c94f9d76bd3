"""`webhooks`: which alerts are sent to which programs, and how each message fared."""

from functools import partial

from fastapi import Request, Response

from services.notifications import commands, queries
from services.notifications.schemas.webhooks import (
    WebhookBody,
    WebhookChange,
    WebhookDeliveryShown,
    WebhookMade,
    WebhookShown,
    webhook_delivery_shown,
    webhook_made,
    webhook_made_before,
    webhook_shown,
)
from shared import web

router = web.api_router("notifications")
NEWEST_FIRST = "created_at, newest first"


@router.get("/webhooks", response_model=web.Page[WebhookShown])
async def list_webhooks(
    request: Request, database: web.Database, person: web.CurrentPerson, paging: web.Paging
) -> Response:
    """List the webhooks that whoever asks may manage, without their secrets."""
    found = await database.read(queries.webhooks, paging, by=person)
    return web.listing(request, paging, found, show=webhook_shown, key=lambda one: one.id, sorted_by=NEWEST_FIRST)


@router.post("/webhooks", status_code=201, response_model=WebhookMade, responses=web.refuses(409))
async def make_webhook(
    request: Request, database: web.Database, person: web.CurrentPerson, body: WebhookBody
) -> Response:
    """Have alerts sent to a program; the answer holds the secret with which it checks them, this once."""
    return await web.create(
        request,
        database,
        commands.make_webhook,
        show=webhook_made_before,
        show_once=webhook_made,
        by=person,
        plan=body.plan(),
        http_allowed=request.app.state.settings.webhook_http,
    )


@router.get("/webhooks/{webhook_id}", response_model=WebhookShown)
async def get_webhook(database: web.Database, person: web.CurrentPerson, webhook_id: str) -> Response:
    """Give one webhook, without its secret; the ETag is for changing it."""
    webhook = await database.read(queries.webhook, by=person, webhook_id=webhook_id)
    return web.answer(webhook_shown(webhook), version=webhook.version)


@router.patch("/webhooks/{webhook_id}", response_model=WebhookShown)
async def change_webhook(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    version: web.IfMatch,
    webhook_id: str,
    body: WebhookChange,
) -> Response:
    """Change a webhook, or turn it on or off; its secret stays."""
    webhook = await database.write(
        commands.change_webhook,
        by=person,
        webhook_id=webhook_id,
        plan=body.plan(),
        version=version,
        http_allowed=request.app.state.settings.webhook_http,
    )
    return web.answer(webhook_shown(webhook), version=webhook.version)


@router.delete("/webhooks/{webhook_id}", response_model=None, status_code=204)
async def remove_webhook(database: web.Database, person: web.CurrentPerson, webhook_id: str) -> Response:
    """Remove a webhook, and what was kept of what went by it."""
    await database.write(commands.remove_webhook, by=person, webhook_id=webhook_id)
    return Response(status_code=204)


@router.post("/webhooks/{webhook_id}/test", response_model=WebhookDeliveryShown, responses=web.refuses(409))
async def send_webhook_test(
    request: Request, database: web.Database, person: web.CurrentPerson, webhook_id: str
) -> Response:
    """Have a test message sent, once and at once; `deliveries` says what came of it."""
    return await web.perform(
        request,
        database,
        commands.ask_for_webhook_test,
        show=webhook_delivery_shown,
        by=person,
        webhook_id=webhook_id,
    )


@router.get("/webhooks/{webhook_id}/deliveries", response_model=web.Page[WebhookDeliveryShown])
async def list_webhook_deliveries(
    request: Request, database: web.Database, person: web.CurrentPerson, paging: web.Paging, webhook_id: str
) -> Response:
    """List what went by a webhook in the last weeks, with every try and what was answered."""
    found = await database.read(queries.webhook_deliveries, paging, by=person, webhook_id=webhook_id)
    tries = await database.read(queries.webhook_tries, found)
    return web.listing(
        request,
        paging,
        found,
        show=lambda one: webhook_delivery_shown(one, tries[one.id]),
        key=lambda one: one.id,
        sorted_by=NEWEST_FIRST,
    )


@router.post(
    "/webhooks/{webhook_id}/deliveries/{message_id}/replay",
    response_model=WebhookDeliveryShown,
    responses=web.refuses(409),
)
async def replay_webhook_delivery(
    request: Request, database: web.Database, person: web.CurrentPerson, webhook_id: str, message_id: str
) -> Response:
    """Send a message once more under the same `webhook-id`, also one that got through."""
    return await web.perform(
        request,
        database,
        partial(commands.replay, by=person, webhook_id=webhook_id, delivery_id=message_id),
        show=webhook_delivery_shown,
    )

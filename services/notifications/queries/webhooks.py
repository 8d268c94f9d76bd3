"""Webhooks: whose they are, what is due by them, and how each message fared."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_manage_webhook
from services.notifications.models import Alert, KnownOrganisation, Webhook, WebhookDelivery, WebhookTry
from services.notifications.problems import NoSuchDelivery, NoSuchWebhook
from services.notifications.queries.alerts import AlertSeen, seen
from shared.identifiers import is_id
from shared.paging import Paging
from shared.people import Person, is_administrator


def webhooks(session: Session, paging: Paging, *, by: Person) -> list[Webhook]:
    """Give the webhooks that somebody may manage, the newest first."""
    rows = select(Webhook).where(paging.beyond(Webhook.id, descending=True)).order_by(Webhook.id.desc())
    if not is_administrator(by):
        rows = rows.where(Webhook.organisation_id.in_([one for one in by.roles if may_manage_webhook(by, one)]))
    return list(session.scalars(rows.limit(paging.rows)))


def webhook(session: Session, *, by: Person, webhook_id: str, for_update: bool = False) -> Webhook:
    """Give one webhook; raises `NoSuchWebhook`, also where it is not this person's to manage."""
    found = session.get(Webhook, webhook_id, with_for_update=for_update) if is_id(webhook_id) else None
    if found is None or not may_manage_webhook(by, found.organisation_id):
        raise NoSuchWebhook
    return found


def webhook_count(session: Session, *, organisation_id: str | None) -> int:
    """Count the webhooks of an organisation, or of the administrators."""
    counted = select(func.count()).where(Webhook.organisation_id.is_not_distinct_from(organisation_id))
    return session.scalar(counted) or 0


def webhook_deliveries(session: Session, paging: Paging, *, by: Person, webhook_id: str) -> list[WebhookDelivery]:
    """Give what went by a webhook, the newest first; raises `NoSuchWebhook`."""
    mine = WebhookDelivery.webhook_id == webhook(session, by=by, webhook_id=webhook_id).id
    rows = select(WebhookDelivery).where(mine, paging.beyond(WebhookDelivery.id, descending=True))
    return list(session.scalars(rows.order_by(WebhookDelivery.id.desc()).limit(paging.rows)))


def webhook_delivery(session: Session, *, webhook_id: str, delivery_id: str) -> WebhookDelivery:
    """Give one message of a webhook, locked; raises `NoSuchDelivery`."""
    found = session.get(WebhookDelivery, delivery_id, with_for_update=True) if is_id(delivery_id) else None
    if found is None or found.webhook_id != webhook_id:
        raise NoSuchDelivery
    return found


def webhook_tries(session: Session, found: Sequence[WebhookDelivery]) -> dict[str, list[WebhookTry]]:
    """Give the tries of each of these messages, the oldest first, by the message's id."""
    rows = select(WebhookTry).where(WebhookTry.delivery_id.in_([one.id for one in found])).order_by(WebhookTry.id)
    tries: dict[str, list[WebhookTry]] = {one.id: [] for one in found}
    for row in session.scalars(rows):
        tries[row.delivery_id].append(row)
    return tries


def webhooks_due(session: Session, *, now: datetime, busy: Collection[str]) -> list[str]:
    """Name the webhooks by which something is due, who waits longest first; but not those that are `busy`."""
    rows = select(WebhookDelivery.webhook_id).where(*is_due(now), WebhookDelivery.webhook_id.not_in(list(busy)))
    ordered = rows.group_by(WebhookDelivery.webhook_id).order_by(func.min(WebhookDelivery.due_at))
    return list(session.scalars(ordered))


def is_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say in SQL that a message is to be sent now."""
    return WebhookDelivery.state == "due", WebhookDelivery.due_at <= now


def alert_to_post(session: Session, delivery: WebhookDelivery) -> AlertSeen | None:
    """Give the alert that a message tells of: the first of those that say the same to different people."""
    told = select(Alert).where(
        Alert.cause_id == delivery.cause_id,
        Alert.cause_version == delivery.cause_version,
        Alert.organisation_id == delivery.organisation_id,
    )
    found = session.scalar(told.order_by(Alert.id).limit(1))
    return None if found is None else seen(session, [found])[0]


def is_organisation(session: Session, organisation_id: str) -> bool:
    """Say whether the registry told us of such an organisation."""
    return is_id(organisation_id) and session.get(KnownOrganisation, organisation_id) is not None


def organisations_of(session: Session, *, by: Person) -> list[tuple[str, str]]:
    """Give id and name of the organisations whose webhooks somebody may manage, by name."""
    rows = select(KnownOrganisation.id, KnownOrganisation.name).order_by(KnownOrganisation.name)
    return [(row.id, row.name) for row in session.execute(rows) if may_manage_webhook(by, row.id)]

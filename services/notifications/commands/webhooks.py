"""Webhooks: made, changed and removed by those whose alerts they carry; and what is to go by them."""

import secrets
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain.permissions import may_manage_webhook
from services.notifications.domain.plans import WebhookPlan
from services.notifications.domain.signatures import SECRET_BYTES
from services.notifications.domain.webhooks import FOLLOWED, MOST_WEBHOOKS, TEST, fault_of, host_of
from services.notifications.models import Alert, History, Webhook, WebhookDelivery
from services.notifications.problems import TooManyWebhooks, WebhookOff
from shared import clock, history
from shared.identifiers import is_id
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput

TURNED_OFF = "the webhook was turned off"


def make_webhook(session: Session, *, by: Person, plan: WebhookPlan, http_allowed: bool = False) -> Webhook:
    """Make a webhook with a new secret.

    Raises `NotAllowed`, `InvalidInput` (address, kinds, an organisation that nobody knows), `TooManyWebhooks`.
    """
    must(may_manage_webhook(by, plan.organisation_id))
    if plan.organisation_id is not None and not queries.is_organisation(session, plan.organisation_id):
        raise InvalidInput(("/organisation_id", "There is no such institution."))
    _check(plan, http_allowed)
    if queries.webhook_count(session, organisation_id=plan.organisation_id) >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    webhook = Webhook(
        organisation_id=plan.organisation_id,
        made_by_id=by.id if is_id(by.id) else None,
        made_by_key_id=by.key_id,
        url=plan.url,
        kinds=sorted(plan.kinds or ()),
        language=plan.language or "pl",
        active=plan.active is not False,
        secret=secrets.token_bytes(SECRET_BYTES),
        created_at=clock.now(),
    )
    session.add(webhook)
    session.flush()
    keep_change(session, webhook, by, "made")
    return webhook


def change_webhook(
    session: Session,
    *,
    by: Person,
    webhook_id: str,
    plan: WebhookPlan,
    version: int | None = None,
    http_allowed: bool = False,
) -> Webhook:
    """Change what the plan names; whose it is, and its secret, stay.

    Raises `NoSuchWebhook`, `ChangedMeanwhile`, `InvalidInput`.
    """
    webhook = queries.webhook(session, by=by, webhook_id=webhook_id, for_update=True)
    if version is not None and version != webhook.version:
        raise ChangedMeanwhile
    _check(plan, http_allowed)
    webhook.url = webhook.url if plan.url is None else plan.url
    webhook.kinds = webhook.kinds if plan.kinds is None else sorted(plan.kinds)
    webhook.language = plan.language or webhook.language
    if plan.active is not None:
        if plan.active and not webhook.active:  # whoever turns it on answers for it
            webhook.made_by_id, webhook.made_by_key_id = by.id if is_id(by.id) else None, by.key_id
        turn(session, webhook, on=plan.active)
    webhook.version += 1
    keep_change(session, webhook, by, "changed")
    return webhook


def remove_webhook(session: Session, *, by: Person, webhook_id: str) -> None:
    """Remove a webhook and all that was kept of what went by it; raises `NoSuchWebhook`."""
    webhook = queries.webhook(session, by=by, webhook_id=webhook_id, for_update=True)
    webhook.version += 1
    keep_change(session, webhook, by, "removed")
    session.delete(webhook)


def ask_for_webhook_test(session: Session, *, by: Person, webhook_id: str) -> WebhookDelivery:
    """Have a message about nothing sent; while one waits there is no other. Raises `NoSuchWebhook`, `WebhookOff`."""
    webhook = _turned_on(session, by, webhook_id)
    mine = WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.kind == TEST, WebhookDelivery.state == "due"
    waiting = session.scalar(select(WebhookDelivery).where(*mine).limit(1))
    if waiting is not None:
        return waiting
    now = clock.now()
    delivery = WebhookDelivery(webhook_id=webhook.id, kind=TEST, due_at=now, created_at=now, attempts=0, state="due")
    session.add(delivery)
    session.flush()
    return delivery


def replay(session: Session, *, by: Person, webhook_id: str, delivery_id: str) -> WebhookDelivery:
    """Send a message once more, under its own id, whether it got through or not; one that waits goes now.

    Raises `NoSuchWebhook`, `NoSuchDelivery`, `WebhookOff`.
    """
    webhook = _turned_on(session, by, webhook_id)
    delivery = queries.webhook_delivery(session, webhook_id=webhook.id, delivery_id=delivery_id)
    delivery.state, delivery.attempts, delivery.due_at, delivery.error = "due", 0, clock.now(), None
    return delivery


def plan_webhooks(session: Session, alert: Alert) -> None:
    """Have an organisation's alert sent by its webhooks and the administrators', once for all whom it tells the same.

    What happened to several things at once is several messages: a program does not tire of reading.
    """
    same = (
        WebhookDelivery.webhook_id == Webhook.id,
        WebhookDelivery.organisation_id == alert.organisation_id,
        WebhookDelivery.cause_id == alert.cause_id,
        WebhookDelivery.cause_version == alert.cause_version,
    )
    theirs = or_(Webhook.organisation_id.is_(None), Webhook.organisation_id == alert.organisation_id)
    known = select(WebhookDelivery.id).where(*same).exists()
    for webhook in session.scalars(select(Webhook).where(Webhook.active, theirs, ~known)):
        if not webhook.kinds or alert.kind in webhook.kinds:
            session.add(
                WebhookDelivery(
                    webhook_id=webhook.id,
                    kind=alert.kind,
                    organisation_id=alert.organisation_id,
                    cause_id=alert.cause_id,
                    cause_version=alert.cause_version,
                    due_at=alert.created_at,
                    created_at=alert.created_at,
                )
            )


def turn(session: Session, webhook: Webhook, *, on: bool) -> None:
    """Turn a webhook on or off; what waits when it is turned off is given up, and may be sent again by hand."""
    webhook.active, webhook.disabled_because = on, None
    if not on:
        waiting = update(WebhookDelivery).where(
            WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == "due"
        )
        session.execute(waiting.values(state="given_up", error=TURNED_OFF))


def keep_change(session: Session, webhook: Webhook, by: Person | None, action: str) -> None:
    """Note who changed a webhook: of its address the host alone, for the rest may be a secret."""
    facts: dict[str, Any] = {
        "organisation_id": webhook.organisation_id,
        "host": host_of(webhook.url),
        "kinds": webhook.kinds,
        "language": webhook.language,
        "active": webhook.active,
        "disabled_because": webhook.disabled_because,
    }
    history.record(
        session,
        History,
        aggregate="webhook",
        id=webhook.id,
        version=webhook.version,
        by=by,
        action=action,
        changes=facts,
    )


def _turned_on(session: Session, by: Person, webhook_id: str) -> Webhook:
    webhook = queries.webhook(session, by=by, webhook_id=webhook_id, for_update=True)
    if not webhook.active:
        raise WebhookOff
    return webhook


def _check(plan: WebhookPlan, http_allowed: bool) -> None:
    if plan.url is not None and (fault := fault_of(plan.url, http_allowed=http_allowed)):
        raise InvalidInput(("/url", fault))
    if FOLLOWED.intersection(plan.kinds or ()):
        raise InvalidInput(("/kinds", "Alerts of this kind go to those who follow something, never to a webhook."))

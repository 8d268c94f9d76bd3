"""Posting: what is due by a webhook is taken, and what its receiver answered is remembered."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.clients import Answered
from services.notifications.commands.telling import tell, tell_each
from services.notifications.commands.webhooks import keep_change, turn
from services.notifications.domain.plans import News
from services.notifications.domain.webhooks import (
    LONGEST_ANSWER,
    TEST,
    DisabledBecause,
    host_of,
    is_hopeless,
    wait_before,
)
from services.notifications.models import Webhook, WebhookDelivery, WebhookTry
from shared import clock

log = logging.getLogger(__name__)

GONE = 410
REASONS: dict[DisabledBecause, str] = {
    "gone": "webhook_gone",
    "failing": "webhook_failing",
    "rights_ended": "webhook_rights_ended",
}


@dataclass(frozen=True)
class Message:
    """What goes to one receiver: the alert as it is now, or none where it is a test."""

    id: str
    webhook_id: str
    url: str
    secret: bytes
    language: str
    kind: str
    created_at: datetime
    alert: queries.AlertSeen | None


def take_messages(
    session: Session, *, now: datetime, lease: timedelta, busy: Collection[str], most: int
) -> list[Message]:
    """Take one message for each webhook by which one is due, at most so many; nobody else takes it in the `lease`."""
    messages = []
    for webhook_id in queries.webhooks_due(session, now=now, busy=busy)[:most]:
        mine = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id, *queries.is_due(now))
        first = mine.order_by(WebhookDelivery.due_at, WebhookDelivery.id).limit(1)
        delivery = session.scalar(first.with_for_update(skip_locked=True))
        if delivery is not None and (message := _message(session, delivery)) is not None:
            delivery.due_at = now + lease
            delivery.attempts += 1
            messages.append(message)
    return messages


def record_answer(session: Session, *, message_id: str, answered: Answered, chance: float) -> None:
    """Remember what came of one try: it got through, is tried again later, or is given up.

    A webhook whose receiver is gone, or to which nothing gets through any more, is turned off, and its owner told.
    `chance`, from 0 to 1, spreads the tries. Of a webhook that was removed meanwhile nothing is remembered.
    """
    of_it = select(Webhook).join(WebhookDelivery).where(WebhookDelivery.id == message_id)
    webhook = session.scalar(of_it.with_for_update(of=Webhook))  # before the message: so does whoever changes it
    delivery = session.get(WebhookDelivery, message_id, with_for_update=True)
    if webhook is None or delivery is None:
        return
    now = clock.now()
    _keep_try(session, delivery, answered, now)
    if answered.is_taken:
        delivery.state, delivery.sent_at, delivery.error = "sent", now, None
        webhook.answered_at = now
        return
    delivery.error = answered.error or f"status {answered.status}"
    if answered.status == GONE:
        delivery.state = "given_up"
        disable(session, webhook, "gone", now)
    elif delivery.state == "due":
        _try_again(session, webhook, delivery, now, chance)


def _try_again(session: Session, webhook: Webhook, delivery: WebhookDelivery, now: datetime, chance: float) -> None:
    """Have a message wait for its next try; a test has none, for somebody waits to see what comes of it."""
    wait = None if delivery.kind == TEST else wait_before(delivery.attempts, chance)
    if wait is not None:
        delivery.due_at = now + wait
        return
    delivery.state = "given_up"
    if delivery.kind != TEST and is_hopeless(delivery.created_at, webhook.answered_at):
        disable(session, webhook, "failing", now)


def _message(session: Session, delivery: WebhookDelivery) -> Message | None:
    """Make what goes out; what was told is overtaken where newer news took its place, or forgotten."""
    alert = None if delivery.kind == TEST else queries.alert_to_post(session, delivery)
    if alert is None and delivery.kind != TEST:
        delivery.state = "overtaken"
        return None
    webhook = session.get_one(Webhook, delivery.webhook_id)
    return Message(
        id=delivery.id,
        webhook_id=webhook.id,
        url=webhook.url,
        secret=webhook.secret,
        language=webhook.language,
        kind=delivery.kind,
        created_at=delivery.created_at,
        alert=alert,
    )


def _keep_try(session: Session, delivery: WebhookDelivery, answered: Answered, now: datetime) -> None:
    session.add(
        WebhookTry(
            delivery_id=delivery.id,
            tried_at=now,
            status=answered.status,
            milliseconds=answered.milliseconds,
            answer=answered.text[:LONGEST_ANSWER],
            error=answered.error,
        )
    )


def disable(session: Session, webhook: Webhook, because: DisabledBecause, now: datetime) -> None:
    """Turn a webhook off and tell whose it is: the organisation, or the administrator who made it."""
    if not webhook.active:
        return
    turn(session, webhook, on=False)
    webhook.disabled_because = because
    webhook.version += 1
    keep_change(session, webhook, None, "disabled")
    log.warning("the webhook %s was turned off: %s", webhook.id, because)
    news = News(
        kind="webhook_disabled",
        cause_id=webhook.id,
        cause_version=webhook.version,
        subject_kind="webhook",
        severity=None,
        event_ids=(),
        event_titles=(host_of(webhook.url),),
        organisation_ids=(webhook.organisation_id,) if webhook.organisation_id else (),
        starts_at=now,
        ends_at=now,
        zone="UTC",
        reason_code=REASONS[because],
        reason_values={},
        url="/notifications/webhooks",
    )
    if webhook.organisation_id:
        tell(session, news)
    elif webhook.made_by_id:
        tell_each(session, [webhook.made_by_id], news)

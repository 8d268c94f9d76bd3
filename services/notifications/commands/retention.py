"""What notifications forgets when its time is over: one rule for each class of data (`shared/kept.py`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from services.notifications.models import Alert, Delivery, History, MailReply, WebhookDelivery
from services.notifications.settings import Settings
from shared.retention import Rows, Rule, deleting, history_rule, mails_rule


def retention_rules(settings: Settings) -> list[Rule]:
    """List what is forgotten here: deliveries before the alerts that they carried."""
    return [
        Rows("deliveries", _deliveries_over, deleting(Delivery.id)),
        Rows("webhook_deliveries", _webhook_deliveries_over, deleting(WebhookDelivery.id)),
        Rows("mail_replies", _mail_replies_over, deleting(MailReply.id)),
        Rows("alerts", _alerts_over, deleting(Alert.id)),
        history_rule(History),
        mails_rule(settings),
    ]


def _deliveries_over(before: datetime) -> Select[Any]:
    """Find deliveries that left or were given up; one that is due stays however old it is."""
    return select(Delivery.id).where(Delivery.state != "due", Delivery.created_at < before)


def _alerts_over(before: datetime) -> Select[Any]:
    """Find old alerts, but none that is still on its way to somebody."""
    waiting = select(Delivery.id).where(Delivery.alert_id == Alert.id, Delivery.state == "due").exists()
    return select(Alert.id).where(Alert.created_at < before, ~waiting)


def _mail_replies_over(before: datetime) -> Select[Any]:
    """Find what came into the mailbox long ago; the same mail could be taken in again, but its invitation is over."""
    return select(MailReply.id).where(MailReply.received_at < before)


def _webhook_deliveries_over(before: datetime) -> Select[Any]:
    """Find what went by webhooks or was given up; the log of its tries goes with it."""
    return select(WebhookDelivery.id).where(WebhookDelivery.state != "due", WebhookDelivery.created_at < before)

"""How alerts fared on their way to people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.domain.webhooks import TEST
from services.notifications.models import (
    Alert,
    Delivery,
    LeftOpen,
    PushDelivery,
    WebhookDelivery,
)
from shared.paging import Paging
from shared.people import Person, must

ChannelSeen = Literal["mail", "webhook", "push"]
TABLES: dict[ChannelSeen, Any] = {"mail": Delivery, "webhook": WebhookDelivery, "push": PushDelivery}
DAY = timedelta(days=1)


def deliveries(session: Session, paging: Paging, *, by: Person, state: str | None = None) -> list[Delivery]:
    """Give all deliveries, the newest first; for administrators."""
    must(may_see_deliveries(by))
    rows = select(Delivery).where(paging.beyond(Delivery.id, descending=True)).order_by(Delivery.id.desc())
    if state is not None:
        rows = rows.where(Delivery.state == state)
    return list(session.scalars(rows.limit(paging.rows)))


@dataclass(frozen=True)
class Fared:
    """How one message fared by one channel; without a kind it is a test. `webhook_id` is that of its webhook."""

    id: str
    kind: str | None
    created_at: datetime
    state: str
    attempts: int
    error: str | None
    webhook_id: str | None = None


def fared(session: Session, paging: Paging, *, by: Person, channel: ChannelSeen, state: str) -> list[Fared]:
    """Give how what went by one channel fared, the newest first; for administrators."""
    must(may_see_deliveries(by))
    of = TABLES[channel]
    rows = select(of).where(of.state == state, paging.beyond(of.id, descending=True)).order_by(of.id.desc())
    found = session.scalars(rows.limit(paging.rows)).all()
    if channel == "webhook":
        kinds = {one.id: None if one.kind == TEST else one.kind for one in found}
    else:
        told = select(Alert.id, Alert.kind).where(Alert.id.in_([one.alert_id for one in found if one.alert_id]))
        by_alert = {row.id: row.kind for row in session.execute(told)}
        kinds = {one.id: by_alert.get(one.alert_id) for one in found}
    return [
        Fared(
            one.id, kinds[one.id], one.created_at, one.state, one.attempts, one.error, getattr(one, "webhook_id", None)
        )
        for one in found
    ]


def fared_counts(session: Session, *, by: Person, now: datetime) -> dict[ChannelSeen, dict[str, tuple[int, int]]]:
    """Count what went by each channel by its state: all of it, and that of the last day; for administrators."""
    must(may_see_deliveries(by))
    counts: dict[ChannelSeen, dict[str, tuple[int, int]]] = {}
    for channel, of in TABLES.items():
        lately = func.count().filter(of.created_at > now - DAY)
        rows = select(of.state, func.count().label("number"), lately.label("lately")).group_by(of.state)
        counts[channel] = {row.state: (row.number, row.lately) for row in session.execute(rows)}
    return counts


def failed_lately(session: Session, *, by: Person, now: datetime) -> dict[str, int]:
    """Count by channel what was made in the last day and given up; for administrators."""
    counts = fared_counts(session, by=by, now=now)
    return {channel: states.get("given_up", (0, 0))[1] for channel, states in counts.items()}


def is_anything_due(session: Session, *, now: datetime, busy: Collection[str] = ()) -> bool:
    """Say whether a delivery waits to be sent, to anybody but those who are being written to."""
    due = select(Delivery.id).where(Delivery.state == "due", Delivery.due_at <= now)
    if busy:
        due = due.where(Delivery.person_id.not_in(busy))
    return session.scalar(due.limit(1)) is not None


def is_anything_left_open(session: Session, *, now: datetime) -> bool:
    """Say whether anything waited long enough for somebody to see to it."""
    return session.scalar(select(LeftOpen.id).where(LeftOpen.due_at <= now).limit(1)) is not None

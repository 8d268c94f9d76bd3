"""Reaching people: deliveries that are due are taken, and what came of them is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.models import Alert, Delivery, KnownPerson
from shared import clock
from shared.retries import wait_before

LONGEST_ERROR = 500


@dataclass(frozen=True)
class Parcel:
    """What goes to one person at one time: the deliveries, and the alerts they carry as the person will read them."""

    delivery_ids: tuple[str, ...]
    person_id: str
    name: str
    email: str
    language: str
    alerts: tuple[queries.AlertSeen, ...]


def take_due(session: Session, *, now: datetime, lease: timedelta, limit: int = 500) -> list[Parcel]:
    """Take deliveries that are due, one parcel for each person; nobody else takes them while the lease lasts."""
    due = (
        select(Delivery)
        .where(Delivery.state == "due", Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    by_person: dict[str, list[Delivery]] = {}
    for delivery in session.scalars(due):
        delivery.due_at = now + lease
        delivery.attempts += 1
        by_person.setdefault(delivery.person_id, []).append(delivery)
    parcels = [_parcel(session, person_id, taken, now) for person_id, taken in by_person.items()]
    return [parcel for parcel in parcels if parcel is not None]


def record_sent(session: Session, *, delivery_ids: Sequence[str]) -> None:
    """Remember that these deliveries left."""
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))):
        delivery.state, delivery.sent_at, delivery.error = "sent", clock.now(), None


def record_failure(
    session: Session, *, delivery_ids: Sequence[str], error: str, first_delay: timedelta, tries: int
) -> None:
    """Remember that these deliveries failed: they are tried again later, or given up."""
    now = clock.now()
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))):
        delivery.error = error[:LONGEST_ERROR]
        if delivery.attempts >= tries:
            delivery.state = "given_up"
        else:
            delivery.due_at = now + wait_before(delivery.attempts, first_delay)


def _parcel(session: Session, person_id: str, deliveries: list[Delivery], now: datetime) -> Parcel | None:
    """Pack what goes to one person; who has no address, or agreed to mail until an earlier instant, gets nothing."""
    person = session.get(KnownPerson, person_id)
    if person is None or not person.email or (person.email_until is not None and person.email_until <= now):
        for delivery in deliveries:
            delivery.state, delivery.error = "given_up", "no address"
        return None
    alerts = session.scalars(select(Alert).where(Alert.id.in_([delivery.alert_id for delivery in deliveries])))
    ordered = sorted(alerts, key=lambda alert: alert.id)
    return Parcel(
        delivery_ids=tuple(delivery.id for delivery in deliveries),
        person_id=person_id,
        name=person.name,
        email=person.email,
        language=person.language,
        alerts=tuple(queries.seen(session, ordered)),
    )

"""Reaching people: deliveries that are due are taken, and what came of them is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain.pacing import SUMMARIES, Pace, Wished, next_morning
from services.notifications.models import Alert, Delivery, KnownPerson, Wishes
from shared import clock
from shared.retries import wait_before

LONGEST_ERROR = 500
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parcel:
    """What goes to one person at one time: the deliveries, and the alerts they carry as the person will read them."""

    delivery_ids: tuple[str, ...]
    person_id: str
    name: str
    email: str
    language: str
    alerts: tuple[queries.AlertSeen, ...]
    paces: frozenset[Pace] = frozenset()
    """Why it leaves now."""


def take_due(
    session: Session, *, now: datetime, lease: timedelta, letters_a_day: int = 0, limit: int = 500
) -> list[Parcel]:
    """Take deliveries that are due, one parcel for each person; nobody else takes them while the lease lasts.

    Who got `letters_a_day` in a day (0 is no limit) gets the rest in one summary next morning.
    """
    due = (
        select(Delivery)
        .where(Delivery.state == "due", Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    by_person: dict[str, list[Delivery]] = {}
    for delivery in session.scalars(due):
        by_person.setdefault(delivery.person_id, []).append(delivery)
    leaving = {
        person_id: found
        for person_id, found in by_person.items()
        if not (letters_a_day and _is_held(session, person_id, found, now, letters_a_day))
    }
    for delivery in (one for found in leaving.values() for one in found):
        delivery.due_at = now + lease
        delivery.attempts += 1
        delivery.error = None
    parcels = [_parcel(session, person_id, taken, now) for person_id, taken in leaving.items()]
    return [parcel for parcel in parcels if parcel is not None]


def record_sent(session: Session, *, delivery_ids: Sequence[str]) -> None:
    """Remember that these deliveries left, in one letter."""
    now = clock.now()
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))):
        delivery.state, delivery.sent_at, delivery.error = "sent", now, None
        delivery.letter_id = delivery_ids[0]


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


def _is_held(session: Session, person_id: str, found: list[Delivery], now: datetime, letters_a_day: int) -> bool:
    """Hold back until the morning what is one letter too many; what is blocking, and summaries, always leave."""
    if any(one.pace == "blocking" or one.pace in SUMMARIES for one in found):
        return False
    counted = select(func.count(Delivery.letter_id.distinct())).where(
        Delivery.person_id == person_id, Delivery.sent_at > now - DAY, Delivery.pace.in_(("at_once", "gathered"))
    )
    if (session.scalar(counted) or 0) < letters_a_day:
        return False
    zone = session.scalar(select(Alert.zone).where(Alert.id == found[0].alert_id)) or "UTC"
    wishes = session.get(Wishes, person_id)
    morning = next_morning(wishes.wished(zone) if wishes else Wished(zone), now)
    for delivery in found:
        delivery.pace, delivery.due_at = "capped", morning
    return True


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
        paces=frozenset(delivery.pace for delivery in deliveries),
    )

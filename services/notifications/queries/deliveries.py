"""How alerts fared on their way to people."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.domain.plans import AlertKind
from services.notifications.models import (
    Alert,
    Delivery,
    LeftOpen,
)
from shared.paging import Paging
from shared.people import Person, must


def deliveries(session: Session, paging: Paging, *, by: Person, state: str | None = None) -> list[Delivery]:
    """Give all deliveries, the newest first; for administrators."""
    must(may_see_deliveries(by))
    rows = select(Delivery).where(paging.beyond(Delivery.id, descending=True)).order_by(Delivery.id.desc())
    if state is not None:
        rows = rows.where(Delivery.state == state)
    return list(session.scalars(rows.limit(paging.rows)))


def kinds_of(session: Session, found: Sequence[Delivery]) -> dict[str, AlertKind]:
    """Give the kind of the alert that each of these deliveries carries, by the alert's id."""
    rows = select(Alert.id, Alert.kind).where(Alert.id.in_([one.alert_id for one in found if one.alert_id]))
    return {row.id: row.kind for row in session.execute(rows)}


def delivery_counts(session: Session) -> dict[str, int]:
    """Count deliveries by state."""
    rows = select(Delivery.state, func.count().label("number")).group_by(Delivery.state)
    return {row.state: row.number for row in session.execute(rows)}


def is_anything_due(session: Session, *, now: datetime, busy: Collection[str] = ()) -> bool:
    """Say whether a delivery waits to be sent, to anybody but those who are being written to."""
    due = select(Delivery.id).where(Delivery.state == "due", Delivery.due_at <= now)
    if busy:
        due = due.where(Delivery.person_id.not_in(busy))
    return session.scalar(due.limit(1)) is not None


def is_anything_left_open(session: Session, *, now: datetime) -> bool:
    """Say whether anything waited long enough for somebody to see to it."""
    return session.scalar(select(LeftOpen.id).where(LeftOpen.due_at <= now).limit(1)) is not None

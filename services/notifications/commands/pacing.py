"""Planning when an alert's letter leaves: what it joins, what it overtakes, and what need not be sent any more."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from services.notifications.domain.pacing import CHANGES, GATHER, Wished, departure, is_over_unheard
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.recipients import is_worth_an_alert
from services.notifications.models import Alert, AlertEvent, Delivery, Wishes


def plan_delivery(session: Session, alert: Alert, now: datetime) -> None:
    """Write the delivery of a person's alert, where they want mail of it; what it overtakes does not leave any more."""
    gathered_until = _gathered_until(session, alert, now)
    overtaken, is_reached = _overtake(session, alert)
    if overtaken and not is_reached and is_over_unheard(alert.kind, alert.reason["code"], overtaken):
        _let_rest(session, alert, now)
        return
    person_id = alert.person_id or ""
    wishes = session.get(Wishes, person_id)
    if not _wants_mail(wishes, alert):
        return
    wished = wishes.wished(alert.zone) if wishes else Wished(alert.zone)
    leaves = departure(alert.kind, alert.severity, alert.starts_at, wished, now, gathered_until)
    session.add(
        Delivery(
            alert_id=alert.id,
            person_id=person_id,
            channel="mail",
            due_at=leaves.at,
            pace=leaves.pace,
            created_at=now,
        )
    )


def forget_gathered(session: Session, alert: Alert, now: datetime) -> None:
    """Let a change take the place of the changes of the same thing just before it that nobody has seen yet."""
    if alert.kind not in CHANGES:
        return
    left = select(Delivery.id).where(Delivery.alert_id == Alert.id, _has_left()).exists()
    earlier = _earlier(alert), Alert.kind == alert.kind, Alert.created_at > now - GATHER, Alert.read_at.is_(None)
    for alert_id in session.scalars(select(Alert.id).where(*earlier, ~left)).all():
        session.execute(delete(AlertEvent).where(AlertEvent.alert_id == alert_id))
        session.execute(delete(Delivery).where(Delivery.alert_id == alert_id))
        session.execute(delete(Alert).where(Alert.id == alert_id))


def _let_rest(session: Session, alert: Alert, now: datetime) -> None:
    """Have what is over before anybody heard of it stand on the page as nothing new: there is nothing to be done."""
    unseen = update(Alert).where(_earlier(alert), Alert.read_at.is_(None))
    session.execute(unseen.values(read_at=now, version=Alert.version + 1))
    alert.read_at = now


def _wants_mail(wishes: Wishes | None, alert: Alert) -> bool:
    if wishes is not None and (not wishes.mail or alert.kind in wishes.muted_kinds):
        return False
    return is_worth_an_alert(alert.kind, alert.subject_kind, alert.severity)


def _gathered_until(session: Session, alert: Alert, now: datetime) -> datetime | None:
    """Say when the letter about the same event leaves that this one joins, or when it may follow one that left."""
    about = select(AlertEvent.alert_id).where(AlertEvent.event_id.in_(alert.event_ids), AlertEvent.alert_id != alert.id)
    theirs = Delivery.person_id == alert.person_id, Delivery.alert_id.in_(about)
    waits = Delivery.state == "due", Delivery.attempts == 0, Delivery.pace.in_(("at_once", "gathered"))
    waiting = session.scalar(select(func.min(Delivery.due_at)).where(*theirs, *waits))
    if waiting is not None:
        return max(waiting, now)
    sent = Delivery.state == "sent", Delivery.sent_at > now - GATHER
    last = session.scalar(select(func.min(Delivery.sent_at)).where(*theirs, *sent))
    return None if last is None else last + GATHER


def _overtake(session: Session, alert: Alert) -> tuple[set[AlertKind], bool]:
    """Take back what waits of earlier news of the same thing; give its kinds, and whether any left before."""
    mine = select(Delivery, Alert.kind).join(Alert, Delivery.alert_id == Alert.id).where(_earlier(alert))
    waiting = session.execute(mine.where(Delivery.state == "due", ~_has_left())).all()
    for delivery, _ in waiting:
        delivery.state = "overtaken"
    is_reached = session.scalar(mine.where(_has_left()).with_only_columns(Delivery.id).limit(1)) is not None
    return {kind for _, kind in waiting}, is_reached


def _earlier(alert: Alert) -> ColumnElement[bool]:
    """Say in SQL that another alert told the same person of an earlier state of the same thing."""
    return and_(
        Alert.cause_id == alert.cause_id,
        Alert.organisation_id.is_not_distinct_from(alert.organisation_id),
        Alert.recipient_id == alert.recipient_id,
        Alert.cause_version < alert.cause_version,
    )


def _has_left() -> ColumnElement[bool]:
    """Say in SQL that a delivery left, or may be leaving at this moment."""
    return or_(Delivery.state == "sent", and_(Delivery.state == "due", Delivery.attempts > 0, Delivery.error.is_(None)))

"""Telling people: alerts are raised once for each state of a conflict or opportunity, and remembered as seen."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.pacing import forget_gathered, plan_delivery
from services.notifications.commands.pushing import plan_pushes
from services.notifications.commands.webhooks import plan_webhooks
from services.notifications.domain.permissions import may_mark_alert_read
from services.notifications.domain.plans import News
from services.notifications.domain.recipients import (
    Heard,
    Recipient,
    heard_of,
    is_new_enough,
    is_worth_an_alert,
    recipients,
)
from services.notifications.models import Alert, AlertEvent
from shared import clock
from shared.messages.notifications import AlertRaised
from shared.outbox import publish
from shared.people import Person, must

CATCH_UP = timedelta(minutes=10)
"""Who becomes known so soon after their organisation was told something is told too: streams have no common order."""
WEEK = timedelta(days=7)
NEWS_COLUMNS = (
    "kind",
    "cause_id",
    "cause_version",
    "subject_kind",
    "severity",
    "event_ids",
    "event_titles",
    "starts_at",
    "ends_at",
    "zone",
    "reason",
    "details",
    "url",
)
"""What an alert says, apart from to whom and when."""


def tell(session: Session, news: News) -> None:
    """Raise the alerts of one piece of news; what was told before is not told again.

    Mere information goes to those alone who were told of the same thing when it was more; so does what is one thing
    too many in their week. Changes that follow each other take each other's place.
    """
    _wait_for_memberships(session)
    people = queries.people_of(session, news.organisation_ids)
    worth = is_worth_an_alert(news.kind, news.subject_kind, news.severity)
    for recipient in recipients(news.organisation_ids, people):
        worth_it = worth and is_new_enough(news, _heard_in_a_week(session, recipient))
        if not worth_it and not _was_told(session, news.cause_id, None, recipient):
            continue
        if not _was_told(session, news.cause_id, news.cause_version, recipient):
            _raise_alert(session, recipient, _facts_of(news))


def tell_person(session: Session, person_id: str, news: News) -> None:
    """Raise one person's own alert; nobody else is told that they heard, for what they follow is their business."""
    recipient = Recipient(None, person_id)
    if not _was_told(session, news.cause_id, news.cause_version, recipient):
        _write_alert(session, recipient, _facts_of(news))


def mark_read(session: Session, *, by: Person, alert_id: str) -> queries.AlertSeen:
    """Remember that somebody saw an alert; raises `NoSuchAlert` or, when somebody else is told, `NotAllowed`."""
    seen = queries.alert(session, by=by, alert_id=alert_id)
    must(may_mark_alert_read(by, seen.alert.organisation_id, seen.alert.person_id))
    if seen.alert.read_at is None:
        seen.alert.read_at = clock.now()
        seen.alert.version += 1
    return seen


def mark_all_read(session: Session, *, by: Person) -> None:
    """Remember that somebody saw all their alerts."""
    now = clock.now()
    for alert in session.scalars(select(Alert).where(queries.is_mine(by), Alert.read_at.is_(None))):
        alert.read_at = now
        alert.version += 1


def catch_up(session: Session, person_id: str, organisation_ids: Collection[str]) -> None:
    """Tell somebody what their organisations were told in the last minutes; they take over what was told to nobody."""
    recent = (
        select(Alert)
        .where(Alert.organisation_id.in_(organisation_ids), Alert.created_at > clock.now() - CATCH_UP)
        .order_by(Alert.id)
    )
    for alert in list(session.scalars(recent)):
        recipient = Recipient(alert.organisation_id, person_id)
        facts = {name: getattr(alert, name) for name in NEWS_COLUMNS}
        if alert.person_id is None and not alert.recipient_erased:
            session.execute(delete(AlertEvent).where(AlertEvent.alert_id == alert.id))
            session.delete(alert)
            session.flush()
        if not _was_told(session, alert.cause_id, alert.cause_version, recipient):
            _raise_alert(session, recipient, facts)


def _wait_for_memberships(session: Session) -> None:
    """Let nobody join an organisation while it is told something: they would miss it, and we them.

    On PostgreSQL `keep_person` writes memberships first and looks at alerts then; this lock lets it do either
    before we look at the memberships, or after our alerts are committed. On SQLite one transaction writes at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE known_membership IN SHARE MODE"))


def _facts_of(news: News) -> dict[str, Any]:
    return {
        "kind": news.kind,
        "cause_id": news.cause_id,
        "cause_version": news.cause_version,
        "subject_kind": news.subject_kind,
        "severity": news.severity,
        "event_ids": list(news.event_ids),
        "event_titles": list(news.event_titles),
        "starts_at": news.starts_at,
        "ends_at": news.ends_at,
        "zone": news.zone,
        "reason": {"code": news.reason_code, "values": dict(news.reason_values)},
        "details": dict(news.details),
        "url": news.url,
    }


def _was_told(session: Session, cause_id: str, cause_version: int | None, recipient: Recipient) -> bool:
    """Say whether they were told of this state of it; without a version, of any."""
    told = select(Alert.id).where(
        Alert.cause_id == cause_id,
        Alert.organisation_id.is_not_distinct_from(recipient.organisation_id),
        Alert.recipient_id == (recipient.person_id or recipient.organisation_id),
    )
    if cause_version is not None:
        told = told.where(Alert.cause_version == cause_version)
    return session.scalar(told.limit(1)) is not None


def _heard_in_a_week(session: Session, recipient: Recipient) -> list[Heard]:
    """Give what somebody, or an organisation without people, was told in seven days, but not what they follow."""
    theirs = (Alert.organisation_id == recipient.organisation_id) & Alert.person_id.is_(None)
    statement = (
        select(Alert.cause_id, Alert.subject_kind, Alert.event_ids, Alert.reason)
        .where(Alert.person_id == recipient.person_id if recipient.person_id else theirs)
        .where(Alert.created_at > clock.now() - WEEK, Alert.organisation_id.is_not(None))
    )
    return [
        heard_of(row.cause_id, row.subject_kind, row.event_ids, row.reason["values"])
        for row in session.execute(statement)
    ]


def _raise_alert(session: Session, recipient: Recipient, facts: dict[str, Any]) -> None:
    """Write an organisation's alert, what goes by its webhooks, and the message that tells of it."""
    alert = _write_alert(session, recipient, facts)
    plan_webhooks(session, alert)
    publish(
        session,
        AlertRaised(
            id=alert.id,
            version=alert.version,
            kind=alert.kind,
            event_ids=tuple(alert.event_ids),
            organisation_id=alert.organisation_id or "",
            person_id=alert.person_id,
            created_at=alert.created_at,
        ),
    )


def _write_alert(session: Session, recipient: Recipient, facts: dict[str, Any]) -> Alert:
    """Write an alert, and the delivery it needs."""
    now = clock.now()
    alert = Alert(
        organisation_id=recipient.organisation_id,
        person_id=recipient.person_id,
        recipient_id=recipient.person_id or recipient.organisation_id,
        created_at=now,
        **facts,
    )
    session.add(alert)
    session.flush()
    session.add_all(AlertEvent(alert_id=alert.id, event_id=event_id) for event_id in dict.fromkeys(alert.event_ids))
    if recipient.person_id:
        plan_delivery(session, alert, now)
    plan_pushes(session, alert, now)
    forget_gathered(session, alert, now)
    session.flush()
    return alert

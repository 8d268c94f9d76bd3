"""Telling people: alerts are raised once for each state of a conflict or opportunity, and remembered as seen."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.raising import in_parts, raise_alerts
from services.notifications.domain.permissions import may_mark_alert_read
from services.notifications.domain.plans import News
from services.notifications.domain.recipients import (
    Heard,
    Recipient,
    depends_on_the_week,
    heard_of,
    is_new_enough,
    is_worth_an_alert,
    recipients,
)
from services.notifications.models import Alert, AlertEvent, KnownMembership, KnownPerson
from shared import clock
from shared.bulk import is_among
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


def tell(session: Session, news: News, *, but_not: str | None = None) -> None:
    """Raise the alerts of one piece of news; what was told before is not told again.

    `but_not` is a person who knows it, for they did it.

    Mere information goes to those alone who were told of the same thing when it was more; so does what is one thing
    too many in their week. Changes that follow each other take each other's place.
    """
    _wait_for_memberships(session)
    people = queries.people_of(session, news.organisation_ids)
    told_to = (one for one in recipients(news.organisation_ids, people) if not but_not or one.person_id != but_not)
    for part in in_parts(told_to):
        told = _told_versions(session, news.cause_id, part)
        worth = _worth_telling(session, news, part)
        fresh = [
            one
            for one in part
            if (one in worth or told.get(_key(one))) and news.cause_version not in told.get(_key(one), ())
        ]
        raise_alerts(session, fresh, _facts_of(news))


def tell_each(session: Session, person_ids: Collection[str], news: News) -> None:
    """Raise people's own alerts; nobody else is told that they heard, for what they follow is their business."""
    for part in in_parts(Recipient(None, one) for one in dict.fromkeys(person_ids)):
        told = _told_versions(session, news.cause_id, part)
        fresh = [one for one in part if news.cause_version not in told.get(_key(one), ())]
        raise_alerts(session, fresh, _facts_of(news))


def tell_people(session: Session, news: News, person_ids: Collection[str], *, but_not_of: Collection[str] = ()) -> None:
    """Tell these people, as far as we know them, except those who hear of it with one of these organisations."""
    theirs = select(KnownMembership.person_id).where(KnownMembership.organisation_id.in_(list(but_not_of)))
    wanted = is_among(session.connection(), KnownPerson.id, person_ids)
    known = select(KnownPerson.id).where(wanted, KnownPerson.erased.is_(False), KnownPerson.id.not_in(theirs))
    tell_each(session, session.scalars(known.order_by(KnownPerson.id)).all(), news)


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
        told = _told_versions(session, alert.cause_id, [recipient])
        if alert.cause_version not in told.get(person_id, ()):
            raise_alerts(session, [recipient], facts)


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


def _key(recipient: Recipient) -> str:
    return recipient.person_id or recipient.organisation_id or ""


def _told_versions(session: Session, cause_id: str, part: Sequence[Recipient]) -> dict[str, set[int]]:
    """Say of which states of something those of one part were told."""
    keys = is_among(session.connection(), Alert.recipient_id, map(_key, part))
    told = select(Alert.recipient_id, Alert.cause_version).where(
        Alert.cause_id == cause_id, Alert.organisation_id.is_not_distinct_from(part[0].organisation_id), keys
    )
    versions: dict[str, set[int]] = {}
    for key, version in session.execute(told):
        versions.setdefault(key, set()).add(version)
    return versions


def _worth_telling(session: Session, news: News, part: Sequence[Recipient]) -> Collection[Recipient]:
    """Give those of one part for whom it is worth an alert, whatever they were told of it before."""
    if not is_worth_an_alert(news.kind, news.subject_kind, news.severity):
        return ()
    if not depends_on_the_week(news):
        return part
    heard = _heard_in_a_week(session, part)
    return {one for one in part if is_new_enough(news, heard.get(_key(one), []))}


def _heard_in_a_week(session: Session, part: Sequence[Recipient]) -> dict[str, list[Heard]]:
    """Give what people, or an organisation without any, were told in seven days, but not what they follow."""
    connection, people = session.connection(), [one.person_id for one in part if one.person_id]
    theirs = (Alert.organisation_id == part[0].organisation_id) & Alert.person_id.is_(None)
    statement = (
        select(Alert.recipient_id, Alert.cause_id, Alert.subject_kind, Alert.event_ids, Alert.reason)
        .where(is_among(connection, Alert.person_id, people) if people else theirs)
        .where(Alert.created_at > clock.now() - WEEK, Alert.organisation_id.is_not(None))
    )
    heard: dict[str, list[Heard]] = {}
    for row in session.execute(statement):
        one = heard_of(row.cause_id, row.subject_kind, row.event_ids, row.reason["values"])
        heard.setdefault(row.recipient_id, []).append(one)
    return heard

"""Everything that changes something in notifications, one function per intent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain.plans import KINDS, News, WishPlan
from services.notifications.domain.recipients import Recipient, is_told, is_worth_a_mail, recipients
from services.notifications.domain.retries import wait_before
from services.notifications.models import (
    Alert,
    AlertEvent,
    Delivery,
    History,
    KnownEvent,
    KnownMembership,
    KnownOrganisation,
    KnownPerson,
    Wishes,
)
from services.notifications.problems import NoSuchKind
from shared import clock, history
from shared.identifiers import is_id
from shared.messages.calendar import EventFacts
from shared.messages.notifications import AlertRaised
from shared.messages.registry import OrganisationFacts, PersonChanged
from shared.outbox import publish
from shared.people import Person, must
from shared.problems import ChangedMeanwhile

CATCH_UP = timedelta(minutes=10)
"""Who becomes known so soon after their organisation was told something is told too: streams have no common order."""
LONGEST_ERROR = 500


@dataclass(frozen=True)
class Parcel:
    """What goes to one person at one time: the deliveries, and the alerts they carry as the person will read them."""

    delivery_ids: tuple[str, ...]
    name: str
    email: str
    language: str
    alerts: tuple[queries.AlertSeen, ...]


# --- telling people


def tell(session: Session, news: News) -> None:
    """Raise the alerts of one piece of news; what was told before is not told again."""
    _wait_for_memberships(session)
    people = queries.people_of(session, news.organisation_ids)
    for recipient in recipients(news.organisation_ids, people):
        if not _was_told(session, news.cause_id, news.cause_version, recipient):
            _raise_alert(session, recipient, _facts_of(news))


def mark_read(session: Session, *, by: Person, alert_id: str) -> queries.AlertSeen:
    """Remember that somebody saw an alert; raises `NoSuchAlert` or, when somebody else is told, `NotAllowed`."""
    seen = queries.alert(session, by=by, alert_id=alert_id)
    must(is_told(by, Recipient(seen.alert.organisation_id, seen.alert.person_id)))
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


def change_wishes(session: Session, *, by: Person, wish: WishPlan, version: int | None = None) -> Wishes:
    """Change how, or of what, somebody is told; what the plan leaves out stays. A stale `version` is refused."""
    must(is_id(by.id))
    wishes = session.get(Wishes, by.id, with_for_update=True)
    if version is not None and version != (wishes.version if wishes else 0):
        raise ChangedMeanwhile
    if wishes is None:
        wishes = Wishes(person_id=by.id, version=0, mail=True, muted_kinds=[])
        session.add(wishes)
    _apply(wishes, wish)
    wishes.version += 1
    changes = {"mail": wishes.mail, "muted_kinds": wishes.muted_kinds}
    history.record(
        session,
        History,
        aggregate="wishes",
        id=by.id,
        version=wishes.version,
        by=by,
        action="changed",
        changes=changes,
    )
    session.flush()
    return wishes


def _apply(wishes: Wishes, wish: WishPlan) -> None:
    if unknown := set(wish.muted_kinds or ()) - set(KINDS):
        raise NoSuchKind(values={"kind": min(unknown)})
    if wish.mail is not None:
        wishes.mail = wish.mail
    if wish.muted_kinds is not None:
        wishes.muted_kinds = sorted(wish.muted_kinds)


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


def _was_told(session: Session, cause_id: str, cause_version: int, recipient: Recipient) -> bool:
    told = select(Alert.id).where(
        Alert.cause_id == cause_id,
        Alert.cause_version == cause_version,
        Alert.organisation_id == recipient.organisation_id,
        Alert.recipient_id == (recipient.person_id or recipient.organisation_id),
    )
    return session.scalar(told) is not None


def _raise_alert(session: Session, recipient: Recipient, facts: dict[str, Any]) -> None:
    """Write the alert, the delivery it needs, and the message that tells of it."""
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
    if recipient.person_id and _wants_mail(session, recipient.person_id, alert):
        session.add(
            Delivery(alert_id=alert.id, person_id=recipient.person_id, channel="mail", due_at=now, created_at=now)
        )
    session.flush()
    publish(
        session,
        AlertRaised(
            id=alert.id,
            version=alert.version,
            kind=alert.kind,
            event_ids=tuple(alert.event_ids),
            organisation_id=alert.organisation_id,
            person_id=alert.person_id,
            created_at=alert.created_at,
        ),
    )


def _wants_mail(session: Session, person_id: str, alert: Alert) -> bool:
    wishes = session.get(Wishes, person_id)
    if wishes is not None and (not wishes.mail or alert.kind in wishes.muted_kinds):
        return False
    return is_worth_a_mail(alert.kind, alert.subject_kind, alert.severity)


# --- reaching people


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
    parcels = [_parcel(session, person_id, taken) for person_id, taken in by_person.items()]
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


def _parcel(session: Session, person_id: str, deliveries: list[Delivery]) -> Parcel | None:
    person = session.get(KnownPerson, person_id)
    if person is None or not person.email:
        for delivery in deliveries:
            delivery.state, delivery.error = "given_up", "no address"
        return None
    alerts = session.scalars(select(Alert).where(Alert.id.in_([delivery.alert_id for delivery in deliveries])))
    ordered = sorted(alerts, key=lambda alert: alert.id)
    return Parcel(
        delivery_ids=tuple(delivery.id for delivery in deliveries),
        name=person.name,
        email=person.email,
        language=person.language,
        alerts=tuple(queries.seen(session, ordered)),
    )


# --- keeping what others tell


def keep_organisation(session: Session, organisation: OrganisationFacts) -> None:
    """Keep an organisation's name."""
    if _is_newer(session, KnownOrganisation, organisation.id, organisation.version):
        session.merge(
            KnownOrganisation(
                id=organisation.id, version=organisation.version, name=organisation.name, url=organisation.url
            )
        )


def keep_event(session: Session, event: EventFacts) -> None:
    """Keep an event's title and hosts."""
    if _is_newer(session, KnownEvent, event.id, event.version):
        session.merge(KnownEvent(id=event.id, version=event.version, title=event.title, host_ids=list(event.host_ids)))


def keep_person(session: Session, person: PersonChanged) -> None:
    """Keep how to reach a person and where they belong; who joins late hears what their organisation just heard."""
    if not _is_newer(session, KnownPerson, person.id, person.version):
        return
    belongs = KnownMembership.person_id == person.id
    before = set(session.scalars(select(KnownMembership.organisation_id).where(belongs)))
    session.merge(
        KnownPerson(
            id=person.id, version=person.version, name=person.name, email=person.email, language=person.language
        )
    )
    session.flush()
    session.execute(delete(KnownMembership).where(belongs))
    organisation_ids = {membership.organisation_id for membership in person.memberships}
    session.add_all(KnownMembership(person_id=person.id, organisation_id=one) for one in organisation_ids)
    session.flush()
    _catch_up(session, person.id, organisation_ids - before)


def _catch_up(session: Session, person_id: str, organisation_ids: Collection[str]) -> None:
    """Tell somebody what their organisations were told in the last minutes; they take over what was told to nobody."""
    recent = (
        select(Alert)
        .where(Alert.organisation_id.in_(organisation_ids), Alert.created_at > clock.now() - CATCH_UP)
        .order_by(Alert.id)
    )
    for alert in list(session.scalars(recent)):
        recipient = Recipient(alert.organisation_id, person_id)
        facts = {name: getattr(alert, name) for name in NEWS_COLUMNS}
        if alert.person_id is None:
            session.execute(delete(AlertEvent).where(AlertEvent.alert_id == alert.id))
            session.delete(alert)
            session.flush()
        if not _was_told(session, alert.cause_id, alert.cause_version, recipient):
            _raise_alert(session, recipient, facts)


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


def _is_newer(session: Session, table: type[Any], key: str, version: int) -> bool:
    """Say whether this version is newer than what we know; the row stays locked until the transaction ends."""
    known = session.get(table, key, with_for_update=True)
    return known is None or version > known.version

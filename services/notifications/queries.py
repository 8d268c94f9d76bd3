"""Everything that only looks at notifications."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from services.notifications.domain import links
from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.domain.topics import AUDIENCES, EVENT_KINDS, Topic
from services.notifications.domain.wording import side_of, title_for
from services.notifications.models import (
    Alert,
    AlertEvent,
    Base,
    Delivery,
    FollowedTopic,
    KnownEvent,
    KnownMembership,
    KnownOrganisation,
    KnownPerson,
    KnownTheme,
    KnownVenue,
    LinkSecret,
    RefusedAddress,
    Wishes,
)
from services.notifications.problems import LinkRefused, NoSuchAlert, NoSuchTopic
from shared import erasing
from shared.i18n import language, say
from shared.identifiers import is_id
from shared.paging import Paging
from shared.people import Person, is_administrator, must
from shared.reasons import NOT_PUBLIC, Side

KNOWN = ("name", "email", "language", "email_until", "erased")
TOLD = ("id", "kind", "organisation_id", "event_ids", "event_titles", "created_at", "read_at")
SENT = ("id", "channel", "state", "pace", "created_at", "sent_at", "error")
WISHED = ("mail", "muted_kinds", "rhythms", "quiet_from", "quiet_until", "zone")
"""What somebody is given of the rows about themselves."""


@dataclass(frozen=True)
class AlertSeen:
    """An alert with what is known now of its organisation and events."""

    alert: Alert
    title: str
    organisation_name: str | None
    side: Side | None = None
    """Which of the events is the organisation's own."""

    @property
    def version(self) -> int:
        """The alert's version, for its ETag."""
        return self.alert.version


@dataclass(frozen=True)
class WantedAlerts:
    """Which alerts somebody asks for; what is left out does not restrict."""

    event_id: str | None = None
    organisation_id: str | None = None
    person_id: str | None = None
    kind: str | None = None
    unread: bool = False
    on_my_page: bool = False


def is_mine(by: Person) -> ColumnElement[bool]:
    """Say in SQL that an alert is for this person: theirs, or their organisation's while it had nobody to tell."""
    no_person = and_(
        Alert.person_id.is_(None), Alert.organisation_id.in_(list(by.roles)), Alert.recipient_erased.is_(False)
    )
    return or_(_is_to(by), no_person)


def may_see(by: Person) -> ColumnElement[bool]:
    """Say in SQL that somebody may see an alert: their own and their organisations', administrators all.

    What an erased person was told is counted, and nobody sees it.
    """
    if is_administrator(by):
        return Alert.recipient_erased.is_(False)
    return and_(Alert.recipient_erased.is_(False), or_(_is_to(by), Alert.organisation_id.in_(list(by.roles))))


def is_shown_to(by: Person) -> ColumnElement[bool]:
    """Say in SQL that an alert stands on somebody's page and comes by their stream: their own, administrators' all."""
    return may_see(by) if is_administrator(by) else is_mine(by)


def _is_to(by: Person) -> ColumnElement[bool]:
    """Say in SQL that an alert is a person's; a program that speaks for a service has no alerts."""
    return Alert.person_id == by.id if is_id(by.id) else false()


def alerts(session: Session, paging: Paging, *, by: Person, wanted: WantedAlerts) -> list[AlertSeen]:
    """Give the alerts that somebody may see and asks for, the newest first."""
    rows = (
        select(Alert)
        .where(may_see(by), *_conditions(by, wanted), paging.beyond(Alert.id, descending=True))
        .order_by(Alert.id.desc())
        .limit(paging.rows)
    )
    return seen(session, session.scalars(rows).all())


def alert(session: Session, *, by: Person, alert_id: str) -> AlertSeen:
    """Give one alert; raises `NoSuchAlert` when there is none, or when it is not for this person."""
    found = alert_or_none(session, by=by, alert_id=alert_id)
    if found is None:
        raise NoSuchAlert
    return seen(session, [found])[0]


def alert_or_none(session: Session, *, by: Person, alert_id: str | None) -> Alert | None:
    """Give one alert that this person may see, or none."""
    if alert_id is None or not is_id(alert_id):
        return None
    return session.scalar(select(Alert).where(Alert.id == alert_id, may_see(by)))


def alerts_since(session: Session, *, by: Person, since: datetime) -> list[AlertSeen]:
    """Give the alerts on somebody's page that were raised at or after an instant, the oldest first."""
    shown = select(Alert).where(is_shown_to(by), Alert.created_at >= since).order_by(Alert.id)
    return seen(session, session.scalars(shown).all())


def unread_count(session: Session, *, by: Person) -> int:
    """Count somebody's own alerts that they did not read."""
    counted = select(func.count()).select_from(Alert).where(is_mine(by), Alert.read_at.is_(None))
    return session.scalar(counted) or 0


def seen(session: Session, found: Sequence[Alert]) -> list[AlertSeen]:
    """Add to alerts what is known now: with two queries for all of them."""
    events = _events(session, {event_id for one in found for event_id in one.event_ids})
    names = _names(session, {one.organisation_id for one in found if one.organisation_id})
    return [
        AlertSeen(
            alert=one,
            title=title_for(one.organisation_id, _known(one, events)) if one.event_ids else _titled(one),
            side=side_of(one.organisation_id, _known(one, events)),
            organisation_name=names.get(one.organisation_id or ""),
        )
        for one in found
    ]


def people_of(session: Session, organisation_ids: Iterable[str]) -> dict[str, list[str]]:
    """Give the people of each organisation, in a stable order."""
    rows = (
        select(KnownMembership.organisation_id, KnownMembership.person_id)
        .where(KnownMembership.organisation_id.in_(list(organisation_ids)))
        .order_by(KnownMembership.person_id)
    )
    people: dict[str, list[str]] = {}
    for organisation_id, person_id in session.execute(rows):
        people.setdefault(organisation_id, []).append(person_id)
    return people


def deliveries(session: Session, paging: Paging, *, by: Person, state: str | None = None) -> list[Delivery]:
    """Give all deliveries, the newest first; for administrators."""
    must(may_see_deliveries(by))
    rows = select(Delivery).where(paging.beyond(Delivery.id, descending=True)).order_by(Delivery.id.desc())
    if state is not None:
        rows = rows.where(Delivery.state == state)
    return list(session.scalars(rows.limit(paging.rows)))


def delivery_counts(session: Session) -> dict[str, int]:
    """Count deliveries by state."""
    rows = select(Delivery.state, func.count().label("number")).group_by(Delivery.state)
    return {row.state: row.number for row in session.execute(rows)}


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Say whether a delivery waits to be sent."""
    due = select(Delivery.id).where(Delivery.state == "due", Delivery.due_at <= now).limit(1)
    return session.scalar(due) is not None


def wishes(session: Session, *, by: Person) -> Wishes:
    """Give what somebody wants; who never said has version 0 and wants everything."""
    known = session.get(Wishes, by.id) if is_id(by.id) else None
    return known or Wishes(person_id=by.id, version=0, mail=True, muted_kinds=[], rhythms={})


def link_secret(session: Session) -> bytes:
    """Give the secret with which links in letters are signed."""
    return session.scalars(select(LinkSecret.secret)).one()


def whose_letters(session: Session, *, key: str) -> str:
    """Say who is meant by the key of a link that ends letters; raises `LinkRefused`."""
    person_id = links.subject_of(link_secret(session), links.NO_LETTERS, key)
    known = session.get(KnownPerson, person_id) if person_id and is_id(person_id) else None
    if known is None or known.erased:
        raise LinkRefused
    return known.id


def refused_address(session: Session, *, by: Person) -> RefusedAddress | None:
    """Give that somebody's present address was refused, if it was."""
    refused = session.get(RefusedAddress, by.id) if is_id(by.id) else None
    known = session.get(KnownPerson, by.id) if refused else None
    return refused if refused and known and known.version == refused.known_version else None


def is_erased(session: Session, person_id: str) -> bool:
    """Say whether a person is erased, or was never known."""
    known = session.get(KnownPerson, person_id)
    return known is None or known.erased


def last_test(session: Session, *, by: Person) -> Delivery | None:
    """Give the last test letter that somebody asked for."""
    mine = select(Delivery).where(Delivery.person_id == by.id, Delivery.alert_id.is_(None))
    return session.scalar(mine.order_by(Delivery.id.desc()).limit(1)) if is_id(by.id) else None


def followed_topics(session: Session, *, by: Person) -> list[FollowedTopic]:
    """Give what somebody follows, in the order in which they began to."""
    mine = select(FollowedTopic).where(FollowedTopic.person_id == by.id).order_by(FollowedTopic.id)
    return list(session.scalars(mine)) if is_id(by.id) else []


def followed_topic(session: Session, *, by: Person, topic_id: str) -> FollowedTopic:
    """Give one thing that somebody follows; raises `NoSuchTopic`."""
    found = session.get(FollowedTopic, topic_id) if is_id(topic_id) else None
    if found is None or found.person_id != by.id:
        raise NoSuchTopic
    return found


def topic_names(session: Session) -> dict[Topic, str]:
    """Name every topic whose name others told us: themes in the reader's language, organisations, venues; by name."""
    themes = session.scalars(select(KnownTheme).where(KnownTheme.retired.is_(False)))
    polish = language.get() == "pl"
    names = {Topic("theme", one.code): one.name_pl if polish else one.name_en for one in themes}
    hosts = session.execute(select(KnownOrganisation.id, KnownOrganisation.name))
    venues = session.execute(select(KnownVenue.id, KnownVenue.name))
    names |= {Topic("organisation", row.id): row.name for row in hosts}
    names |= {Topic("venue", row.id): row.name for row in venues}
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))


def is_a_topic(session: Session, topic: Topic) -> bool:
    """Say whether there is such a thing to follow."""
    if topic.kind == "audience":
        return topic.value in AUDIENCES
    if topic.kind == "kind":
        return topic.value in EVENT_KINDS
    return topic in topic_names(session)


def own_data(session: Session, person_id: str) -> dict[str, Any]:
    """Give what is held of a person, by their id: how to reach them, what they want, what they were told."""
    known = session.get(KnownPerson, person_id)
    told = select(Alert).where(Alert.person_id == person_id).order_by(Alert.id)
    sent = select(Delivery).where(Delivery.person_id == person_id).order_by(Delivery.id)
    belongs = select(KnownMembership.organisation_id).where(KnownMembership.person_id == person_id)
    wanted = session.get(Wishes, person_id)
    refused = session.get(RefusedAddress, person_id)
    follows = select(FollowedTopic.kind, FollowedTopic.value).where(FollowedTopic.person_id == person_id)
    return {
        "known_as": None if known is None else {name: getattr(known, name) for name in KNOWN},
        "address_refused_at": refused and refused.refused_at,
        "follows": [dict(row._mapping) for row in session.execute(follows)],
        "organisation_ids": list(session.scalars(belongs)),
        "wishes": None if wanted is None else {name: getattr(wanted, name) for name in WISHED},
        "alerts": [{name: getattr(one, name) for name in TOLD} for one in session.scalars(told)],
        "deliveries": [{name: getattr(one, name) for name in SENT} for one in session.scalars(sent)],
        **erasing.held_everywhere(session, Base.metadata, person_id),
    }


def _conditions(by: Person, wanted: WantedAlerts) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.event_id is not None:
        conditions.append(Alert.id.in_(select(AlertEvent.alert_id).where(AlertEvent.event_id == wanted.event_id)))
    if wanted.organisation_id is not None:
        conditions.append(Alert.organisation_id == wanted.organisation_id)
    if wanted.person_id is not None:
        conditions.append(Alert.person_id == wanted.person_id)
    if wanted.kind is not None:
        conditions.append(Alert.kind == wanted.kind)
    if wanted.unread:
        conditions.append(Alert.read_at.is_(None))
    if wanted.on_my_page:
        conditions.append(is_shown_to(by))
    return conditions


def _events(session: Session, event_ids: Collection[str]) -> dict[str, KnownEvent]:
    return {one.id: one for one in session.scalars(select(KnownEvent).where(KnownEvent.id.in_(event_ids)))}


def _names(session: Session, organisation_ids: Collection[str]) -> dict[str, str]:
    rows = select(KnownOrganisation.id, KnownOrganisation.name).where(KnownOrganisation.id.in_(organisation_ids))
    return {row.id: row.name for row in session.execute(rows)}


def _titled(one: Alert) -> str:
    """Give the title of an alert that is of no event: that of a need."""
    return next(iter(one.event_titles), "")


def _known(one: Alert, events: dict[str, KnownEvent]) -> list[tuple[str, Sequence[str]]]:
    """Give titles and hosts of an alert's events, as they are now; as told, while an event's message has not come.

    What was told as not public, or is not public any more, is named to its hosts alone.
    """
    told = dict(zip(one.event_ids, one.event_titles, strict=False))
    hidden = {
        key for key in one.event_ids if told.get(key) == NOT_PUBLIC or (key in events and not events[key].is_public)
    }
    return [
        (events[key].title, events[key].host_ids)
        if key in events and (key not in hidden or one.organisation_id in events[key].host_ids)
        else (say(NOT_PUBLIC) if key in hidden else told.get(key, ""), [])
        for key in one.event_ids
    ]

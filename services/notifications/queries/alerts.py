"""Alerts: whose they are, and with what is known now of their events."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from services.notifications.domain.wording import side_of, title_for
from services.notifications.models import (
    Alert,
    AlertEvent,
    KnownEvent,
    KnownMembership,
    KnownOrganisation,
)
from services.notifications.problems import NoSuchAlert
from shared.i18n import say
from shared.identifiers import is_id
from shared.paging import Paging
from shared.people import Person, is_administrator
from shared.reasons import NOT_PUBLIC, Side

INVITED = frozenset({"invited", "meeting_needed", "meeting_welcome"})
"""Reasons for which somebody is told of an event by its name, whoever else may read of it."""


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


def kinds_shown(session: Session, *, by: Person) -> set[str]:
    """Give the kinds of the alerts on somebody's page: there is no use in choosing others."""
    return set(session.scalars(select(Alert.kind).where(is_shown_to(by)).distinct()))


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
    if wanted.on_my_page:  # there, new is what is new to oneself: an administrator sees what others have not seen too
        conditions.append(is_mine(by) if wanted.unread else is_shown_to(by))
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

    What was told as not public, or is not public any more, is named to its hosts alone, and to those who are invited.
    """
    if one.reason["code"] in INVITED:
        return [(title, []) for title in one.event_titles]
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

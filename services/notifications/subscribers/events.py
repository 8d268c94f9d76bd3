"""The calendar tells of events: to those who have a part in one, and to those who follow what it is about."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.domain.plans import AlertKind, News
from services.notifications.domain.topics import Point, topics_of
from services.notifications.subscribers.news import news_of
from shared import clock
from shared.messages import calendar


def on_event_planned(session: Session, message: calendar.EventPlanned) -> None:
    """Tell those who follow what a new event is about; one that is planned again is news to who has a part in it."""
    _tell(session, "event_planned", message, is_known=message.version > 1)


def on_event_moved(session: Session, message: calendar.EventMoved) -> None:
    """Tell those who have a part in an event, or follow what it is about, that its time or place is another."""
    _tell(session, "event_moved", message, is_known=True)


def on_event_cancelled(session: Session, message: calendar.EventCancelled) -> None:
    """Tell those who have a part in an event, or follow what it is about, that it does not take place.

    The hosts of one that was joined into another agreed to that.
    """
    _tell(session, "event_cancelled", message, is_known=True)


def _tell(session: Session, kind: AlertKind, message: calendar.EventFacts, *, is_known: bool) -> None:
    """Tell of the next date of an event; of what is past there is nothing to tell."""
    news = _news_of(kind, message)
    if news is None:
        return
    parts = _parts_of(message) if is_known else {}
    for reason_code, organisation_ids in parts.items():
        told = replace(news, reason_code=reason_code, organisation_ids=organisation_ids)
        commands.tell(session, told, but_not=message.by_person_id)
    invited = set(message.invited_person_ids if is_known else ()) - {message.by_person_id}
    concerned = {*message.host_ids, *(one for ids in parts.values() for one in ids)}
    commands.tell_people(session, replace(news, reason_code="invited"), sorted(invited), but_not_of=concerned)
    if message.visibility == "public":
        topics = topics_of(message.kind, message.audiences, message.themes, message.host_ids, message.venue_id)
        point = Point.known(message.latitude, message.longitude)
        commands.tell_followers(session, news, topics, point, but_not_of=concerned, but_not=invited)


def _parts_of(message: calendar.EventFacts) -> Mapping[str, tuple[str, ...]]:
    """Give who has which part in an event; a single host knows what they did, several must tell each other."""
    are_several = len(message.host_ids) > 1 and message.joined_into_id is None
    return {
        "hosted": message.host_ids if are_several else (),
        "lent": message.owner_ids,
        "invited": tuple(one for one in message.invited_ids if one not in message.owner_ids),
    }


def _news_of(kind: AlertKind, message: calendar.EventFacts) -> News | None:
    dates = [calendar.OccurrenceFacts(starts_at=message.starts_at, ends_at=message.ends_at), *message.occurrences]
    following = next((one for one in dates if one.ends_at > clock.now()), None)
    if following is None:
        return None
    return news_of(
        kind,
        message,
        subject_kind="event",
        event_ids=(message.id,),
        event_titles=(message.title,),
        organisation_ids=(),
        starts_at=following.starts_at,
        ends_at=following.ends_at,
        zone=message.zone,
        reason_code="followed",
    )

"""The registry tells of problems and initiatives: to those who follow what they are about, once."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.topics import Point, Topic
from services.notifications.subscribers.news import news_of
from shared import clock
from shared.messages import registry

OVER = frozenset({"solved", "dropped"})


def on_problem_named(session: Session, message: registry.ProblemNamed) -> None:
    """Tell of a problem when it is first heard of, unless it is over; the message is told again with each change."""
    if message.status in OVER:
        return
    topics = [Topic("theme", one) for one in message.themes] + [Topic("audience", one) for one in message.audiences]
    point = Point.known(message.latitude, message.longitude)
    _tell(session, "problem_named", message, topics, point, but_not_of=message.supporter_ids)


def on_initiative_formed(session: Session, message: registry.InitiativeFormed) -> None:
    """Tell of a new coalition, except those who are in it."""
    topics = [Topic("theme", one) for one in message.themes]
    topics += [Topic("organisation", one) for one in message.organisation_ids]
    _tell(session, "initiative_formed", message, topics, None, but_not_of=message.organisation_ids)


def _tell(
    session: Session,
    kind: AlertKind,
    message: registry.ProblemNamed | registry.InitiativeFormed,
    topics: Sequence[Topic],
    point: Point | None,
    *,
    but_not_of: Sequence[str],
) -> None:
    """Tell followers of what takes place at no time."""
    now = clock.now()
    news = news_of(
        kind,
        message,
        subject_kind=kind.partition("_")[0],
        event_titles=(message.title,),
        organisation_ids=(),
        starts_at=now,
        ends_at=now,
        zone="UTC",
        reason_code="followed",
    )
    commands.tell_followers(session, replace(news, cause_version=1), topics, point, but_not_of=but_not_of)

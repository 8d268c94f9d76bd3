"""The questions about an event: which date a link asks about, whether it is open, and what was answered so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.indicators.rows import Answers, Counted, Figure
from services.calendar.domain.indicators.satisfaction import satisfaction
from services.calendar.domain.indicators.suppression import SMALLEST
from services.calendar.models import Event, Occurrence, SatisfactionAnswer, SatisfactionLink
from services.calendar.queries.visibility import event_seen
from shared.people import Person
from shared.problems import NotFound

OPEN_SECONDS = 14 * 24 * 3600
"""Questions are open from the start of a date until so long after its end."""
MOST_ANSWERS = 1000
"""No event here has more people; what comes beyond is no answer."""


@dataclass(frozen=True)
class Questions:
    """One link: what it asks about, in which words, from when to when (seconds; none: the date is off)."""

    token: str
    wording_id: str
    event_id: str
    title: str
    zone: str
    recurrence: int
    start: int | None
    end: int | None
    answers: int
    total: float

    def told(self, now: datetime) -> Answers | None:
        """Give the answers when nobody answers any more, and there are enough to say anything of them."""
        if self.answers < SMALLEST or not self.is_closed(now):
            return None
        return Answers(self.event_id, "link", self.wording_id, self.answers, self.total)

    @property
    def closes(self) -> int | None:
        """Give when they close."""
        return None if self.end is None else self.end + OPEN_SECONDS

    def is_open(self, now: datetime) -> bool:
        """Say whether somebody can answer now."""
        if self.start is None or self.closes is None or self.answers >= MOST_ANSWERS:
            return False
        return self.start <= now.timestamp() < self.closes

    def is_closed(self, now: datetime) -> bool:
        """Say whether nobody can answer any more, so that what was answered can be told."""
        return self.closes is not None and self.closes <= now.timestamp()


@dataclass(frozen=True)
class SatisfactionCard:
    """An event with its links, and everything that counts of link and paper as one figure."""

    event: Event
    asked: list[Questions]
    together: Figure


def satisfaction_card(session: Session, event_id: str, now: datetime, person: Person) -> SatisfactionCard:
    """Give what is known of how content people were with an event; raises `NotFound` unless it is to be seen."""
    event = event_seen(session, event_id, person)
    asked = questions_of(session, event_id)
    paper = (event.outcome or {}).get("satisfaction")
    counted = Counted(event.id, event.kind, paper=(paper["n"], paper["mean"], paper["wording_id"]) if paper else None)
    told = [answers for one in asked if (answers := one.told(now)) is not None]
    return SatisfactionCard(event, asked, satisfaction((counted,), told))


def questions(session: Session, token: str) -> Questions:
    """Give what a link asks; that of an event that was joined asks what the joint event's does.

    Raises `NotFound` where it is none of ours.
    """
    statement = select(SatisfactionLink).where(SatisfactionLink.token == token)
    link = session.scalar(statement)
    if link is None:
        raise NotFound
    event = session.get_one(Event, link.event_id)
    if event.joined_into_id:
        link = session.get(SatisfactionLink, (event.joined_into_id, link.recurrence)) or link
    [found] = _shown(session, [link])
    return found


def questions_of(session: Session, event_id: str) -> list[Questions]:
    """Give the links of one event, by date."""
    mine = select(SatisfactionLink).where(SatisfactionLink.event_id == event_id)
    return _shown(session, session.scalars(mine.order_by(SatisfactionLink.recurrence)).all())


def repeats(event: Event) -> bool:
    """Say whether an event has, or may have, several dates."""
    return bool(event.rrule or event.rdates)


def dates_to_ask_about(session: Session, event_id: str, now: datetime, most: int = 20) -> Sequence[Occurrence]:
    """Give the dates of an event that take place, the nearest to now first: the last ones and the next."""
    distance = func.abs(Occurrence.start - int(now.timestamp()))
    mine = Occurrence.event_id == event_id, Occurrence.cancelled.is_(False)
    return session.scalars(select(Occurrence).where(*mine).order_by(distance).limit(most)).all()


def asked_dates() -> Select[*tuple[Any, ...]]:
    """Say which date each link asks about: the start and end of what takes place of it."""
    return (
        select(
            SatisfactionLink.token,
            SatisfactionLink.event_id,
            SatisfactionLink.wording_id,
            func.min(Occurrence.start).label("start"),
            func.max(Occurrence.end).label("end"),
        )
        .join(Event, Event.id == SatisfactionLink.event_id)
        .join(Occurrence, Occurrence.event_id == SatisfactionLink.event_id)
        .where(or_(SatisfactionLink.recurrence == 0, SatisfactionLink.recurrence == Occurrence.recurrence))
        .where(Occurrence.event_id.in_(select(SatisfactionLink.event_id)))
        .where(Occurrence.cancelled.is_(False), Event.status.in_(("confirmed", "done")))
        .group_by(SatisfactionLink.token, SatisfactionLink.event_id, SatisfactionLink.wording_id)
    )


def _shown(session: Session, links: Sequence[SatisfactionLink]) -> list[Questions]:
    tokens = [link.token for link in links]
    if not tokens:
        return []
    dates = {row.token: row for row in session.execute(asked_dates().where(SatisfactionLink.token.in_(tokens)))}
    points = SatisfactionAnswer.first + SatisfactionAnswer.second + SatisfactionAnswer.third
    given = (
        select(SatisfactionAnswer.token, func.count().label("n"), func.sum(points).label("points"))
        .where(SatisfactionAnswer.token.in_(tokens))
        .group_by(SatisfactionAnswer.token)
    )
    answers = {row.token: row for row in session.execute(given)}
    events = {one.id: one for one in session.scalars(select(Event).where(Event.id == links[0].event_id))}
    return [_one(link, events[link.event_id], dates.get(link.token), answers.get(link.token)) for link in links]


def _one(link: SatisfactionLink, event: Event, date: Any, answered: Any) -> Questions:
    return Questions(
        token=link.token,
        wording_id=link.wording_id,
        event_id=link.event_id,
        title=event.title,
        zone=event.zone,
        recurrence=link.recurrence,
        start=date.start if date else None,
        end=date.end if date else None,
        answers=answered.n if answered else 0,
        total=int(answered.points) / 3 if answered else 0.0,
    )

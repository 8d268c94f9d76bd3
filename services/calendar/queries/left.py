"""What a meeting leaves behind, as its page shows it: its tasks, its minutes, and what those before it left open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.about import About
from services.calendar.models import Decision
from services.calendar.queries.decided import about_of_row, links_of
from services.calendar.queries.held import Held, held
from services.calendar.queries.publishing import may_read_written, minutes_card
from services.calendar.queries.rhythm import Agreed, agreed_before
from services.calendar.queries.tasks import TaskCard, TaskFilter, task_cards
from services.calendar.queries.visibility import event_seen
from shared.people import Person
from shared.problems import NotFound


@dataclass(frozen=True)
class Left:
    """What is shown of a meeting to somebody; `is_member`: they host it or are invited."""

    tasks: Sequence[TaskCard]
    before: Agreed
    is_member: bool
    has_minutes: bool
    """There are published minutes that they may read."""
    links: Mapping[str, Sequence[About]]
    """What its decisions are about, by decision."""


def left_by(
    session: Session, event_id: str, person: Person | None, today: date, held_on: str | None = None
) -> Left | None:
    """Give what a meeting leaves behind at one of its dates; none where the event is no meeting. Raises `NotFound`."""
    its = event_seen(session, event_id, person)
    if its.kind != "meeting":
        return None
    date = held(session, its, held_on)
    return Left(
        tasks=task_cards(session, person, TaskFilter(today, event_id, date.held_on)),
        before=agreed_before(session, date, person, today),
        is_member=may_read_written(session, its, person),
        has_minutes=_has_minutes(session, date, person),
        links=_links(session, event_id, person),
    )


def _links(session: Session, event_id: str, person: Person | None) -> dict[str, list[About]]:
    ids = session.scalars(select(Decision.id).where(Decision.event_id == event_id)).all()
    found = links_of(session, person, ids)
    return {decision_id: [about_of_row(row) for row in rows] for decision_id, rows in found.items()}


def _has_minutes(session: Session, its: Held, person: Person | None) -> bool:
    try:
        return bool(minutes_card(session, its.event.id, person, its.held_on).versions)
    except NotFound:
        return False

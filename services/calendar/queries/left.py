"""What a meeting leaves behind, as its page shows it: its tasks, its minutes, and what those before it left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from services.calendar.queries.minutes import is_member_of_meeting, minutes_card
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


def left_by(session: Session, event_id: str, person: Person | None, today: date) -> Left | None:
    """Give what a meeting leaves behind; none where the event is no meeting. Raises `NotFound`."""
    its = event_seen(session, event_id, person)
    if its.kind != "meeting":
        return None
    return Left(
        tasks=task_cards(session, person, TaskFilter(today, event_id)),
        before=agreed_before(session, event_id, person, today),
        is_member=is_member_of_meeting(session, its, person),
        has_minutes=_has_minutes(session, event_id, person),
    )


def _has_minutes(session: Session, event_id: str, person: Person | None) -> bool:
    try:
        return bool(minutes_card(session, event_id, person).versions)
    except NotFound:
        return False

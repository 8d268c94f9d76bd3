"""Tasks of meetings as they are looked at: of one meeting, of an organisation, one's own, and for one's feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.exporting import ExportedTask
from services.calendar.domain.held import address_of
from services.calendar.domain.permissions import may_do_task, may_see_task
from services.calendar.domain.tasks import KEPT_IN_FEED, is_overdue
from services.calendar.models import Event, Organisation, Task
from services.calendar.queries.events import organisation_names
from services.calendar.queries.held import MeetingAt
from services.calendar.queries.visibility import event_seen, may_see, visible_to
from shared.paging import Paging
from shared.people import Person, is_oneself, is_partner
from shared.problems import NotAllowed, NotFound

TaskState = Literal["open", "done", "overdue"]
MOST_SHOWN = 200


@dataclass(frozen=True)
class TaskCard:
    """A task with its meeting, as somebody sees it; `owner` is the name of an organisation, empty for a person."""

    task: Task
    event: Event
    owner: str
    is_mine: bool
    may_do: bool
    is_overdue: bool

    @property
    def meeting_at(self) -> MeetingAt:
        """Say at which date of its meeting it was given."""
        return MeetingAt.of(self.event, self.task.held_on)


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks are wanted; what is none does not matter. `today` is the neighbourhood's."""

    today: date
    event_id: str | None = None
    held_on: str | None = None
    owner_id: str | None = None
    mine: bool = False
    state: TaskState | None = None


def task(session: Session, task_id: str, person: Person | None) -> Task:
    """Give one task to somebody who may see it; raises `NotFound`."""
    found = session.get(Task, task_id)
    event = session.get(Event, found.event_id) if found else None
    if found is None or event is None:
        raise NotFound
    owner_id = kept_organisation(session, found.owner_id)
    is_owner = may_do_task(person, (), owner_id, found.owner_person_id)
    if not is_owner and not (may_see(person, event) and may_see_task(person, owner_id, found.owner_person_id)):
        raise NotFound
    return found


def tasks(session: Session, person: Person, wanted: TaskFilter, paging: Paging) -> Sequence[Task]:
    """List the tasks that somebody may see, in the order in which they were recorded."""
    statement = select(Task).join(Event, Event.id == Task.event_id).where(*_clauses(person, wanted))
    return session.scalars(statement.where(paging.beyond(Task.id)).order_by(Task.id).limit(paging.rows)).all()


def tasks_of_meeting(
    session: Session, event_id: str, person: Person | None, today: date, paging: Paging, held_on: str | None = None
) -> Sequence[Task]:
    """List the tasks of one meeting, at one of its dates or at all.

    Raises `NotFound`, and `NotAllowed` for who has no role here and none of them.
    """
    event_seen(session, event_id, person)
    found = tasks(session, person, TaskFilter(today, event_id, held_on), paging) if person else ()
    if not found and not is_partner(person):
        raise NotAllowed
    return found


def task_cards(session: Session, person: Person | None, wanted: TaskFilter, most: int = MOST_SHOWN) -> list[TaskCard]:
    """Give the tasks that somebody may see with all that a page shows, what is due first at the top."""
    if person is None:
        return []
    statement = select(Task, Event).join(Event, Event.id == Task.event_id).where(*_clauses(person, wanted))
    order = (Task.done_at.is_not(None), Task.due_on.is_(None), Task.due_on, Task.id)
    rows = [(row, event) for row, event in session.execute(statement.order_by(*order).limit(most))]
    return cards_of(session, person, rows, wanted.today)


def cards_of(
    session: Session, person: Person | None, rows: Sequence[tuple[Task, Event]], today: date
) -> list[TaskCard]:
    """Give tasks with all that a page shows of them to this person."""
    ids = {row.owner_id for row, _ in rows if row.owner_id}
    names, kept = organisation_names(session, ids), _kept(session, ids)
    return [
        TaskCard(
            task=row,
            event=event,
            owner=names.get(row.owner_id or "", ""),
            is_mine=row.owner_person_id is not None and is_oneself(person, row.owner_person_id),
            may_do=may_do_task(
                person, tuple(event.host_ids), kept.get(row.owner_id or "", row.owner_id), row.owner_person_id
            ),
            is_overdue=row.done_at is None and is_overdue(row.due_on, today),
        )
        for row, event in rows
    ]


def exported_tasks(session: Session, person: Person, address: str, now: datetime) -> list[ExportedTask]:
    """Give what somebody has to do, and what was done in the last 60 days, for their calendar program."""
    recent = or_(Task.done_at.is_(None), Task.done_at > now - KEPT_IN_FEED)
    statement = select(Task, Event).join(Event, Event.id == Task.event_id)
    statement = statement.where(is_theirs(person), recent, Event.status != "cancelled")
    statement = statement.order_by(Task.done_at.is_not(None), Task.id.desc())
    return [
        ExportedTask(
            uid=f"task-{row.id}",
            title=row.text,
            meeting_uid=event.uid,
            due_on=row.due_on,
            done_at=row.done_at,
            changed_at=row.changed_at,
            sequence=row.version - 1,
            url=f"{address}{address_of(event.id, row.held_on)}#tasks",
        )
        for row, event in session.execute(statement.limit(MOST_SHOWN))
    ]


def tasks_mark(session: Session, person: Person) -> tuple[int, int]:
    """Give what is other whenever a task of somebody's feed is: how many there are, and the sum of their versions."""
    joined = select(func.count(), func.coalesce(func.sum(Task.version), 0)).select_from(Task)
    count, versions = session.execute(joined.where(is_theirs(person))).one()
    return int(count), int(versions)


def is_theirs(person: Person) -> ColumnElement[bool]:
    """Say that somebody has to do a task: they themselves, or an organisation in which they have a role."""
    roles = sorted(person.roles)
    merged = select(Organisation.id).where(Organisation.merged_into_id.in_(roles))
    ours = or_(Task.owner_id.in_(roles), Task.owner_id.in_(merged)) if roles else false()
    return or_(Task.owner_person_id == person.id, ours)


def kept_organisation(session: Session, organisation_id: str | None) -> str | None:
    """Give the organisation into which another was merged; else the same one."""
    return None if organisation_id is None else _kept(session, {organisation_id}).get(organisation_id, organisation_id)


def _kept(session: Session, ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    merged = select(Organisation.id, Organisation.merged_into_id).where(Organisation.id.in_(wanted))
    return {one: into for one, into in session.execute(merged) if into}


def _clauses(person: Person, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    theirs = is_theirs(person)
    shared = [and_(visible_to(person), Event.status != "cancelled")] if is_partner(person) else []
    clauses: list[ColumnElement[bool]] = [theirs if wanted.mine else or_(theirs, *shared)]
    if wanted.event_id:
        clauses.append(Task.event_id == wanted.event_id)
    if wanted.held_on is not None:
        clauses.append(Task.held_on == wanted.held_on)
    if wanted.owner_id:
        merged = select(Organisation.id).where(Organisation.merged_into_id == wanted.owner_id)
        clauses.append(or_(Task.owner_id == wanted.owner_id, Task.owner_id.in_(merged)))
    if wanted.state == "done":
        clauses.append(Task.done_at.is_not(None))
    elif wanted.state:
        clauses.append(Task.done_at.is_(None))
    if wanted.state == "overdue":
        clauses.append(Task.due_on < wanted.today)
    return clauses

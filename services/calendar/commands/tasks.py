"""Tasks of meetings: recorded, changed, done, and their owners reminded; and what decisions are about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import faults_of_item, meeting_date
from services.calendar.commands.telling import tell_of_task
from services.calendar.domain.permissions import may_do_task
from services.calendar.domain.plans import TaskPlan
from services.calendar.domain.tasks import SOON, faults_of_task, is_overdue, stage_of
from services.calendar.models import Event, History, Organisation, Task
from services.calendar.queries import tasks as looking
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import TaskChanged, TaskDue, TaskRecorded
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound

AT_ONCE = 50


def record_task(
    session: Session, *, by: Person, event_id: str, plan: TaskPlan, today: date, held_on: str | None = None
) -> Task:
    """Record what a meeting gave somebody to do; `today` is the neighbourhood's, and the owner is told.

    Raises `NotFound`, `NotAMeeting`, `NotAllowed`, `InvalidInput`.
    """
    its = meeting_date(session, by, event_id, held_on)
    _refuse(session, event_id, its.held_on, plan)
    now = clock.now()
    row = Task(
        id=new_id(), version=1, event_id=event_id, held_on=its.held_on, created_at=now, changed_at=now, **vars(plan)
    )
    _note_told(row, today, now)
    session.add(row)
    session.flush()
    _remember(session, row, by, "recorded", ())
    tell_of_task(session, TaskRecorded, row, its.event)
    return row


def change_task(
    session: Session, *, by: Person, task_id: str, changes: Mapping[str, Any], version: int, today: date
) -> Task:
    """Change a task: most often that it is `done`. Its owner may too.

    `changes` are fields of `TaskPlan`, and `done`. Raises as `record_task`, and `ChangedMeanwhile`.
    """
    row = session.get(Task, task_id, with_for_update={"key_share": True})
    event = session.get(Event, row.event_id) if row else None
    if row is None or event is None:
        raise NotFound
    owner_id = looking.kept_organisation(session, row.owner_id)
    must(may_do_task(by, tuple(event.host_ids), owner_id, row.owner_person_id))
    if row.version != version:
        raise ChangedMeanwhile
    before = (row.owner_id, row.owner_person_id)
    _write(session, row, changes, by, today)
    row.version += 1
    session.flush()
    _remember(session, row, by, "changed", changes)
    is_given_on = (row.owner_id, row.owner_person_id) != before and row.done_at is None
    tell_of_task(session, TaskRecorded if is_given_on else TaskChanged, row, event)
    return row


def finish_task(session: Session, *, by: Person, task_id: str, version: int) -> None:
    """Say that a task is done, as it was read in this version of it; reminders count as versions and change nothing.

    What is done already stays so. Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`.
    """
    row = session.get(Task, task_id, with_for_update={"key_share": True})
    if row is None:
        raise NotFound
    since = History.aggregate == "task", History.aggregate_id == task_id, History.version > version
    if row.done_at is None and session.scalar(select(History.position).where(*since).limit(1)) is not None:
        raise ChangedMeanwhile
    changes = {} if row.done_at else {"done": True}
    change_task(session, by=by, task_id=task_id, changes=changes, version=row.version, today=clock.now().date())


def remind_of_tasks(session: Session, *, now: datetime, today: date) -> int:
    """Tell the owners of tasks that these come due within three days, or are overdue, once each; gives how many."""
    soon = and_(Task.soon_told_at.is_(None), Task.due_on >= today, Task.due_on <= today + SOON)
    overdue = and_(Task.overdue_told_at.is_(None), Task.due_on < today)
    open_ones = (Task.done_at.is_(None), or_(soon, overdue), Event.status != "cancelled")
    due = select(Task, Event).join(Event, Event.id == Task.event_id).where(*open_ones)
    due = due.order_by(Task.id).limit(AT_ONCE).with_for_update(key_share=True, of=Task)
    rows = session.execute(due).all()
    for row, event in rows:
        stage = stage_of(row.due_on, today)
        _note_told(row, today, now)
        row.version += 1
        session.flush()
        tell_of_task(session, TaskDue, row, event, stage=stage)
    return len(rows)


def forget_person_of_tasks(session: Session, person_id: str) -> None:
    """Let a person be the owner of no task any more, and name nobody as who did it."""
    for row in session.scalars(select(Task).where(Task.owner_person_id == person_id)):
        row.owner_person_id, row.version, row.changed_at = None, row.version + 1, clock.now()
    for row in session.scalars(select(Task).where(Task.done_by_id == person_id)):
        row.done_by_id = None


def _write(session: Session, row: Task, changes: Mapping[str, Any], by: Person, today: date) -> None:
    now = clock.now()
    plan = TaskPlan(row.text, row.owner_id, row.owner_person_id, row.due_on, row.item_id)
    wanted = {name: value for name, value in changes.items() if name != "done"}
    if wanted:
        changed = replace(plan, **wanted)
        _refuse(session, row.event_id, row.held_on, changed)
        for name, value in vars(changed).items():
            setattr(row, name, value)
        if row.due_on != plan.due_on:
            row.soon_told_at = row.overdue_told_at = None
            _note_told(row, today, now)
    if "done" in changes and changes["done"] != (row.done_at is not None):
        row.done_at = now if changes["done"] else None
        row.done_by_id = by.id if changes["done"] and not by.service else None
    row.changed_at = now


def _note_told(row: Task, today: date, now: datetime) -> None:
    """Note that the owner knows how soon it is due: by this very message, no second one is needed."""
    if stage_of(row.due_on, today) is not None:
        row.soon_told_at = row.soon_told_at or now
    if is_overdue(row.due_on, today):
        row.overdue_told_at = row.overdue_told_at or now


def _refuse(session: Session, event_id: str, held_on: str, plan: TaskPlan) -> None:
    faults = [*faults_of_task(plan), *faults_of_item(session, event_id, held_on, plan.item_id)]
    if plan.owner_id is not None and session.get(Organisation, plan.owner_id) is None:
        faults.append(("/owner_id", "No organisation is known by this id"))
    if faults:
        raise InvalidInput(*faults)


def _remember(session: Session, row: Task, by: Person, action: str, fields: Mapping[str, Any] | Sequence[str]) -> None:
    changes = {"fields": sorted(fields)} if fields else {}
    history.record(
        session, History, aggregate="task", id=row.id, version=row.version, by=by, action=action, changes=changes
    )

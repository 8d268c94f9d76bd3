"""Tasks of meetings: when they come due, and what is wrong with one; days are those of the neighbourhood."""

from datetime import date, timedelta
from typing import Literal

from services.calendar.domain.plans import TaskPlan

Stage = Literal["soon", "overdue"]
SOON = timedelta(days=3)
"""A task comes due soon from so long before its day."""
KEPT_IN_FEED = timedelta(days=60)
"""A task that was done stays so long in its owner's feed."""
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


def is_overdue(due_on: date | None, today: date) -> bool:
    """Say whether the day until which something was to be done is over."""
    return due_on is not None and due_on < today


def stage_of(due_on: date | None, today: date) -> Stage | None:
    """Say whether something is due soon or overdue, or neither."""
    if due_on is None or due_on > today + SOON:
        return None
    return "overdue" if is_overdue(due_on, today) else "soon"


def faults_of_task(plan: TaskPlan) -> list[tuple[str, str]]:
    """Say what is wrong with a task: pairs of JSON pointer and sentence."""
    faults = []
    if not plan.text.strip():
        faults.append(("/text", "Say what is to be done"))
    if plan.owner_id and plan.owner_person_id:
        faults.append(("/owner_person_id", "Either an organisation does it or a person, not both"))
    if plan.due_on is not None and not EARLIEST <= plan.due_on < LATEST:
        faults.append(("/due_on", "This year is out of reach"))
    return faults

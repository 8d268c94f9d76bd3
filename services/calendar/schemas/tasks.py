"""What requests and answers say of tasks of meetings."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from services.calendar.domain.plans import TaskPlan
from services.calendar.models import Task
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import AtDate, Clean, Identifier
from services.calendar.schemas.lists import Answered

TaskText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Clean]
OwnerId = Annotated[Identifier | None, Field(description="The organisation that does it.")]
OwnerPersonId = Annotated[Identifier | None, Field(description="The person who does it, instead of an organisation.")]
ItemId = Annotated[Identifier | None, Field(description="The point of the agenda under which it was.")]


class TaskBody(Asked):
    """What a meeting gave somebody to do, until when."""

    text: TaskText
    owner_id: OwnerId = None
    owner_person_id: OwnerPersonId = None
    due_on: date | None = None
    item_id: ItemId = None

    def plan(self) -> TaskPlan:
        """Give the plan that this is."""
        return TaskPlan(self.text, self.owner_id, self.owner_person_id, self.due_on, self.item_id)


class TaskChange(Asked):
    """A change of a task: what is absent stays."""

    text: TaskText = ""
    owner_id: OwnerId = None
    owner_person_id: OwnerPersonId = None
    due_on: date | None = None
    item_id: ItemId = None
    done: bool = False

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class TaskAnswer(Answered):
    """A task of a meeting; `done_at` is none while it is to be done."""

    id: str
    version: int
    event_id: str
    held_on: AtDate
    item_id: str | None
    text: str
    owner_id: str | None
    owner_person_id: str | None
    due_on: date | None
    done_at: datetime | None
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, row: Task) -> Self:
        """Show a task."""
        return cls.model_validate(row)

"""Subscribed calendars in requests and answers, and why one could not be fetched, in the reader's words."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from services.calendar.clients.calendars import ANSWERED, NOT_REACHED
from services.calendar.domain.subscriptions import LONGEST_ADDRESS
from services.calendar.models import Source
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import Clean, Identifier, Line
from services.calendar.schemas.imports import IMPORT_REASONS
from shared.i18n import say
from shared.messages import Reason

SOURCE_REASONS: dict[str, str] = {
    ANSWERED: "The server answered {status}.",
    NOT_REACHED: "It could not be fetched: {detail}.",
    "source_unwanted": "Its events could not be taken over: {detail}.",
}
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ADDRESS), Clean]
Name = Annotated[Line, Field(max_length=200)]


class SourceBody(Asked):
    """A calendar to subscribe to; `url` begins with https:// or webcal://."""

    organisation_id: Identifier
    name: Name
    url: Address


class SourceChange(Asked):
    """What is to be different of a subscribed calendar; what is absent stays."""

    name: Name | None = None
    url: Address | None = None
    paused: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Give what was said."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


class SourceAnswer(BaseModel):
    """A subscribed calendar: `seen_at` is when its events were last there, `problem` why not since."""

    id: str
    version: int
    organisation_id: str
    name: str
    url: str
    paused: bool
    seen_at: datetime | None
    checked_at: datetime | None
    due_at: datetime
    failures: int
    problem: str | None
    counts: dict[str, int]

    @classmethod
    def of(cls, row: Source) -> Self:
        """Show a subscribed calendar."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "problem"}
        return cls.model_validate({**shown, "problem": problem_in_words(row.problem)})


def problem_in_words(kept: dict[str, Any] | None) -> str | None:
    """Say why a fetch failed."""
    if kept is None:
        return None
    reason = Reason.model_validate(kept)
    values = {name: say(value) if name == "detail" else value for name, value in reason.values.items()}
    return say({**IMPORT_REASONS, **SOURCE_REASONS}[reason.code], **values)

"""What answers say of the rhythm in which the same hosts meet."""

from datetime import date
from typing import Self

from pydantic import Field

from services.calendar.domain.rhythm import Regularity
from services.calendar.queries.rhythm import RhythmCard
from services.calendar.schemas.lists import Answered
from services.calendar.schemas.meetings import DecisionAnswer
from services.calendar.schemas.tasks import TaskAnswer


class RegularityAnswer(Answered):
    """Of the intervals that the rhythm planned, those that were kept."""

    kept: int
    planned: int
    share: float = Field(description="From 0 to 1")
    usual_days: int

    @classmethod
    def of(cls, one: Regularity) -> Self:
        """Show how regularly one meets."""
        return cls.model_validate(one)


class RhythmAnswer(Answered):
    """How the same hosts met in the last year."""

    hosts: list[str] = Field(description="Names of the organisations")
    last_event_id: str
    last_on: date
    last_url: str
    held: list[date] = Field(description="The days on which they met, the latest first")
    regularity: RegularityAnswer | None = Field(description="Null where there were too few meetings to tell")
    absent: list[str] = Field(description="Names of those who were expected three times in a row and did not come")
    counted: int = Field(description="Of so many meetings it is written who came")
    decisions: list[DecisionAnswer] = Field(description="What is not done, and all of the last meeting")
    tasks: list[TaskAnswer] = Field(description="What is not done, and what was done since the last meeting")

    @classmethod
    def of(cls, card: RhythmCard) -> Self:
        """Show how one group of hosts meets."""
        return cls(
            hosts=list(card.hosts),
            last_event_id=card.last.id,
            last_on=card.last_on,
            last_url=card.last_address,
            held=list(card.held),
            regularity=RegularityAnswer.of(card.regularity) if card.regularity else None,
            absent=list(card.absent),
            counted=card.counted,
            decisions=[DecisionAnswer.of(one.decision) for one in card.decisions],
            tasks=[TaskAnswer.of(one.task) for one in card.tasks],
        )


class RhythmList(Answered):
    """All groups of hosts."""

    items: list[RhythmAnswer]
    next: None = None
    sorted_by: str = "who met last, the latest first"

"""What answers say of meetings and what they decided."""

from datetime import date, datetime
from typing import Self

from pydantic import Field

from services.calendar.domain.agenda import DecisionState
from services.calendar.models import Decision
from services.calendar.queries import MeetingCard
from services.calendar.schemas.asked import AttendanceBody
from services.calendar.schemas.fields import AtDate
from services.calendar.schemas.lists import Answered
from shared.people import Person, is_partner


class DecisionAnswer(Answered):
    """What a meeting decided."""

    id: str
    version: int
    event_id: str
    held_on: AtDate
    item_id: str | None
    state: DecisionState
    text: str
    owner_id: str | None
    due_on: date | None
    done: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Decision) -> Self:
        """Show a decision."""
        return cls.model_validate(row)


class MeetingAnswer(Answered):
    """What is written about a meeting, with its decisions; `version` 0 while nothing is written.

    `agenda` are the titles of what is accepted: `meetings/{event_id}/items` has all of each item.
    """

    event_id: str
    held_on: AtDate
    version: int
    agenda: list[str]
    attendance: list[AttendanceBody]
    guests: int
    minutes: str = Field(
        description="What belongs to no item, as it is written now; empty for who neither hosts the meeting, leads it"
        " nor is invited. Others read what was published, at `meetings/{event_id}/publications`."
    )
    link: str = Field(description="Where one takes part from elsewhere; empty for who has no role here.")
    decisions: list[DecisionAnswer]

    @classmethod
    def of(cls, card: MeetingCard, person: Person | None, is_member: bool) -> Self:
        """Show what is written about a meeting to somebody, who hosts it or is invited or not."""
        return cls(
            event_id=card.event_id,
            held_on=card.held_on,
            version=card.version,
            agenda=list(card.agenda),
            attendance=[
                AttendanceBody(
                    organisation_id=one,
                    people=people,
                    person_ids=card.present.get(one, ()) if is_partner(person) else (),
                )
                for one, people in card.attendance
            ],
            guests=card.guests,
            minutes=card.minutes if is_member else "",
            link=card.link if is_partner(person) else "",
            decisions=[DecisionAnswer.of(row) for row in card.decisions],
        )

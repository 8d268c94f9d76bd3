"""What answers say of events, their dates and their history."""

from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from services.calendar.domain.disclosure import told_funding, told_outcome
from services.calendar.models import Event, History, Occurrence
from services.calendar.queries import Told
from services.calendar.schemas.asked import BorrowedBody, FundingBody, OutcomeBody
from services.calendar.schemas.lists import Answered
from shared.people import Person


class EventAnswer(Answered):
    """An event; its times carry the offset of its zone."""

    id: str
    version: int
    kind: str
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    floating: bool
    rrule: str | None
    rdates: list[datetime]
    exdates: list[datetime]
    venue_id: str | None
    latitude: float | None
    longitude: float | None
    host_ids: list[str]
    audiences: list[str]
    themes: list[str]
    status: str
    expected_participants: int | None
    borrowed: list[BorrowedBody]
    needs: list[str]
    problem_ids: list[str]
    initiative_id: str | None
    funding: list[FundingBody] = Field(description="Empty to strangers: partners alone see amounts.")
    outcome: OutcomeBody | None = Field(description="What fewer than five people answered, hosts alone see.")
    set_up_minutes: int | None
    clear_up_minutes: int | None
    leader_ids: list[str]
    visibility: str
    accessibility: str
    source: str
    uid: str
    sequence: int
    joined_into_id: str | None
    related_ids: list[str]
    follows_id: str | None
    created_at: datetime
    changed_at: datetime
    url: str

    @classmethod
    def of(cls, row: Event, **told: Any) -> Self:
        """Show an event to its hosts; `told` are fields that others are told otherwise."""
        zone = ZoneInfo(row.zone)
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "url"}
        shown |= {
            "starts_at": row.starts_at.astimezone(zone),
            "ends_at": row.ends_at.astimezone(zone),
            "url": f"/calendar/events/{row.id}",
            **told,
        }
        return cls.model_validate(shown)

    @classmethod
    def seen(cls, row: Event, person: Person | None) -> Self:
        """Show an event to somebody who may be no host of it."""
        outcome = told_outcome(row.outcome, person, row.host_ids)
        return cls.of(row, funding=told_funding(row.funding, person), outcome=outcome)


class OccurrenceAnswer(Answered):
    """One date of an event; `recurrence_at` is the start that its rule gives it, and names it."""

    event_id: str
    recurrence_at: datetime
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    venue_id: str | None
    status: str

    @classmethod
    def of(cls, row: Occurrence, event: Event) -> Self:
        """Show one date."""
        zone = ZoneInfo(event.zone)
        return cls(
            event_id=event.id,
            recurrence_at=datetime.fromtimestamp(row.recurrence, zone),
            title=row.title or event.title,
            starts_at=datetime.fromtimestamp(row.start, zone),
            ends_at=datetime.fromtimestamp(row.end, zone),
            zone=event.zone,
            all_day=event.all_day,
            venue_id=event.venue_id,
            status="cancelled" if row.cancelled else event.status,
        )


class ChangeAnswer(Answered):
    """One line of an event's history."""

    version: int
    action: str
    reason: str
    changes: dict[str, Any]
    by_person_id: str | None
    by_service: str | None
    at: datetime

    @classmethod
    def of(cls, row: History | Told) -> Self:
        """Show one change."""
        return cls.model_validate(row)

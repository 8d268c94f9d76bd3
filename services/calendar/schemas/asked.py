"""What requests say, and the plans that they are."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.calendar.domain import plans
from services.calendar.domain.agenda import DecisionState
from services.calendar.domain.conflicts import Level
from services.calendar.domain.plans import EventKind, EventPlan, EventStatus, Visibility
from services.calendar.schemas.fields import (
    NEVER,
    Amount,
    Audiences,
    Clean,
    Count,
    Identifier,
    Identifiers,
    Latitude,
    Line,
    Lines,
    Longitude,
    Minutes,
    Moments,
    Paragraphs,
    Quantity,
    Themes,
    Title,
    Zone,
)


class Asked(BaseModel):
    """What a request says; a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BorrowedBody(Asked):
    """So many of one resource."""

    resource_id: Identifier
    quantity: Quantity = 1


class FundingBody(Asked):
    """Money for an event, in złoty."""

    source: Line
    amount: Amount
    organisation_id: Identifier | None = Field(default=None, description="The host who brings it")


class SatisfactionBody(Asked):
    """How content participants were, from 1 to 5."""

    n: Count
    mean: Annotated[float, Field(ge=1, le=5)]
    wording_id: Annotated[str, StringConstraints(min_length=1, max_length=100), Clean] = "general"


class OutcomeBody(Asked):
    """What came of an event."""

    participants: Count | None = None
    satisfaction: SatisfactionBody | None = None
    note: Paragraphs = ""


class EventFields(Asked):
    """All that may be said of an event but its title, its times and its zone; all of it optional."""

    kind: EventKind = "other"
    description: Paragraphs = ""
    all_day: bool = False
    floating: bool = Field(default=False, description="Files name no zone; `zone` is where its wall clock is read here")
    rrule: Annotated[str, StringConstraints(max_length=500), Clean] | None = Field(
        default=None, description="RFC 5545 §3.3.10, without `RRULE:`"
    )
    rdates: Moments = ()
    exdates: Moments = ()
    venue_id: Identifier | None = None
    latitude: Latitude = None
    longitude: Longitude = None
    host_ids: Identifiers = ()
    audiences: Audiences = ()
    themes: Themes = ()
    status: EventStatus = "confirmed"
    expected_participants: Count | None = None
    borrowed: Annotated[tuple[BorrowedBody, ...], Field(max_length=50)] = ()
    needs: Lines = ()
    problem_ids: Identifiers = ()
    initiative_id: Identifier | None = None
    funding: Annotated[tuple[FundingBody, ...], Field(max_length=50)] = ()
    outcome: OutcomeBody | None = None
    set_up_minutes: Minutes = None
    clear_up_minutes: Minutes = None
    leader_ids: Identifiers = ()
    visibility: Visibility = "public"
    accessibility: Paragraphs = ""

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names, as `EventPlan` takes them."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields_set}


class EventBody(EventFields):
    """A new event."""

    title: Title
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: Zone

    def plan(self) -> EventPlan:
        """Give the plan that this is."""
        return EventPlan(**self.changes())


class EventChange(EventFields):
    """A change of an event: what is absent stays, null empties what may be empty (RFC 7396).

    The defaults below are never read: only fields that the request names are changes.
    """

    title: Title = ""
    starts_at: AwareDatetime = NEVER
    ends_at: AwareDatetime = NEVER
    zone: Zone = ""
    because: Annotated[str, StringConstraints(max_length=1000), Clean] = ""

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names; the reason is not one of them."""
        return {name: value for name, value in super().changes().items() if name != "because"}


class Because(Asked):
    """Why: kept in the history, and told to those concerned."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Clean] = ""


class Accepting(Asked):
    """Why a conflict may stay."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Clean]


class RuleBody(Because):
    """How severe conflicts of a kind are from now on."""

    level: Level


class AttendanceBody(Asked):
    """An organisation that came, how many of its people, and those of them who are named, by ids."""

    organisation_id: Identifier
    people: Annotated[int, Field(ge=0, le=10_000)] = 1
    person_ids: Identifiers = ()


class MeetingChange(Asked):
    """A change of what is written about a meeting: what is absent stays."""

    agenda: Lines = ()
    attendance: Annotated[tuple[AttendanceBody, ...], Field(max_length=200)] = ()
    guests: Annotated[int, Field(ge=0, le=10_000, description="Who came and belongs to no organisation here")] = 0
    minutes: Paragraphs = ""
    link: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Clean] = ""

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names, as `MeetingPlan` takes them."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields_set}


class DecisionBody(Asked):
    """What a meeting decided; `owner_id` is the organisation that does it."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Clean]
    owner_id: Identifier | None = None
    due_on: date | None = None
    done: bool = False
    item_id: Identifier | None = Field(default=None, description="The item of the agenda at which it was decided")
    state: DecisionState = "agreed"

    def plan(self) -> plans.DecisionPlan:
        """Give the plan that this is."""
        return plans.DecisionPlan(self.text, self.owner_id, self.due_on, self.done, self.item_id, self.state)


class DecisionChange(Asked):
    """A change of a decision: what is absent stays."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Clean] = ""
    owner_id: Identifier | None = None
    due_on: date | None = None
    done: bool = False
    item_id: Identifier | None = None
    state: DecisionState = "agreed"

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _plain(value: Any) -> Any:
    """Turn a body inside a body into the value of the plan that it describes."""
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    if isinstance(value, BorrowedBody):
        return plans.Borrowed(value.resource_id, value.quantity)
    if isinstance(value, FundingBody):
        return plans.Funding(value.source, value.amount, value.organisation_id)
    if isinstance(value, AttendanceBody):
        return plans.Attendance(value.organisation_id, value.people, value.person_ids)
    if isinstance(value, OutcomeBody):
        asked = value.satisfaction
        satisfaction = plans.Satisfaction(asked.n, asked.mean, asked.wording_id) if asked else None
        return plans.Outcome(value.participants, satisfaction, value.note)
    return value

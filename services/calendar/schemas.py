"""Shapes of the calendar's requests and answers, as product.md names them, and their way to plans and from rows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from services.calendar.domain import plans
from services.calendar.domain.plans import Audience, EventKind, EventPlan, EventStatus
from services.calendar.models import Decision, Event, Fact, History, Occurrence
from services.calendar.queries import ConflictCard, MeetingCard, OpportunityCard
from services.calendar.queries.shown import ShownConflict, ShownOpportunity, ShownSlot
from shared.identifiers import is_id
from shared.reasons import sentence

T = TypeVar("T")


def _without_control_characters(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        raise ValueError("Control characters do not belong in a text")
    return text


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not an identifier")
    return text


Identifier = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"format": "uuid"})]
Clean = AfterValidator(_without_control_characters)
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Clean]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Clean]
Paragraphs = Annotated[str, StringConstraints(max_length=20_000), Clean]
Lines = Annotated[tuple[Line, ...], Field(max_length=50)]
Theme = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Clean]
Themes = Annotated[tuple[Theme, ...], Field(max_length=20)]
Audiences = Annotated[tuple[Audience, ...], Field(max_length=6)]
Identifiers = Annotated[tuple[Identifier, ...], Field(max_length=50)]
Moments = Annotated[tuple[AwareDatetime, ...], Field(max_length=1000)]
Latitude = Annotated[float | None, Field(ge=-90, le=90)]
Longitude = Annotated[float | None, Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
Minutes = Annotated[int | None, Field(ge=0, le=7 * 24 * 60)]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), Clean]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]


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


class AttendanceBody(Asked):
    """An organisation that came, and how many of its people."""

    organisation_id: Identifier
    people: Annotated[int, Field(ge=0, le=10_000)] = 1


class MeetingChange(Asked):
    """A change of what is written about a meeting: what is absent stays."""

    agenda: Lines = ()
    attendance: Annotated[tuple[AttendanceBody, ...], Field(max_length=200)] = ()
    minutes: Paragraphs = ""

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names, as `MeetingPlan` takes them."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields_set}


class DecisionBody(Asked):
    """What a meeting decided; `owner_id` is the organisation that does it."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Clean]
    owner_id: Identifier | None = None
    due_on: date | None = None
    done: bool = False

    def plan(self) -> plans.DecisionPlan:
        """Give the plan that this is."""
        return plans.DecisionPlan(self.text, self.owner_id, self.due_on, self.done)


class DecisionChange(Asked):
    """A change of a decision: what is absent stays."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Clean] = ""
    owner_id: Identifier | None = None
    due_on: date | None = None
    done: bool = False

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Answered(BaseModel):
    """What an answer says."""

    model_config = ConfigDict(from_attributes=True)


class Page(Answered, Generic[T]):
    """One page of a list; `next` is the address of the following one."""

    items: list[T]
    next: str | None
    sorted_by: str


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
    funding: list[FundingBody]
    outcome: OutcomeBody | None
    set_up_minutes: int | None
    clear_up_minutes: int | None
    source: str
    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    url: str

    @classmethod
    def of(cls, row: Event) -> Self:
        """Show an event."""
        zone = ZoneInfo(row.zone)
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "url"}
        shown |= {
            "starts_at": row.starts_at.astimezone(zone),
            "ends_at": row.ends_at.astimezone(zone),
            "url": f"/calendar/events/{row.id}",
        }
        return cls.model_validate(shown)


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


class ConflictFound(Answered):
    """A conflict that is not stored: what a check finds, and what a refusal names."""

    kind: str
    severity: str
    event_ids: list[str]
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    dates: int
    state: str

    @classmethod
    def found(cls, shown: ShownConflict) -> Self:
        """Show what was found."""
        return cls.model_validate(shown)


class ConflictAnswer(ConflictFound):
    """A stored conflict; `reason` is a sentence in the reader's language, `dates` on how many dates they meet."""

    id: str
    version: int
    event_titles: list[str]
    zone: str
    accepted_because: str

    @classmethod
    def of(cls, card: ConflictCard) -> Self:
        """Show a conflict."""
        return cls(
            id=card.id,
            version=card.version,
            kind=card.kind,
            severity=card.severity,
            event_ids=list(card.event_ids),
            event_titles=list(card.event_titles),
            starts_at=card.starts_at,
            ends_at=card.ends_at,
            zone=card.zone,
            reason=sentence(card.reason),
            reason_code=card.reason.code,
            reason_values=card.reason.values,
            dates=card.dates,
            state=card.state,
            accepted_because=card.accepted_because,
        )


class OpportunityFound(Answered):
    """An opportunity that is not stored."""

    event_ids: list[str]
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_code: str
    reason_values: dict[str, Any]

    @classmethod
    def found(cls, shown: ShownOpportunity) -> Self:
        """Show what was found."""
        return cls.model_validate(shown)


class OpportunityAnswer(OpportunityFound):
    """A stored opportunity."""

    id: str
    state: str
    event_titles: list[str]

    @classmethod
    def of(cls, card: OpportunityCard) -> Self:
        """Show an opportunity."""
        return cls(
            id=card.id,
            state=card.state,
            event_ids=list(card.event_ids),
            event_titles=list(card.event_titles),
            starts_at=card.starts_at,
            ends_at=card.ends_at,
            reason=sentence(card.reason),
            reason_code=card.reason.code,
            reason_values=card.reason.values,
        )


class SlotAnswer(Answered):
    """A free time for the (first) date of an event."""

    starts_at: datetime
    ends_at: datetime
    venue_id: str | None
    reason: str

    @classmethod
    def of(cls, slot: ShownSlot) -> Self:
        """Show a slot."""
        return cls.model_validate(slot)


class SlotsAnswer(Answered):
    """The nearest free slots, the nearest first."""

    items: list[SlotAnswer]
    next: None = None
    sorted_by: str = "distance from the wanted time"


class CheckAnswer(Answered):
    """What a check says of a plan; nothing was stored."""

    conflicts: list[ConflictFound]
    opportunities: list[OpportunityFound]
    slots: list[SlotAnswer]


class DecisionAnswer(Answered):
    """What a meeting decided."""

    id: str
    version: int
    event_id: str
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
    """What is written about a meeting, with its decisions; `version` 0 while nothing is written."""

    event_id: str
    version: int
    agenda: list[str]
    attendance: list[AttendanceBody]
    minutes: str
    decisions: list[DecisionAnswer]

    @classmethod
    def of(cls, card: MeetingCard) -> Self:
        """Show what is written about a meeting."""
        return cls(
            event_id=card.event_id,
            version=card.version,
            agenda=list(card.agenda),
            attendance=[AttendanceBody(organisation_id=one, people=people) for one, people in card.attendance],
            minutes=card.minutes,
            decisions=[DecisionAnswer.of(row) for row in card.decisions],
        )


class FactAnswer(Answered):
    """A municipal fact."""

    id: str
    version: int
    partner: str
    kind: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    url: str | None

    @classmethod
    def of(cls, row: Fact) -> Self:
        """Show a municipal fact."""
        zone = ZoneInfo(row.zone)
        times = {
            "starts_at": datetime.fromtimestamp(row.start, zone),
            "ends_at": datetime.fromtimestamp(row.end, zone),
        }
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in times}
        return cls.model_validate({**shown, **times})


class ChangeAnswer(Answered):
    """One line of an event's history."""

    version: int
    action: str
    reason: str
    changes: dict[str, Any]
    by_person_id: str | None
    at: datetime

    @classmethod
    def of(cls, row: History) -> Self:
        """Show one change."""
        return cls.model_validate(row)


def _plain(value: Any) -> Any:
    """Turn a body inside a body into the value of the plan that it describes."""
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    if isinstance(value, BorrowedBody):
        return plans.Borrowed(value.resource_id, value.quantity)
    if isinstance(value, FundingBody):
        return plans.Funding(value.source, value.amount)
    if isinstance(value, AttendanceBody):
        return plans.Attendance(value.organisation_id, value.people)
    if isinstance(value, OutcomeBody):
        asked = value.satisfaction
        satisfaction = plans.Satisfaction(asked.n, asked.mean, asked.wording_id) if asked else None
        return plans.Outcome(value.participants, satisfaction, value.note)
    return value

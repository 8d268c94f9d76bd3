"""What the calendar tells: events, conflicts, opportunities, and the municipal facts it accepted."""

from datetime import date, datetime
from typing import ClassVar, Literal

from shared.messages.base import ApiKeyUse, Describes, Erasure, Message, Reason, SetAside, Value

EventKind = Literal["meeting", "feast", "celebration", "opening", "works", "consultation", "course", "service", "other"]
Audience = Literal["everyone", "children", "youth", "families", "adults", "seniors"]
Visibility = Literal["public", "partners", "hosts"]
EventStatus = Literal["tentative", "confirmed", "cancelled", "done"]
ConflictKind = Literal["venue", "resource", "people", "audience", "municipal", "calendar"]
Severity = Literal["blocking", "warning", "information"]
Way = Literal["join", "coordinate"]
BookedKind = Literal["venue", "resource"]
BookingAnswer = Literal["accepted", "countered", "refused", "expired", "withdrawn", "slot_taken"]
ActionOutcome = Literal["done", "settled", "changed", "blocked", "not_allowed", "gone", "refused"]
"""What became of a button that somebody pressed in a letter: only with `done` did anything change."""
MOST_OCCURRENCES = 200
"""An event's message carries at most so many of its next occurrences: no listener expands a rule."""


class CalendarMessage(Message):
    """A message of the calendar."""

    stream: ClassVar[str] = "CALENDAR"
    owner: ClassVar[str] = "calendar"


class OccurrenceFacts(Value):
    """One date of an event; half-open, in UTC."""

    starts_at: datetime
    ends_at: datetime


class BorrowedFacts(Value):
    """So many of one resource are borrowed for each date of an event."""

    resource_id: str
    quantity: int


class EventFacts(CalendarMessage):
    """The public facts of one event and its next occurrences."""

    kind: EventKind
    title: str
    description: str = ""
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool = False
    rrule: str | None = None
    venue_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    host_ids: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    themes: tuple[str, ...] = ()
    status: EventStatus
    visibility: Visibility = "public"
    accessibility: str = ""
    occurrences: tuple[OccurrenceFacts, ...] = ()
    borrows: tuple[BorrowedFacts, ...] = ()
    by_person_id: str | None = None
    joined_into_id: str | None = None
    related_ids: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    """Whose venue and resources it takes, where these are not its hosts."""
    invited_ids: tuple[str, ...] = ()
    """The organisations that are invited to it."""
    invited_person_ids: tuple[str, ...] = ()
    url: str


class EventPlanned(EventFacts):
    """An event stands on the calendar for the first time (or again)."""

    type: ClassVar[str] = "calendar.event.planned.v1"


class EventMoved(EventFacts):
    """The time or the place of an event changed; these are all its facts now."""

    type: ClassVar[str] = "calendar.event.moved.v1"


class EventChanged(EventFacts):
    """Something about an event changed, but neither its time nor its place; these are all its facts now."""

    type: ClassVar[str] = "calendar.event.changed.v1"


class EventCancelled(EventFacts):
    """An event will not take place."""

    type: ClassVar[str] = "calendar.event.cancelled.v1"


class ConflictFacts(CalendarMessage):
    """The facts of one conflict: two events, or an event and a municipal fact, that hurt each other."""

    kind: ConflictKind
    severity: Severity
    event_ids: tuple[str, ...]
    event_titles: tuple[str, ...] = ()
    organisation_ids: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    """Whose venue or resource it is about, where these are not its events' hosts."""
    starts_at: datetime
    ends_at: datetime
    zone: str
    reason: Reason
    url: str


class ConflictDetected(ConflictFacts):
    """The check found a conflict that was not known."""

    type: ClassVar[str] = "calendar.conflict.detected.v1"


class ConflictChanged(ConflictFacts):
    """A known conflict is at another time, of another severity or for another reason than before."""

    type: ClassVar[str] = "calendar.conflict.changed.v1"


class ConflictAccepted(ConflictFacts):
    """Somebody concerned said, with a reason, that this conflict may stay."""

    type: ClassVar[str] = "calendar.conflict.accepted.v1"

    accepted_because: str = ""


class ConflictResolved(ConflictFacts):
    """The conflict is gone: an event moved, was cancelled, or the fact was withdrawn."""

    type: ClassVar[str] = "calendar.conflict.resolved.v1"

    resolved_by: Literal["moved", "cancelled", "withdrawn", "changed"] = "changed"


class OpportunityFacts(CalendarMessage):
    """The facts of one opportunity: two events of different hosts."""

    event_ids: tuple[str, ...]
    event_titles: tuple[str, ...] = ()
    organisation_ids: tuple[str, ...] = ()
    starts_at: datetime
    ends_at: datetime
    zone: str
    reason: Reason
    url: str


class OpportunityFound(OpportunityFacts):
    """Two events would gain by being joined or coordinated."""

    type: ClassVar[str] = "calendar.opportunity.found.v1"


class ProposalFacts(OpportunityFacts):
    """The facts of an opportunity of which somebody made a proposal, or that somebody declined without one.

    `proposer_ids` are the organisations that proposed, in this `way`; the others are asked.
    """

    way: Way | None = None
    proposer_ids: tuple[str, ...] = ()


class OpportunityProposed(ProposalFacts):
    """The hosts of one event propose to those of the other to make one event of both, or to coordinate them."""

    type: ClassVar[str] = "calendar.opportunity.proposed.v1"

    message: str = ""


class OpportunityAccepted(ProposalFacts):
    """The two events are one now (`joint_event_id`), or coordinated."""

    type: ClassVar[str] = "calendar.opportunity.accepted.v1"

    joint_event_id: str | None = None


class OpportunityDeclined(ProposalFacts):
    """One side said "no thanks": these two events are not suggested to each other again."""

    type: ClassVar[str] = "calendar.opportunity.declined.v1"

    because: str = ""


class OpportunityWithdrawn(ProposalFacts):
    """Who proposed took it back, or one of the events was called off."""

    type: ClassVar[str] = "calendar.opportunity.withdrawn.v1"


class BookingFacts(CalendarMessage):
    """The facts of one request for a venue or a resource; `starts_at` and `ends_at` are of its first date."""

    kind: BookedKind
    thing_id: str
    thing_name: str = ""
    quantity: int = 0
    owner_id: str
    event_id: str
    event_title: str = ""
    host_ids: tuple[str, ...] = ()
    starts_at: datetime
    ends_at: datetime
    zone: str
    url: str


class BookingRequested(BookingFacts):
    """The hosts of an event ask the owner for a venue or a resource."""

    type: ClassVar[str] = "calendar.booking.requested.v1"


class BookingAnswered(BookingFacts):
    """A request was answered, withdrawn or left unanswered too long; or its slot went to somebody else meanwhile."""

    type: ClassVar[str] = "calendar.booking.answered.v1"

    answer: BookingAnswer
    because: str = ""


class PollFacts(CalendarMessage):
    """The facts of a poll for the date of a meeting; `organisation_ids` are asked to vote, nobody's name travels."""

    title: str
    organisation_id: str
    organisation_ids: tuple[str, ...] = ()
    closes_at: datetime
    zone: str
    url: str


class PollOpened(PollFacts):
    """An organisation asks others when they can come to a meeting."""

    type: ClassVar[str] = "calendar.poll.opened.v1"


class PollReminded(PollFacts):
    """Those who have not voted in a poll were reminded that it closes soon: these organisations."""

    type: ClassVar[str] = "calendar.poll.reminded.v1"


class MeetingCalled(CalendarMessage):
    """A meeting has a date, and these organisations and people are invited; `required_ids` are those who must come."""

    type: ClassVar[str] = "calendar.meeting.called.v1"

    title: str
    host_ids: tuple[str, ...] = ()
    organisation_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    required_ids: tuple[str, ...] = ()
    starts_at: datetime
    ends_at: datetime
    zone: str
    venue_id: str | None = None
    url: str


class MeetingReminded(CalendarMessage, Describes):
    """One date of a meeting (`event_id`) is soon: `summary` says when, and what is on its agenda, `url`."""

    type: ClassVar[str] = "calendar.meeting.reminded.v1"

    event_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str


class MeetingInvitedTo(Value):
    """What somebody is invited to, as they may know it; `calendar` is it in iCalendar components (RFC 5545).

    The components are a VEVENT, those of its dates that differ, and the time zones they name, without a method,
    an organizer or attendees; empty where they would be too long to travel. `until_at` is the end of its last date.
    """

    event_id: str
    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool = False
    rrule: str | None = None
    place: str = ""
    link: str = ""
    """Where one takes part from elsewhere."""
    organiser: str = ""
    """The organisations that call the meeting."""
    calendar: str = ""
    until_at: datetime | None = None


class InvitationChanged(Message):
    """Who is invited to a meeting, and to what, now: state, not history, on a stream that notifications alone reads.

    Somebody is an organisation, a person by id, or a guest by name and perhaps mail. `sequence` grows when time or
    place change or it is taken back (RFC 5546 §2.1.4). Without `meeting` nothing is known of it.
    """

    type: ClassVar[str] = "invited.invitation.changed.v1"
    stream: ClassVar[str] = "INVITED"
    owner: ClassVar[str] = "calendar"

    organisation_id: str | None = None
    person_id: str | None = None
    name: str = ""
    mail: str | None = None
    required: bool = False
    method: Literal["REQUEST", "CANCEL"] = "REQUEST"
    sequence: int = 0
    answer: Literal["yes", "maybe", "no"] | None = None
    """What they answered to this time and place already."""
    meeting: MeetingInvitedTo | None = None


class InvitationEnded(CalendarMessage):
    """What somebody was invited to is over, or they are forgotten: whoever knows how they are reached forgets it."""

    type: ClassVar[str] = "calendar.invitation.ended.v1"


class TaskFacts(CalendarMessage):
    """The facts of one task of a meeting, by ids: what is to be done stands with the calendar alone.

    `title` is the meeting's. Either `owner_id` (an organisation) or `owner_person_id` says whose it is, or neither.
    """

    event_id: str
    title: str
    owner_id: str | None = None
    owner_person_id: str | None = None
    organisation_ids: tuple[str, ...] = ()
    due_on: date | None = None
    zone: str
    done: bool = False
    url: str


class TaskRecorded(TaskFacts):
    """A meeting gave somebody something to do, or gave it to somebody else than before."""

    type: ClassVar[str] = "calendar.task.recorded.v1"


class TaskChanged(TaskFacts):
    """A task is done, is not done after all, or is to be done until another day."""

    type: ClassVar[str] = "calendar.task.changed.v1"


class TaskDue(TaskFacts):
    """A task that is not done is due soon, or overdue; each is told once."""

    type: ClassVar[str] = "calendar.task.reminded.v1"

    stage: Literal["soon", "overdue"]


class DecisionFacts(CalendarMessage):
    """The facts of one decision of a meeting, whose `title` this is; `owner_id` is the organisation that does it."""

    event_id: str
    title: str
    owner_id: str | None = None
    organisation_ids: tuple[str, ...] = ()
    due_on: date | None = None
    state: Literal["agreed", "postponed", "dropped"] = "agreed"
    done: bool = False
    url: str


class DecisionRecorded(DecisionFacts):
    """A meeting decided something."""

    type: ClassVar[str] = "calendar.decision.recorded.v1"


class DecisionChanged(DecisionFacts):
    """A decision was carried out, or is another one now."""

    type: ClassVar[str] = "calendar.decision.changed.v1"


class MinutesPublished(CalendarMessage):
    """The minutes of a meeting were published, or published anew; `version` counts its publications.

    `organisation_ids` host it or are invited, `person_ids` are invited; `audience` says who may read them.
    """

    type: ClassVar[str] = "calendar.minutes.published.v1"

    event_id: str
    title: str
    audience: Literal["public", "partners", "members"]
    host_ids: tuple[str, ...] = ()
    organisation_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    published_at: datetime
    zone: str
    url: str


class FactAnnounced(CalendarMessage):
    """A municipal system told of a closure, works, an outage or an event of its own, and the calendar accepted it."""

    type: ClassVar[str] = "calendar.fact.announced.v1"

    partner: str
    kind: Literal["closure", "event"]
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int | None = None
    url: str | None = None


class FactWithdrawn(CalendarMessage):
    """What a municipal system had told no longer holds."""

    type: ClassVar[str] = "calendar.fact.withdrawn.v1"

    partner: str


class ActionAnswered(CalendarMessage):
    """What came of a button that somebody pressed in a letter; `id` is that of the press."""

    type: ClassVar[str] = "calendar.action.answered.v1"

    outcome: ActionOutcome


class ApiKeyUsed(CalendarMessage, ApiKeyUse):
    """A program or feed showed its key to the calendar."""

    type: ClassVar[str] = "calendar.api_key.used.v1"


class ErasureConfirmed(CalendarMessage, Erasure):
    """The calendar holds nothing any more of a person."""

    type: ClassVar[str] = "calendar.erasure.confirmed.v1"


class MessageSetAside(CalendarMessage, SetAside):
    """The calendar could not take in a message, which waits for a decision."""

    type: ClassVar[str] = "calendar.message.set_aside.v1"


MESSAGES: tuple[type[Message], ...] = (
    EventPlanned,
    EventMoved,
    EventChanged,
    EventCancelled,
    ConflictDetected,
    ConflictChanged,
    ConflictAccepted,
    ConflictResolved,
    OpportunityFound,
    OpportunityProposed,
    OpportunityAccepted,
    OpportunityDeclined,
    OpportunityWithdrawn,
    BookingRequested,
    BookingAnswered,
    PollOpened,
    PollReminded,
    MeetingCalled,
    MeetingReminded,
    InvitationChanged,
    InvitationEnded,
    TaskRecorded,
    TaskChanged,
    TaskDue,
    DecisionRecorded,
    DecisionChanged,
    MinutesPublished,
    FactAnnounced,
    FactWithdrawn,
    ActionAnswered,
    ApiKeyUsed,
    ErasureConfirmed,
    MessageSetAside,
)

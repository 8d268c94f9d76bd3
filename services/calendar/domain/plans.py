"""What the calendar's commands take: plans of events, meetings and decisions, as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from services.calendar.domain.agenda import DecisionState
from shared.messages import calendar as language

EventKind = language.EventKind
Audience = language.Audience
EventStatus = language.EventStatus
Visibility = language.Visibility

FactKind = Literal["closure", "event"]

HORIZON_DAYS = 730
"""Dates are laid out as rows so far ahead, unless the setting says otherwise; a job rolls the horizon on."""
LONGEST_BUFFER_MINUTES = 7 * 24 * 60
"""An event takes so much time to set up, and to clear up, at most: what is taken is looked for so far around."""
LOCAL_SOURCE = "local"
"""The source of events that were planned here; an imported event names where it came from."""
SUBSCRIBED = "source:"
"""How the source of an event begins that a subscribed calendar tells of; the subscription's id follows."""


def is_foreign(source: str) -> bool:
    """Say whether an event is a subscribed calendar's: it takes nothing away from anybody, and is not ours to edit."""
    return source.startswith(SUBSCRIBED)


@dataclass(frozen=True)
class Borrowed:
    """So many of one resource, for the time of the event."""

    resource_id: str
    quantity: int = 1


@dataclass(frozen=True)
class Funding:
    """Money for an event, in złoty, and who gives it; `organisation_id` is the host who brings it."""

    source: str
    amount: Decimal
    organisation_id: str | None = None


@dataclass(frozen=True)
class Satisfaction:
    """How content `n` participants were, on a scale of 1 to 5, asked in the words of `wording_id`."""

    n: int
    mean: float
    wording_id: str = "general"


@dataclass(frozen=True)
class Outcome:
    """What came of an event."""

    participants: int | None = None
    satisfaction: Satisfaction | None = None
    note: str = ""


@dataclass(frozen=True)
class Override:
    """One occurrence of a series that differs from its rule (RFC 5545 §3.8.4.4).

    `recurrence_at` is the instant at which the rule would have it; a `cancelled` one does not take place.
    """

    recurrence_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class EventPlan:
    """Everything a coordinator, a program or an imported file says of one event; every instant has a zone.

    `starts_at` and `ends_at` are half-open and belong to the first occurrence; the wall-clock time in `zone` repeats.
    All-day: `starts_at` is local midnight in `zone`, `ends_at` the exclusive local midnight after the last day.
    Floating: a file of it names no zone (RFC 5545 §3.3.5, form 1); here its wall clock is that of `zone`.
    `rdates`, `exdates` and an override's `recurrence_at` name starts of occurrences. `set_up_minutes` and
    `clear_up_minutes` are the venue's own where they are None. `latitude` and `longitude` (WGS 84 degrees) are the
    site where it is not the venue's. `leader_ids` are the people who lead it. `visibility` says whether strangers, all
    partners or only its hosts may read it; `accessibility` how everybody can take part, in words. `raw` is the VEVENT
    text of an imported event, `source` where it came from, `uid` and `sequence` as in RFC 5545 §3.8.4.7 and §3.8.7.4.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    kind: EventKind = "other"
    description: str = ""
    all_day: bool = False
    floating: bool = False
    rrule: str | None = None
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    overrides: tuple[Override, ...] = ()
    venue_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    host_ids: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    themes: tuple[str, ...] = ()
    status: EventStatus = "confirmed"
    expected_participants: int | None = None
    borrowed: tuple[Borrowed, ...] = ()
    needs: tuple[str, ...] = ()
    problem_ids: tuple[str, ...] = ()
    initiative_id: str | None = None
    funding: tuple[Funding, ...] = ()
    outcome: Outcome | None = None
    set_up_minutes: int | None = None
    clear_up_minutes: int | None = None
    leader_ids: tuple[str, ...] = ()
    visibility: Visibility = "public"
    accessibility: str = ""
    source: str = LOCAL_SOURCE
    uid: str | None = None
    sequence: int = 0
    raw: str | None = None


@dataclass(frozen=True)
class Attendance:
    """Who came to a meeting: an organisation, how many of its people, and those of them who are known here, by id."""

    organisation_id: str
    people: int = 1
    person_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeetingPlan:
    """What is written about a meeting: its agenda before, its attendance and minutes after.

    `agenda` are the titles of the items that are accepted, in their order; `guests` came who belong to no
    organisation here; `minutes` belong to no item; `link` is where one takes part from elsewhere.
    """

    agenda: tuple[str, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    minutes: str = ""
    link: str = ""
    guests: int = 0


@dataclass(frozen=True)
class DecisionPlan:
    """What a meeting decided: `owner_id` is the organisation that does it, until `due_on`.

    `item_id` is the item of the agenda at which it was decided; `state` says whether it is agreed, put off or dropped.
    """

    text: str
    owner_id: str | None = None
    due_on: date | None = None
    done: bool = False
    item_id: str | None = None
    state: DecisionState = "agreed"


@dataclass(frozen=True)
class TaskPlan:
    """What a meeting gave somebody to do until `due_on`: an organisation, or a person by id; or nobody yet.

    `item_id` names the point of the agenda under which it was.
    """

    text: str
    owner_id: str | None = None
    owner_person_id: str | None = None
    due_on: date | None = None
    item_id: str | None = None


@dataclass(frozen=True)
class Fact:
    """What a municipal system told: a closure or an event of its own, near a point if it has one."""

    id: str
    partner: str
    kind: FactKind
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int | None = None
    url: str | None = None

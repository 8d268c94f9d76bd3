"""What a time is sought for: who must come, where it may be, on which dates and at which hours; and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from services.calendar.domain.recurrence import Rule, UnreadableRule, occurrences, pattern_of
from services.calendar.domain.slots.nearest import DAY_BEGINS, DAY_ENDS
from services.calendar.domain.slots.rooms import Lack, Needs
from services.calendar.domain.slots.spans import Span

MOST_DATES = 104
EVERY_DAY = frozenset(range(7))
FIXED_HOURS = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})

ParticipantKind = Literal["organisation", "person", "resource"]
Obstacle = Literal["weekdays", "hours", "holidays", "participant", "resource", "venue", "length", "window"] | Lack


@dataclass(frozen=True)
class Participant:
    """Who, or what is borrowed, and when they are taken: `busy` for certain, `soft` perhaps. Spans in any order."""

    id: str
    name: str
    kind: ParticipantKind = "organisation"
    required: bool = True
    busy: Sequence[Span] = ()
    soft: Sequence[Span] = ()


@dataclass(frozen=True)
class Room:
    """A venue where it may be: the minutes taken before and after, when others have it, and when it is closed.

    `opening_known` says whether anybody told when it is open; `rank` is smaller where it fits better.
    """

    id: str
    name: str
    before_minutes: int = 0
    after_minutes: int = 0
    busy: Sequence[Span] = ()
    soft: Sequence[Span] = ()
    closed: Sequence[Span] = ()
    opening_known: bool = False
    rank: int = 0


@dataclass(frozen=True)
class Hours:
    """When it may be, by the wall clock: weekdays (Monday is 0) of the first date, minutes of the day of each date.

    It begins at `begins` or later and its length ends by `ends`; `preferred` is the minute at which it had best begin.
    """

    weekdays: frozenset[int] = EVERY_DAY
    begins: int = 60 * DAY_BEGINS
    ends: int = 60 * DAY_ENDS
    holidays: bool = False
    preferred: int | None = None


@dataclass(frozen=True)
class Series:
    """On which days it is: so many weeks running, or as a rule says (RFC 5545 §3.3.10); one week is a single date."""

    weeks: int = 1
    rrule: str | None = None

    def days_from(self, day: date) -> list[date]:
        """List the days of the series that begins on `day`; none where the rule has no date on that day."""
        if self.rrule is None:
            return [day + timedelta(weeks=number) for number in range(self.weeks)]
        return _days_of_rule(self.rrule, day)

    def last_day(self, first: date, last: date) -> date:
        """Name the last day of all the series that begin between two days, both included."""
        if self.rrule is None:
            return last + timedelta(weeks=self.weeks - 1)
        starts = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return max((days[-1] for start in starts if (days := self.days_from(start))), default=last)


@lru_cache(maxsize=512)
def _days_of_rule(rrule: str, day: date) -> list[date]:
    if not _is_on(rrule, day):
        return []
    spans = occurrences(_rule(rrule, day), _noon(day), _noon(day) + timedelta(days=2 * 366), MOST_DATES)
    return [span.starts_at.date() for span in spans]


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _rule(rrule: str, day: date) -> Rule:
    return Rule(_noon(day), _noon(day) + timedelta(minutes=1), "UTC", rrule=rrule)


def _is_on(rrule: str, day: date) -> bool:
    """Say whether a rule chooses this day by itself: a series always has its first date, wherever that is."""
    parts = [part for part in rrule.upper().split(";") if part.startswith(("FREQ=", "BY", "WKST="))]
    if not any(part.startswith("BY") for part in parts):
        return True
    earlier = _rule(";".join(parts), date(day.year - 1, 1, 1))
    return bool(occurrences(earlier, _noon(day), _noon(day) + timedelta(minutes=1), 1))


def is_rule_of_days(rrule: str) -> bool:
    """Say whether a rule chooses days, and leaves the hour open."""
    try:
        pattern = pattern_of(rrule)
    except UnreadableRule:
        return False
    names = {name for name, _ in pattern.by}
    return pattern.frequency in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") and not names & FIXED_HOURS


@dataclass(frozen=True)
class When:
    """When it may be: the first date lies between two instants, each a whole second, and lasts `length_minutes`."""

    from_at: datetime
    until_at: datetime
    zone: str
    length_minutes: int = 120
    hours: Hours = field(default_factory=Hours)
    series: Series = field(default_factory=Series)


@dataclass(frozen=True)
class Demand(When):
    """A time is sought for these participants; without `rooms` no venue is needed, with none of them nothing suits."""

    participants: tuple[Participant, ...] = ()
    rooms: tuple[Room, ...] | None = None


@dataclass(frozen=True)
class Question(When):
    """What is asked, by ids: who must come and who may, where it is or what the place must have, what is borrowed.

    `needs` does not matter where there is a `venue_id`.
    """

    organisation_ids: tuple[str, ...] = ()
    leader_ids: tuple[str, ...] = ()
    optional_organisation_ids: tuple[str, ...] = ()
    optional_leader_ids: tuple[str, ...] = ()
    venue_id: str | None = None
    needs: Needs | None = None
    borrowed: tuple[tuple[str, int], ...] = ()

    def demand(self, participants: Sequence[Participant], rooms: Sequence[Room] | None) -> Demand:
        """Give the demand that this is, when it is known who and what is taken when."""
        times = {one.name: getattr(self, one.name) for one in fields(When)}
        return Demand(**times, participants=tuple(participants), rooms=None if rooms is None else tuple(rooms))


@dataclass(frozen=True)
class Found:
    """A time for the first date, with the best room; half-open. `skipped` are days of the series that are taken.

    `welcome` are the ids of participants who need not come and are free on every date, `missing` of those who are not;
    `soft` says that somebody may be taken after all: by a tentative event, or one of another calendar.
    """

    starts_at: datetime
    ends_at: datetime
    dates: int
    skipped: tuple[date, ...] = ()
    room: Room | None = None
    welcome: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    soft: bool = False


@dataclass(frozen=True)
class Relaxation:
    """What is in the way: `alone` says that it excludes everything by itself; `then` is what is free without it."""

    obstacle: Obstacle
    name: str = ""
    alone: bool = False
    then: Found | None = None

"""What is asked of the search for a free time, and what it answers."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AwareDatetime, Field

from services.calendar.domain.faults import FIRST_YEAR, LAST_YEAR
from services.calendar.domain.places import point_of
from services.calendar.domain.recurrence.patterns import DAYS
from services.calendar.domain.slots import LONGEST_WINDOW_DAYS, Hours, Needs, Question, Series, is_rule_of_days
from services.calendar.queries.shown import ShownAlternative, ShownTime
from services.calendar.schemas.asked import Asked, BorrowedBody
from services.calendar.schemas.fields import Count, Identifier, Identifiers, Line, Zone
from services.calendar.schemas.lists import Answered

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LONGEST_MINUTES = 24 * 60
LONGEST_IN_DAYTIME = 15 * 60
"""What is longer may begin at any hour, and end on the next day."""
WINDOW = {"from": "from_at", "to": "until_at"}
Fault = tuple[str, str]


class NearBody(Asked):
    """A point (WGS 84 degrees), and how far from it a venue may be, in metres."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    within_m: Annotated[int | None, Field(ge=50, le=100_000)] = None


class VenueNeedsBody(Asked):
    """What the venue must have; of those that fit, the nearest and the smallest are looked at first, twelve at most."""

    capacity: Count = 0
    equipment: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    step_free: bool = False
    near: NearBody | None = None

    def needs(self) -> Needs:
        """Give the needs that these are."""
        near = self.near
        point, within = (point_of(near.latitude, near.longitude), near.within_m) if near else (None, None)
        return Needs(self.capacity, self.equipment, self.step_free, point, within)


class SlotSearchBody(Asked):
    """For whom, where, with what and when a free time is sought; all but the window is optional.

    Local times are on the wall clock of `zone`. The first date lies in the window.
    """

    from_at: AwareDatetime = Field(alias="from")
    until_at: AwareDatetime = Field(alias="to", description=f"At most {LONGEST_WINDOW_DAYS} days after `from`.")
    zone: Zone | None = Field(default=None, description="IANA name; that of the neighbourhood when absent.")
    minutes: Annotated[int, Field(ge=15, le=LONGEST_MINUTES)] = 120
    organisation_ids: Identifiers = Field(default=(), description="Must come: what they host is in the way.")
    leader_ids: Identifiers = Field(default=(), description="People who must come: what they lead is in the way.")
    optional_organisation_ids: Identifiers = ()
    optional_leader_ids: Identifiers = ()
    venue_id: Identifier | None = None
    venue_needs: VenueNeedsBody | None = Field(default=None, description="Instead of `venue_id`: any venue that fits.")
    borrowed: Annotated[tuple[BorrowedBody, ...], Field(max_length=50)] = ()
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()
    not_before: time | None = Field(default=None, description="It begins at this local time or later; 07:00.")
    not_after: time | None = Field(default=None, description="It ends by this local time; 22:00.")
    preferred: time | None = Field(default=None, description="It had best begin at this local time.")
    on_holidays: bool = Field(default=False, description="Whether public holidays are wanted too.")
    weeks: Annotated[int, Field(ge=1, le=104)] = 1
    rrule: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="RFC 5545 §3.3.10, of whole days; instead of `weeks`. The next 104 dates count."
    )
    limit: Annotated[int, Field(ge=1, le=20)] = 5

    def faults(self) -> list[Fault]:
        """List what is wrong with the question by itself: JSON pointers and English gettext source strings."""
        faults = []
        years = range(FIRST_YEAR, LAST_YEAR)
        out_of_reach = [one for one, name in WINDOW.items() if getattr(self, name).year not in years]
        if out_of_reach:
            return [(f"/{one}", "This year is out of reach") for one in out_of_reach]
        if not self.from_at < self.until_at <= self.from_at + timedelta(days=LONGEST_WINDOW_DAYS):
            faults.append(("/to", "The window must end after it begins, at most 92 days later"))
        if self.rrule is not None and not is_rule_of_days(self.rrule):
            faults.append(("/rrule", "This is not a rule that chooses days and leaves the hour open"))
        if self.not_before and self.not_after and self.not_after <= self.not_before:
            faults.append(("/not_after", "The end must be after the start"))
        if {*self.organisation_ids} & {*self.optional_organisation_ids}:
            faults.append(("/optional_organisation_ids", "Who must come need not be asked twice"))
        return faults

    def question(self, zone: str) -> Question:
        """Give the question that this is."""
        return Question(
            self.from_at,
            self.until_at,
            self.zone or zone,
            self.minutes,
            self._hours(),
            Series(1 if self.rrule else self.weeks, self.rrule),
            self.organisation_ids,
            self.leader_ids,
            self.optional_organisation_ids,
            self.optional_leader_ids,
            self.venue_id,
            self.venue_needs.needs() if self.venue_needs else None,
            tuple((one.resource_id, one.quantity) for one in self.borrowed),
        )

    def _hours(self) -> Hours:
        is_long = self.minutes > LONGEST_IN_DAYTIME
        return Hours(
            frozenset(DAYS.index(day) for day in self.weekdays or get_args(Weekday)),
            0 if is_long and not self.not_before else _minute(self.not_before, Hours.begins),
            2 * LONGEST_MINUTES if is_long and not self.not_after else _minute(self.not_after, Hours.ends),
            self.on_holidays,
            _minute(self.preferred, 0) if self.preferred else None,
        )


class FreeTimeAnswer(Answered):
    """A free time: for the first date, at the venue that suits best, with the reason in words.

    `skipped` are days of the series that are not free; `free` is how many of `dates` are.
    """

    starts_at: datetime
    ends_at: datetime
    venue_id: str | None
    venue_name: str
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    dates: int
    free: int
    skipped: list[str]
    missing_ids: list[str]

    @classmethod
    def of(cls, shown: ShownTime) -> Self:
        """Show a time that was found."""
        return cls.model_validate(shown)


class InTheWayAnswer(Answered):
    """What excludes every time; `starts_at` is what is free when that gives way."""

    obstacle: str
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None


class FreeTimesAnswer(Answered):
    """The free times, the best first; where there is none, what is in the way."""

    items: list[FreeTimeAnswer]
    in_the_way: list[InTheWayAnswer]
    next: None = None
    sorted_by: str = "dates free, optional participants free, certainty, distance from the preferred hour, starts_at"


class AlternativeAnswer(Answered):
    """A small change that cures what a plan meets; `changes` are fields of the event, as a `PATCH` of it takes them."""

    kind: str
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    changes: dict[str, Any]
    dates: int
    free: int

    @classmethod
    def of(cls, shown: ShownAlternative) -> Self:
        """Show an alternative."""
        return cls.model_validate(shown)


def _minute(at: time | None, otherwise: int) -> int:
    return otherwise if at is None else 60 * at.hour + at.minute

"""What indicators are computed of: rows as the database gives them, and the figures that come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from services.calendar.domain.indicators.periods import Period

Way = Literal["link", "paper"]
Span = tuple[int, int]
"""Half-open seconds since 1970."""


@dataclass(frozen=True)
class Money:
    """One line of an event's money, in złoty; `organisation_id` is the host who brings it, where that is said."""

    source: str
    amount: Decimal
    organisation_id: str | None = None


@dataclass(frozen=True)
class Counted:
    """An event, confirmed or done, with at least one date in the period that is not cancelled; whoever may read it.

    `dates` start in the period. `begins`: its first date of all is among them; `ends`: its last one is, and `over`:
    that one is over, so that its outcome is due. `paper` is n, mean and wording of what hosts collected on paper.
    """

    id: str
    kind: str
    host_ids: tuple[str, ...] = ()
    dates: int = 1
    begins: bool = True
    ends: bool = True
    over: bool = True
    funding: tuple[Money, ...] = ()
    participants: int | None = None
    paper: tuple[int, float, str] | None = None


@dataclass(frozen=True)
class Answers:
    """All answers about one date of one event, given one way to one wording: `total` is the sum of their means."""

    event_id: str
    way: Way
    wording_id: str
    n: int
    total: float


@dataclass(frozen=True)
class Disagreement:
    """A conflict that had to be solved by `start`; `solved_at` is when it was resolved or accepted, if it was."""

    start: int
    solved_at: int | None = None


@dataclass(frozen=True)
class VenueTaken:
    """A venue, when it says it is open (OSM opening_hours), and the spans in which events take it, in any order."""

    id: str
    name: str
    spans: tuple[Span, ...]
    opening_hours: str = ""


@dataclass(frozen=True)
class Inputs:
    """Everything that one report is made of; `now` in seconds since 1970."""

    period: Period
    now: int
    events: tuple[Counted, ...] = ()
    answers: tuple[Answers, ...] = ()
    conflicts: tuple[Disagreement, ...] = ()
    opportunities: Mapping[str, int] = field(default_factory=dict)
    """How many opportunities there are in each state."""
    meetings: tuple[int, ...] = ()
    """Starts of leaders' meetings about which something is written."""
    rhythms: tuple[tuple[int, ...], ...] = ()
    """The same starts, those of the same hosts together."""
    venues: tuple[VenueTaken, ...] = ()
    organisations: Mapping[str, str] = field(default_factory=dict)
    """Names by id of all that are registered."""
    changed_at: int | None = None
    """The newest change of any of the events."""


@dataclass(frozen=True)
class Figure:
    """One figure. What `value` and `of` mean its definition says; `value` is none where there is nothing to count of.

    `missing` events reported nothing. A `hidden` figure is about fewer than five people, or would give such away.
    """

    code: str
    value: float | None
    of: float | None = None
    missing: int | None = None
    hidden: bool = False

    @property
    def share(self) -> float | None:
        """Give the value as a part of what it is counted of."""
        return None if self.value is None or not self.of else self.value / self.of

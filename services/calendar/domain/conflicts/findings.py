"""What the check is told and what it gives: hits, what is known, findings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from services.calendar.domain.claims import Dated, Party, Site, Stock, merged
from services.calendar.domain.conflicts.rules import NO_RULES, Kind, Rules, Severity
from shared.messages import Reason

SEVERITIES: tuple[Severity, ...] = ("blocking", "warning", "information")
STANDING_STATES = ("open", "accepted")
"""A conflict in such a state is there; in another, it is over."""
Span = tuple[int, int]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Hit:
    """One claim of another event that a claim of ours overlaps; `quantity` and `hard` are the other's.

    `start` and `end` are our claim's, `other_start` and `other_end` the other's; `direct` both sides' flags;
    `recurrence` names our date, `other_recurrence` the other's.
    """

    kind: str
    key: str
    start: int
    end: int
    other_id: str
    other_start: int
    other_end: int
    direct: bool
    other_direct: bool
    other_hard: bool
    quantity: int
    recurrence: int = 0
    other_recurrence: int = 0

    @property
    def span(self) -> Span:
        """The time in which both are there."""
        return max(self.start, self.other_start), min(self.end, self.other_end)


@dataclass(frozen=True)
class Known:
    """What the check looks things up in, each by id.

    `agreed` holds pairs of a venue or resource and an event: its owner agreed that this event may be there, although
    what is there already takes it; so neither blocks the other. `rules` say how severe conflicts of a kind are here,
    and `region` is the voivodeship whose winter holidays hold.
    """

    parties: Mapping[str, Party] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    agreed: frozenset[tuple[str, str]] = frozenset()
    rules: Rules = NO_RULES
    region: str = ""

    def is_agreed(self, key: str, *event_ids: str) -> bool:
        """Say whether the owner of a thing agreed to one of these events being there."""
        return any((key, event_id) in self.agreed for event_id in event_ids)


@dataclass(frozen=True)
class Finding:
    """A conflict as found: `other_id` is the other event, or none where a fact or the almanac is met.

    `listed` is false for the audience conflicts beyond the nearest twenty: known, but not told. `may_block` says that
    both sides mean it and nobody agreed: a rule may make such a conflict block. `dates` and `other_dates` count
    on how many of its own dates each side is met.
    """

    kind: Kind
    key: str
    other_id: str | None
    severity: Severity
    reason: Reason
    spans: tuple[Span, ...]
    listed: bool = True
    may_block: bool = False
    dates: int = 1
    other_dates: int = 1

    @property
    def is_blocking(self) -> bool:
        """Say whether this refuses a save."""
        return self.severity == "blocking"


def grouped(hits: Iterable[Hit], key: Callable[[Hit], Key]) -> dict[Key, list[Hit]]:
    """Sort hits into groups by what `key` says of each."""
    groups: dict[Key, list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[key(hit)].append(hit)
    return groups


def spans_of(hits: Iterable[Hit]) -> tuple[Span, ...]:
    """List the times in which both are there, what midnight cut joined again."""
    return tuple(merged(hit.span for hit in hits))


def dates_of(hits: Iterable[Hit]) -> tuple[int, int]:
    """Count on how many of our dates, and on how many of the other's, the two meet."""
    hits = list(hits)
    return len({hit.recurrence for hit in hits}), len({hit.other_recurrence for hit in hits})


def standing(dates: Iterable[Dated]) -> list[Dated]:
    """Leave out the dates that do not take place."""
    return [dated for dated in dates if not dated.cancelled]

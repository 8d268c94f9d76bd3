"""What the check is told and what it gives: hits, what is known, findings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from services.calendar.domain.claims import Party, Site, Stock, merged
from shared.messages import Reason
from shared.messages import calendar as language

Kind = language.ConflictKind
Severity = language.Severity
SEVERITIES: tuple[Severity, ...] = ("blocking", "warning", "information")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """One claim of another event that a claim of ours overlaps; `quantity` and `hard` are the other's.

    `start` and `end` are our claim's, `other_start` and `other_end` the other's; `direct` both sides' flags.
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

    @property
    def span(self) -> Span:
        """The time in which both are there."""
        return max(self.start, self.other_start), min(self.end, self.other_end)


@dataclass(frozen=True)
class Known:
    """What the check looks things up in, each by id."""

    parties: Mapping[str, Party] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    stocks: Mapping[str, Stock] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A conflict as found: `other_id` is the other event, or none where a fact or the almanac is met.

    `listed` is false for the audience conflicts beyond the nearest twenty: known, but not told.
    """

    kind: Kind
    key: str
    other_id: str | None
    severity: Severity
    reason: Reason
    spans: tuple[Span, ...]
    listed: bool = True

    @property
    def is_blocking(self) -> bool:
        """Say whether this refuses a save."""
        return self.severity == "blocking"


def grouped(hits: Iterable[Hit], key: Callable[[Hit], str]) -> dict[str, list[Hit]]:
    """Sort hits into groups by what `key` says of each."""
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[key(hit)].append(hit)
    return groups


def spans_of(hits: Iterable[Hit]) -> tuple[Span, ...]:
    """List the times in which both are there, what midnight cut joined again."""
    return tuple(merged(hit.span for hit in hits))

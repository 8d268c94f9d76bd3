"""Rules: an event's first date, its pattern, what is added, left out or replaced, and the dates that follow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.calendar.domain.recurrence.patterns import UnreadableRule, pattern_of
from services.calendar.domain.recurrence.readings import TooMany, readings
from services.calendar.domain.recurrence.wall_clock import instant_of, reading_of
from shared.messages.base import Reason

MOST_SPANS = 2_000
"""One window of one rule holds at most so many dates: more than five years of every day."""
OCCURRENCES_CUT = "occurrences_cut"
DAY = timedelta(days=1)
EARLIEST = datetime(1600, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

__all__ = ["MOST_SPANS", "Expansion", "Replacement", "Rule", "Span", "UnreadableRule", "expansion", "occurrences"]


class Span(NamedTuple):
    """One date, half-open, in UTC; `recurrence_at` is the start that the rule gives it, and names it."""

    starts_at: datetime
    ends_at: datetime
    recurrence_at: datetime


@dataclass(frozen=True)
class Replacement:
    """When one date takes place instead of when the rule says (RFC 5545 §3.8.4.4)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Rule:
    """An event's dates; every datetime has a zone, `zone` is the IANA name whose wall clock repeats.

    All-day: `starts_at` is local midnight, `ends_at` the exclusive local midnight after the last day. `rrule` is the
    raw text (RFC 5545 §3.3.10). `rdates`, `exdates` and the keys of `overrides` name starts of occurrences; a key
    whose value is none is cancelled. A timed date lasts exactly as long as the first, an all-day one as many days
    (§3.8.5.3).
    """

    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool = False
    rrule: str | None = None
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    overrides: Mapping[datetime, Replacement | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Expansion:
    """The dates of a rule in a window, in order of their starts; `cut` says that there are more than are here."""

    spans: list[Span]
    cut: Reason | None = None


def occurrences(rule: Rule, from_at: datetime, until_at: datetime, most: int = MOST_SPANS) -> list[Span]:
    """List the dates that overlap the half-open window, the first `most` of them. Raises UnreadableRule."""
    return expansion(rule, from_at, until_at, most).spans


def expansion(rule: Rule, from_at: datetime, until_at: datetime, most: int = MOST_SPANS) -> Expansion:
    """Find the dates that overlap the half-open window, at most `most`, and say whether there are more.

    Raises UnreadableRule.
    """
    from_at, until_at = max(from_at, EARLIEST).astimezone(UTC), min(until_at, LATEST).astimezone(UTC)
    spans: list[Span] = []
    cut = False
    try:
        for span in _generated(rule, from_at, until_at):
            if len(spans) > most:
                break
            spans.append(span)
    except TooMany:
        cut = True
    if rule.rdates or rule.overrides:
        spans = _with_exceptions(rule, spans, from_at, until_at)
    cut = cut or len(spans) > most
    return Expansion(spans[:most], Reason(code=OCCURRENCES_CUT, values={"most": len(spans[:most])}) if cut else None)


def _generated(rule: Rule, from_at: datetime, until_at: datetime) -> Iterator[Span]:
    """Give the dates of the pattern in the window, without those left out or replaced."""
    first, start = reading_of(rule.starts_at, rule.zone), rule.starts_at.astimezone(UTC)
    length = _Length.of(rule)
    low = reading_of(from_at, rule.zone) - (length.longest + DAY)
    high = reading_of(until_at, rule.zone) + DAY
    without = {at.astimezone(UTC) for at in (*rule.exdates, *rule.overrides)}
    starts = iter((first,)) if rule.rrule is None else _readings(rule, first, low, high)
    exact, zone = length.exact, rule.zone
    for reading in starts:
        # The first date is an instant that we know; a reading that comes twice in a night could not say which.
        at = start if reading == first else instant_of(reading, zone)
        end = at + exact if exact is not None else length.end(reading, zone)
        if at >= until_at:
            return
        if (end > from_at or at >= from_at) and not (without and at in without):
            yield Span(at, end, at)


def _readings(rule: Rule, first: datetime, low: datetime, high: datetime) -> Iterator[datetime]:
    return readings(pattern_of(rule.rrule or ""), first, low, high, rule.zone, all_day=rule.all_day)


def _with_exceptions(rule: Rule, spans: list[Span], from_at: datetime, until_at: datetime) -> list[Span]:
    """Add the dates that the pattern does not give and those that take place at another time."""
    length = _Length.of(rule)
    replaced = {key.astimezone(UTC): value for key, value in rule.overrides.items()}
    left_out = {at.astimezone(UTC) for at in rule.exdates} | replaced.keys() | {span.recurrence_at for span in spans}
    added = {at.astimezone(UTC): length.end(reading_of(at, rule.zone), rule.zone) for at in rule.rdates}
    more = [Span(at, end, at) for at, end in added.items() if at not in left_out]
    more += [
        Span(value.starts_at.astimezone(UTC), value.ends_at.astimezone(UTC), key)
        for key, value in replaced.items()
        if value is not None
    ]
    inside = (one for one in more if one.starts_at < until_at and (one.ends_at > from_at or one.starts_at >= from_at))
    return sorted([*spans, *inside])


@dataclass(frozen=True)
class _Length:
    """How long each date lasts: exactly so long, or so many days on the calendar."""

    exact: timedelta | None
    days: int

    @classmethod
    def of(cls, rule: Rule) -> "_Length":
        if not rule.all_day:
            return cls(rule.ends_at.astimezone(UTC) - rule.starts_at.astimezone(UTC), 0)
        days = (reading_of(rule.ends_at, rule.zone).date() - reading_of(rule.starts_at, rule.zone).date()).days
        return cls(None, max(days, 1))

    @property
    def longest(self) -> timedelta:
        return self.exact if self.exact is not None else DAY * (self.days + 1)

    def end(self, reading: datetime, zone: str) -> datetime:
        if self.exact is not None:
            return instant_of(reading, zone) + self.exact
        return instant_of(reading + DAY * self.days, zone)

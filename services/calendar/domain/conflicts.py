"""Conflicts: whom an event hurts, and who hurts it, by the table of kinds and severities.

The check is told what the event's claims met (`Hit`) and what it must know of those events, venues and resources;
it gives one `Finding` for each pair and thing, with all the dates on which they meet. Touching is no conflict.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from services.calendar.domain import almanac
from services.calendar.domain.claims import EVERYONE, Dated, Party, Site, Stock, audiences_met, merged
from services.calendar.domain.places import metres_between, point_of
from services.calendar.domain.plans import Fact
from shared.messages import Reason

NEAR_M = 1_000
"""Sites this near compete for the same audience."""
NEIGHBOURING_M = 150
"""Sites this near are one place to people: `everyone` meets a named audience there."""
LISTED = 20
"""So many audience conflicts of one event are listed, the nearest; the rest is counted."""
QUIET_FROM, QUIET_TO = 22, 6

Kind = Literal["venue", "resource", "people", "audience", "municipal", "calendar"]
Severity = Literal["blocking", "warning", "information"]
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


def find(
    party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known, facts: Iterable[Fact]
) -> list[Finding]:
    """Find every conflict of one event, the most severe first, then the earliest."""
    by_kind: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_kind[hit.kind].append(hit)
    found = [
        *venue_conflicts(party, by_kind["venue"], known),
        *resource_conflicts(party, dates, by_kind["resource"], known),
        *audience_conflicts(party, by_kind["audience"], known),
        *municipal_conflicts(party, dates, facts),
        *calendar_conflicts(party, dates),
    ]
    return sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), finding.spans[0], finding.key))


def find_blocking(party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known) -> list[Finding]:
    """Find only what refuses a save: a taken venue, a resource that does not suffice."""
    hits = list(hits)
    found = [
        *venue_conflicts(party, [hit for hit in hits if hit.kind == "venue"], known),
        *resource_conflicts(party, dates, [hit for hit in hits if hit.kind == "resource"], known),
    ]
    return sorted(
        (finding for finding in found if finding.is_blocking), key=lambda finding: (finding.spans[0], finding.key)
    )


def venue_conflicts(party: Party, hits: Iterable[Hit], known: Known) -> Iterator[Finding]:
    """Meet others at the same venue, one around it or one inside it; two rooms of one building do not meet."""
    by_key = _grouped([hit for hit in hits if hit.key in known.sites], lambda hit: hit.key)
    for key, there in by_key.items():
        site = known.sites[key]
        meeting = [hit for hit in there if hit.direct or hit.other_direct]
        for other_id, pair in _grouped(meeting, lambda hit: hit.other_id).items():
            other = known.parties[other_id]
            severity, reason = _venue_verdict(party, other, site, pair, there)
            yield Finding("venue", key, other_id, severity, reason, _spans(pair))


def _venue_verdict(
    party: Party, other: Party, site: Site, pair: Sequence[Hit], there: Sequence[Hit]
) -> tuple[Severity, Reason]:
    values = {"venue": site.name, "one": party.title, "other": other.title}
    if site.one_at_a_time:
        is_hard = not party.tentative and any(hit.other_hard for hit in pair)
        return ("blocking" if is_hard else "warning"), Reason(code="venue_taken", values=values)
    expected = max(_peak(hit, there, party.expected_participants) for hit in pair)
    if site.capacity is not None and expected > site.capacity:
        crowd = {"expected": expected, "capacity": site.capacity}
        return "warning", Reason(code="venue_over_capacity", values={**values, **crowd})
    return "information", Reason(code="venue_shared", values=values)


def resource_conflicts(party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known) -> Iterator[Finding]:
    """Find where what overlapping events borrow is more, in sum, than there is; only hard claims block."""
    by_key = _grouped(hits, lambda hit: hit.key)
    for key, wanted in party.borrowed:
        stock = known.stocks.get(key)
        if stock is None:
            continue
        values = {"resource": stock.name, "available": stock.quantity, "one": party.title}
        if wanted > stock.quantity:
            spans = merged((dated.start, dated.end) for dated in dates if not dated.cancelled)
            severity: Severity = "warning" if party.tentative else "blocking"
            reason = Reason(code="resource_short", values={**values, "wanted": wanted})
            if spans:
                yield Finding("resource", key, None, severity, reason, tuple(spans))
        yield from _short_with_others(party, key, wanted, stock.quantity, by_key.get(key, []), known, values)


def _short_with_others(
    party: Party,
    key: str,
    wanted: int,
    available: int,
    hits: Sequence[Hit],
    known: Known,
    values: Mapping[str, object],
) -> Iterator[Finding]:
    hard = [hit for hit in hits if hit.other_hard]
    for other_id, pair in _grouped(hits, lambda hit: hit.other_id).items():
        short = [hit for hit in pair if _peak(hit, hits, wanted) > available]
        if not short:
            continue
        blocks = not party.tentative and any(hit.other_hard and _peak(hit, hard, wanted) > available for hit in short)
        total = max(_peak(hit, hits, wanted) for hit in short)
        reason = Reason(
            code="resource_short", values={**values, "wanted": total, "other": known.parties[other_id].title}
        )
        yield Finding("resource", key, other_id, "blocking" if blocks else "warning", reason, _spans(short))


def _peak(hit: Hit, hits: Iterable[Hit], own: int) -> int:
    """Sum what is taken at the fullest moment of one meeting: ours and everyone's who is there then."""
    start, end = hit.span
    there = _taken(
        other
        for other in hits
        if (other.start, other.end) == (hit.start, hit.end) and other.other_start < end and other.other_end > start
    )
    moments = {start, *(begins for begins, _, _ in there if begins > start)}
    return own + max(sum(taken for begins, ends, taken in there if begins <= at < ends) for at in moments)


def _taken(hits: Iterable[Hit]) -> list[tuple[int, int, int]]:
    """List from when to when each other event takes how much; dates of one event that overlap take it once."""
    spans = _grouped(hits, lambda hit: hit.other_id)
    return [
        (start, end, theirs[0].quantity)
        for theirs in spans.values()
        for start, end in merged((hit.other_start, hit.other_end) for hit in theirs)
    ]


def overdrawn(hits: Iterable[Hit], limit: int) -> list[Span]:
    """List the times in which others borrow, in sum, more than `limit` of one resource."""
    changes: dict[int, int] = defaultdict(int)
    for start, end, quantity in _taken(hits):
        changes[start] += quantity
        changes[end] -= quantity
    spans, taken = [], 0
    for at, following in pairwise(sorted(changes)):
        taken += changes[at]
        if taken > limit:
            spans.append((at, following))
    return merged(spans)


def audience_conflicts(party: Party, hits: Iterable[Hit], known: Known) -> list[Finding]:
    """Meet others that call the same people at the same time; the nearest are listed, the rest counted."""
    found: list[tuple[float, Finding]] = []
    for other_id, pair in _grouped(hits, lambda hit: hit.other_id).items():
        other = known.parties[other_id]
        if set(audiences_met(party.audiences)) & set(other.audiences):
            distance = metres_between(party.point, other.point)
            severity, reason = _audience_verdict(party, other, distance)
            rank = float("inf") if distance is None else distance
            found.append((rank, Finding("audience", "", other_id, severity, reason, _spans(pair))))
    found.sort(key=lambda ranked: (ranked[0], ranked[1].spans[0], ranked[1].other_id or ""))
    rest = max(0, len(found) - LISTED)
    return [_ranked(finding, number < LISTED, rest) for number, (_, finding) in enumerate(found)]


def _ranked(finding: Finding, listed: bool, rest: int) -> Finding:
    reason = (
        Reason(code=finding.reason.code, values={**finding.reason.values, "more": rest}) if rest else finding.reason
    )
    return Finding(finding.kind, finding.key, finding.other_id, finding.severity, reason, finding.spans, listed=listed)


def _audience_verdict(party: Party, other: Party, distance: float | None) -> tuple[Severity, Reason]:
    shared = sorted((set(party.audiences) & set(other.audiences)) - {EVERYONE})
    near = distance is not None and distance <= (NEAR_M if shared else NEIGHBOURING_M)
    values: dict[str, object] = {"one": party.title, "other": other.title, "audiences": shared or [EVERYONE]}
    if near and distance is not None:
        return "warning", Reason(code="audience_near", values={**values, "metres": round(distance)})
    return "information", Reason(code="audience_shared", values=values)


def municipal_conflicts(party: Party, dates: Sequence[Dated], facts: Iterable[Fact]) -> Iterator[Finding]:
    """Meet closures and city events within the radius that the municipal system told."""
    for fact in facts:
        distance = metres_between(party.point, point_of(fact.latitude, fact.longitude))
        if distance is None or distance > (fact.radius_m or 0):
            continue
        start, end = int(fact.starts_at.timestamp()), int(fact.ends_at.timestamp())
        spans = merged(
            (max(start, dated.start), min(end, dated.end))
            for dated in dates
            if not dated.cancelled and dated.start < end and start < dated.end
        )
        if spans:
            values = {"one": party.title, "title": dict(fact.title), "metres": round(distance), "partner": fact.partner}
            reason = Reason(code=f"municipal_{fact.kind}", values=values)
            yield Finding("municipal", fact.id, None, "warning", reason, tuple(spans))


def calendar_conflicts(party: Party, dates: Sequence[Dated]) -> Iterator[Finding]:
    """Meet public holidays and, unless it lasts all day, the quiet hours; information only."""
    zone = ZoneInfo(party.zone)
    holiday: tuple[str, dict[str, str]] | None = None
    on_holidays: list[Span] = []
    at_night: list[Span] = []
    for dated in dates:
        if dated.cancelled:
            continue
        starts_at, ends_at = datetime.fromtimestamp(dated.start, zone), datetime.fromtimestamp(dated.end, zone)
        name = almanac.holiday_on(starts_at.date())
        if name:
            holiday = holiday or (starts_at.date().isoformat(), name)
            on_holidays.append((dated.start, dated.end))
        if not party.all_day and almanac.is_in_quiet_hours(starts_at, ends_at, QUIET_FROM, QUIET_TO):
            at_night.append((dated.start, dated.end))
    if holiday:
        values = {"one": party.title, "on": holiday[0], "name": holiday[1]}
        reason = Reason(code="public_holiday", values=values)
        yield Finding("calendar", "public_holiday", None, "information", reason, tuple(merged(on_holidays)))
    if at_night:
        values = {"one": party.title, "quiet_from": f"{QUIET_FROM}:00", "quiet_to": f"{QUIET_TO}:00"}
        reason = Reason(code="quiet_hours", values=values)
        yield Finding("calendar", "quiet_hours", None, "information", reason, tuple(merged(at_night)))


def _grouped(hits: Iterable[Hit], key: Callable[[Hit], str]) -> dict[str, list[Hit]]:
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[key(hit)].append(hit)
    return groups


def _spans(hits: Iterable[Hit]) -> tuple[Span, ...]:
    return tuple(merged(hit.span for hit in hits))

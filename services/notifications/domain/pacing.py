"""When a letter about an alert may leave: a function of the alert, of its person's wishes, and of what time it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from services.notifications.domain.plans import AlertKind, Rhythm

Pace = Literal["blocking", "at_once", "gathered", "quiet", "daily", "weekly", "capped"]
"""Why a letter leaves when it does."""
SUMMARIES: frozenset[Pace] = frozenset({"quiet", "daily", "weekly", "capped"})
"""Letters that waited for a morning: no cap holds them back a second time."""
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)

USUAL: Mapping[str, Rhythm] = {"event_planned": "daily"}
"""How often people want to hear of a kind who never said: new events come together, all else at once."""
GATHER = timedelta(minutes=5)
"""What happens to one event in this time comes in one letter."""
MORNING = time(7)
"""When summaries leave, by the clock of who reads them; the weekly one on Monday."""
MONDAY = 0
BREAKING: frozenset[AlertKind] = frozenset({"conflict_detected", "conflict_changed"})
"""Of these, what is blocking waits for nothing: somebody will stand before a locked door."""
CHANGES: frozenset[AlertKind] = frozenset({"conflict_changed", "event_moved"})
"""Who changes something once often does so again: of these only the last state is told."""
ENDED: frozenset[AlertKind] = frozenset({"conflict_resolved", "opportunity_withdrawn"})
"""Who was not reached before it was over need not be."""
ENDED_REASON = "booking_withdrawn"
FIRST_HEARD: frozenset[AlertKind] = frozenset({"event_planned", "meeting_called"})
"""Who never heard that an event is to be need not hear that it is not."""


@dataclass(frozen=True)
class Wished:
    """How much somebody wants to hear; half-open quiet hours, which may pass midnight, by the clock of `zone`."""

    zone: str
    quiet_from: time | None = None
    quiet_until: time | None = None
    rhythms: Mapping[str, Rhythm] = field(default_factory=dict)


@dataclass(frozen=True)
class Departure:
    """When a letter leaves, and why then."""

    at: datetime
    pace: Pace


def departure(
    kind: AlertKind,
    severity: str | None,
    starts_at: datetime,
    wished: Wished,
    now: datetime,
    gathered_until: datetime | None = None,
) -> Departure:
    """Say when a letter about an alert leaves.

    `starts_at` is of what it is about: a summary that would come too late is not waited for. `gathered_until` is when
    a letter about the same event leaves, or may follow one that left.
    """
    if severity == "blocking" and kind in BREAKING:
        return Departure(now, "blocking")
    rhythm = wished.rhythms.get(kind, usual_rhythm(kind))
    if rhythm != "at_once":
        at = after_quiet(_next_summary(rhythm, wished.zone, now), wished)
        if not now < starts_at <= at:
            return Departure(at, rhythm)
    wanted = gathered_until or (now + GATHER if kind in CHANGES else now)
    at = after_quiet(wanted, wished)
    if at > wanted:
        return Departure(at, "quiet")
    return Departure(at, "gathered" if at > now else "at_once")


def usual_rhythm(kind: str) -> Rhythm:
    """Say how often alerts of a kind come to who never said."""
    return USUAL.get(kind, "at_once")


def next_morning(wished: Wished, now: datetime) -> datetime:
    """Say when what is one letter too many leaves, with all else that waits."""
    return after_quiet(_next(now, MORNING, wished.zone), wished)


def after_quiet(at: datetime, wished: Wished) -> datetime:
    """Give this instant, or the end of the quiet hours in which it lies."""
    if wished.quiet_from is None or wished.quiet_until is None or wished.quiet_from == wished.quiet_until:
        return at
    local = at.astimezone(ZoneInfo(wished.zone)).time()
    if wished.quiet_from < wished.quiet_until:
        is_quiet = wished.quiet_from <= local < wished.quiet_until
    else:
        is_quiet = local >= wished.quiet_from or local < wished.quiet_until
    return _next(at, wished.quiet_until, wished.zone) if is_quiet else at


def is_over_unheard(kind: AlertKind, reason_code: str, overtaken: Collection[AlertKind] = ()) -> bool:
    """Say whether this news ends something, so that who was not reached about it before need not be now.

    `overtaken` are the kinds of what was to be told before: an event that is cancelled was known before, unless one of
    them would have made it known.
    """
    if kind == "event_cancelled":
        return not FIRST_HEARD.isdisjoint(overtaken)
    return kind in ENDED or reason_code == ENDED_REASON


def _next_summary(rhythm: Rhythm, zone: str, now: datetime) -> datetime:
    return _next(now, MORNING, zone, MONDAY if rhythm == "weekly" else None)


def _next(after: datetime, at: time, zone: str, weekday: int | None = None) -> datetime:
    """Give the next instant at which a clock in `zone` shows this time, on this weekday if one is given."""
    there = ZoneInfo(zone)
    day = after.astimezone(there).date()
    for ahead in range(9):
        on = day + timedelta(days=ahead)
        found = datetime.combine(on, at, there).astimezone(UTC)
        if found > after and weekday in (None, on.weekday()):
            return found
    raise AssertionError("a week has every weekday")

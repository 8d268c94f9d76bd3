"""What a check found, as it is shown: with local times, and sentences in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.calendar.domain.alternatives import Alternative
from services.calendar.domain.claims import Party
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.opportunities import Chance
from services.calendar.domain.slots import Found, Relaxation, Slot
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.free_times import Answer
from shared.messages import Reason
from shared.reasons import sentence


@dataclass(frozen=True)
class ShownConflict:
    """A conflict that is not stored: without id; `event_ids` are the stored events, so the plan itself is not in it."""

    kind: str
    severity: str
    event_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    dates: int
    state: str = "open"


@dataclass(frozen=True)
class ShownOpportunity:
    """An opportunity that is not stored; `event_ids` is the other event, with the plan's own where it is stored."""

    event_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_code: str
    reason_values: dict[str, Any]


@dataclass(frozen=True)
class ShownSlot:
    """A free time for the first date of an event, at its venue."""

    starts_at: datetime
    ends_at: datetime
    venue_id: str | None
    reason: str
    reason_code: str


@dataclass(frozen=True)
class ShownAlternative:
    """A change that would help; `changes` are in the shape in which the API takes them."""

    kind: str
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    changes: dict[str, Any]
    dates: int
    free: int


@dataclass(frozen=True)
class ShownTime:
    """A free time for many, or with `venue_id` none without a place."""

    starts_at: datetime
    ends_at: datetime
    venue_id: str | None
    venue_name: str
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    dates: int
    free: int
    skipped: tuple[str, ...]
    missing_ids: tuple[str, ...]


@dataclass(frozen=True)
class ShownObstacle:
    """What excludes every time, and the time that is free without it."""

    obstacle: str
    reason: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def shown_conflicts(party: Party, findings: Iterable[Finding]) -> list[ShownConflict]:
    """Show what was found, without the audience conflicts that are only counted."""
    zone = ZoneInfo(party.zone)
    return [
        ShownConflict(
            kind=found.kind,
            severity=found.severity,
            event_ids=_ids(party, found.other_id),
            starts_at=datetime.fromtimestamp(found.spans[0][0], zone),
            ends_at=datetime.fromtimestamp(found.spans[0][1], zone),
            reason=sentence(found.reason),
            reason_code=found.reason.code,
            reason_values=found.reason.values,
            dates=len(found.spans),
        )
        for found in findings
        if found.listed
    ]


def shown_opportunities(party: Party, chances: Iterable[Chance]) -> list[ShownOpportunity]:
    """Show with whom an event could be joined."""
    zone = ZoneInfo(party.zone)
    return [
        ShownOpportunity(
            event_ids=_ids(party, chance.other_id),
            starts_at=datetime.fromtimestamp(chance.span[0], zone),
            ends_at=datetime.fromtimestamp(chance.span[1], zone),
            reason=sentence(chance.reason),
            reason_code=chance.reason.code,
            reason_values=chance.reason.values,
        )
        for chance in chances
    ]


def shown_slots(venue_id: str | None, slots: Iterable[Slot]) -> list[ShownSlot]:
    """Show free times at a venue, or at none."""
    return [
        ShownSlot(slot.starts_at, slot.ends_at, venue_id, sentence(slot.reason), slot.reason.code) for slot in slots
    ]


def shown_alternatives(alternatives: Iterable[Alternative]) -> list[ShownAlternative]:
    """Show what would help."""
    return [
        ShownAlternative(
            kind=one.kind,
            reason=sentence(one.reason),
            reason_code=one.reason.code,
            reason_values=one.reason.values,
            changes={name: _plain(value) for name, value in one.changes.items()},
            dates=one.dates,
            free=one.free,
        )
        for one in alternatives
    ]


def shown_times(answer: Answer) -> list[ShownTime]:
    """Show the free times for many, each with its explanation."""
    question = answer.question
    required = len(question.organisation_ids) + len(question.leader_ids)
    return [_shown_time(found, required) for found in answer.found]


def _shown_time(found: Found, required: int) -> ShownTime:
    skipped = tuple(day.isoformat() for day in found.skipped)
    room, free = found.room, found.dates - len(skipped)
    values: dict[str, Any] = {
        "required": required,
        "optional": len(found.welcome) + len(found.missing),
        "welcome": len(found.welcome),
        "venue": room.name if room else "",
        "opening_known": bool(room and room.opening_known),
        "dates": found.dates,
        "free": free,
        "skipped": list(skipped),
        "soft": found.soft,
    }
    reason = Reason(code="slot_for_all", values=values)
    return ShownTime(
        found.starts_at,
        found.ends_at,
        room.id if room else None,
        room.name if room else "",
        sentence(reason),
        reason.code,
        values,
        found.dates,
        free,
        skipped,
        found.missing,
    )


def shown_obstacles(answer: Answer) -> list[ShownObstacle]:
    """Show what is in the way where nothing is free."""
    lacking = [Relaxation(lack) for lack in answer.lacking]
    return [_shown_obstacle(one) for one in (*lacking, *answer.in_the_way)]


def _shown_obstacle(one: Relaxation) -> ShownObstacle:
    times = (one.then.starts_at, one.then.ends_at) if one.then else (None, None)
    starts_at, ends_at = (at.isoformat() if at else None for at in times)
    values = {"obstacle": one.obstacle, "who": one.name, "starts_at": starts_at, "ends_at": ends_at, "all_day": False}
    return ShownObstacle(one.obstacle, sentence(Reason(code="slot_in_the_way", values=values)), *times)


def _plain(value: Any) -> Any:
    """Write a field of a plan as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _ids(party: Party, other_id: str | None) -> tuple[str, ...]:
    return tuple(sorted(one for one in (party.id, other_id) if one and one != NOBODY))

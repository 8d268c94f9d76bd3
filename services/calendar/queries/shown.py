"""What a check found, as it is shown: with local times, and sentences in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import Party
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.opportunities import Chance
from services.calendar.domain.slots import Slot
from services.calendar.queries.claims import NOBODY
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


def _ids(party: Party, other_id: str | None) -> tuple[str, ...]:
    return tuple(sorted(one for one in (party.id, other_id) if one and one != NOBODY))

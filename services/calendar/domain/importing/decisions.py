"""Decisions: what of a file is new, what is newer than what we have, and what we have already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from services.calendar.domain.importing.items import Item

Action = Literal["imported", "updated", "unchanged", "refused"]


class Known(NamedTuple):
    """What was last taken over under a key (UID, RECURRENCE-ID)."""

    sequence: int
    changed_at: datetime | None
    content_hash: str


@dataclass(frozen=True)
class Decision:
    """What to do with an item."""

    item: Item
    action: Action


def plan_import(items: Iterable[Item], existing: Mapping[tuple[str, str | None], Known]) -> list[Decision]:
    """Decide for each item of one source; the same content again is always unchanged.

    Other content counts when its SEQUENCE is higher, or the same and it is not older by LAST-MODIFIED or DTSTAMP.
    """
    return [Decision(item, _action(item, existing.get(item.key))) for item in items]


def _action(item: Item, known: Known | None) -> Action:
    if item.result == "refused":
        return "refused"
    if known is None:
        return "imported"
    if item.content_hash == known.content_hash or item.sequence < known.sequence:
        return "unchanged"
    if item.sequence == known.sequence and item.changed_at and known.changed_at and item.changed_at < known.changed_at:
        return "unchanged"
    return "updated"

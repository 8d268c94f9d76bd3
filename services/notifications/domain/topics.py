"""What people can follow of the calendar, and which of it an event is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from shared.messages.calendar import Audience, EventKind

TopicKind = Literal["audience", "kind", "theme", "organisation", "venue"]
TOPIC_KINDS: tuple[TopicKind, ...] = get_args(TopicKind)
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
MOST_TOPICS = 100
"""Somebody follows at most so many."""


@dataclass(frozen=True)
class Topic:
    """Something to follow: events for an audience, of a kind, on a theme (its code), of a host, or at a venue (ids)."""

    kind: TopicKind
    value: str


def topics_of(
    kind: str, audiences: Sequence[str], themes: Sequence[str], host_ids: Sequence[str], venue_id: str | None
) -> list[Topic]:
    """Give everything that may be followed of which an event is."""
    return [
        Topic("kind", kind),
        *(Topic("audience", one) for one in audiences),
        *(Topic("theme", one) for one in themes),
        *(Topic("organisation", one) for one in host_ids),
        *([Topic("venue", venue_id)] if venue_id else []),
    ]

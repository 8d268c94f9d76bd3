"""What commands take: news, the one shape into which every message that concerns somebody is brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

AlertKind = Literal[
    "conflict_detected",
    "conflict_changed",
    "conflict_accepted",
    "conflict_resolved",
    "opportunity_found",
    "opportunity_proposed",
    "opportunity_accepted",
    "opportunity_declined",
    "opportunity_withdrawn",
    "booking_requested",
    "booking_answered",
    "poll_opened",
    "poll_reminder",
    "meeting_called",
    "initiative_suggested",
    "suggestion_accepted",
    "suggestion_declined",
    "match_accepted",
    "match_declined",
    "match_suggested",
    "need_closed",
]
KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
Channel = Literal["mail"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True)
class News:
    """What happened to a conflict, an opportunity or a request, and which organisations it concerns.

    `cause_id` and `cause_version` say which state of which conflict or opportunity this is: told twice, it is one news.
    `reason` is a code with its values; `details` are what only this kind knows (who resolved it, why it was accepted).
    """

    kind: AlertKind
    cause_id: str
    cause_version: int
    subject_kind: str
    severity: str | None
    event_ids: tuple[str, ...]
    event_titles: tuple[str, ...]
    organisation_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    zone: str
    reason_code: str
    reason_values: Mapping[str, Any]
    url: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WishPlan:
    """What somebody wants changed in how they are told things; none leaves it as it is."""

    mail: bool | None = None
    muted_kinds: tuple[str, ...] | None = None

"""What commands take: news, the one shape into which every message that concerns somebody is brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
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
    "task_recorded",
    "task_due",
    "minutes_published",
    "initiative_suggested",
    "suggestion_accepted",
    "suggestion_declined",
    "match_accepted",
    "match_declined",
    "match_suggested",
    "need_closed",
    "event_planned",
    "event_moved",
    "event_cancelled",
    "problem_named",
    "initiative_formed",
    "left_open",
    "left_unanswered",
    "news",
    "guest_not_reached",
    "webhook_disabled",
]
KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
Channel = Literal["mail"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Rhythm = Literal["at_once", "daily", "weekly"]
"""How often somebody wants to be reached for alerts of one kind."""


@dataclass(frozen=True)
class News:
    """What happened to a conflict, an opportunity, a request or an event, and which organisations it concerns.

    An event concerns those who follow what it is about.
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
    can_wait: bool = False
    """Nobody stands before a locked door because of it, whatever it is about."""


@dataclass(frozen=True)
class QuietHours:
    """When nothing but what is blocking may reach somebody, by the clock of `zone`; never, where there are no times."""

    starts: time | None
    ends: time | None
    zone: str


@dataclass(frozen=True)
class WishPlan:
    """What somebody wants changed in how they are told things; none leaves it as it is.

    `rhythms` are those of all kinds; a kind that is not among them is told at once.
    """

    mail: bool | None = None
    muted_kinds: tuple[str, ...] | None = None
    rhythms: Mapping[str, Rhythm] | None = None
    quiet: QuietHours | None = None


@dataclass(frozen=True)
class PushPlan:
    """To which address of another network alerts go, in this language: of an organisation, else of whoever adds it."""

    url: str
    language: Literal["pl", "en"]
    organisation_id: str | None = None


@dataclass(frozen=True)
class WebhookPlan:
    """To which address what is told: `kinds` of alerts, all of them where it is empty, in this language; or not now.

    What is none stays as it is. `organisation_id` says whose it is, and is none for the administrators'.
    """

    url: str | None = None
    kinds: tuple[AlertKind, ...] | None = None
    language: Literal["pl", "en"] | None = None
    active: bool | None = None
    organisation_id: str | None = None

"""The plan of a stored event: what its commands took, so that an edit changes a plan and saves it again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from services.calendar.domain.plans import (
    Audience,
    Borrowed,
    EventKind,
    EventPlan,
    EventStatus,
    Funding,
    Outcome,
    Override,
    Satisfaction,
    Visibility,
)
from services.calendar.models import Event


def plan_of(stored: Event) -> EventPlan:
    """Give a stored event as the plan it was made of; its instants are in its own zone."""
    zone = ZoneInfo(stored.zone)
    return EventPlan(
        title=stored.title,
        starts_at=stored.starts_at.astimezone(zone),
        ends_at=stored.ends_at.astimezone(zone),
        zone=stored.zone,
        kind=cast(EventKind, stored.kind),
        description=stored.description,
        all_day=stored.all_day,
        floating=stored.floating,
        rrule=stored.rrule,
        rdates=instants_of(stored.rdates, zone),
        exdates=instants_of(stored.exdates, zone),
        overrides=tuple(override_of(one, zone) for one in stored.overrides),
        venue_id=stored.venue_id,
        latitude=stored.latitude,
        longitude=stored.longitude,
        host_ids=tuple(stored.host_ids),
        audiences=cast(tuple[Audience, ...], tuple(stored.audiences)),
        themes=tuple(stored.themes),
        status=cast(EventStatus, stored.status),
        expected_participants=stored.expected_participants,
        borrowed=tuple(Borrowed(one["resource_id"], one["quantity"]) for one in stored.borrowed),
        needs=tuple(stored.needs),
        problem_ids=tuple(stored.problem_ids),
        initiative_id=stored.initiative_id,
        funding=tuple(
            Funding(one["source"], Decimal(one["amount"]), one.get("organisation_id")) for one in stored.funding
        ),
        outcome=_outcome(stored.outcome),
        set_up_minutes=stored.set_up_minutes,
        clear_up_minutes=stored.clear_up_minutes,
        leader_ids=tuple(stored.leader_ids),
        visibility=cast(Visibility, stored.visibility),
        accessibility=stored.accessibility,
        source=stored.source,
        uid=stored.uid,
        sequence=stored.sequence,
        raw=stored.raw,
    )


def changed_plan(stored: Event, changes: Mapping[str, Any]) -> EventPlan:
    """Give the plan that a stored event would have after these changes."""
    return replace(plan_of(stored), **changes)


def instants_of(texts: list[str], zone: ZoneInfo) -> tuple[datetime, ...]:
    """Read instants that were kept as text, in a zone."""
    return tuple(datetime.fromisoformat(text).astimezone(zone) for text in texts)


def override_of(kept: dict[str, Any], zone: ZoneInfo) -> Override:
    """Read an occurrence that differs from its rule, as an event keeps it."""
    recurrence_at, starts_at, ends_at = instants_of([kept["recurrence_at"], kept["starts_at"], kept["ends_at"]], zone)
    return Override(recurrence_at, starts_at, ends_at, kept["title"], kept["cancelled"])


def _outcome(kept: dict[str, Any] | None) -> Outcome | None:
    if kept is None:
        return None
    asked = kept.get("satisfaction")
    return Outcome(kept.get("participants"), Satisfaction(**asked) if asked else None, kept.get("note", ""))

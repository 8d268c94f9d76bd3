"""Writing an event's row from its plan, and what became of it into its history."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.calendar.domain.plans import EventPlan
from services.calendar.domain.words import folded
from services.calendar.models import Event, History
from shared import history
from shared.people import Person


def write_plan(event: Event, plan: EventPlan, now: datetime) -> None:
    """Write a plan into the event's row."""
    for name in ("title", "starts_at", "ends_at", "zone", "kind", "description", "all_day", "floating", "rrule",
                 "venue_id", "latitude", "longitude", "status", "expected_participants", "initiative_id",
                 "set_up_minutes", "clear_up_minutes", "visibility", "accessibility", "source", "sequence",
                 "raw"):  # fmt: skip
        setattr(event, name, getattr(plan, name))
    for name in ("host_ids", "audiences", "themes", "needs", "problem_ids", "leader_ids"):
        setattr(event, name, list(getattr(plan, name)))
    event.uid = plan.uid or f"{event.id}@osiedle"
    event.rdates = [moment.isoformat() for moment in plan.rdates]
    event.exdates = [moment.isoformat() for moment in plan.exdates]
    event.overrides = [_plain(asdict(one)) for one in plan.overrides]
    event.borrowed = [asdict(one) for one in plan.borrowed]
    event.funding = [_plain(asdict(one)) for one in plan.funding]
    event.outcome = asdict(plan.outcome) if plan.outcome else None
    themes = " ".join(f"#{folded(theme)}#" for theme in plan.themes)
    event.search_text = f"{folded(f'{plan.title} {plan.description}')} {themes}"
    event.changed_at = now


def _plain(value: Any) -> Any:
    """Give a value as JSON can hold it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def differences(before: EventPlan, after: EventPlan, changed: set[str]) -> dict[str, Any]:
    """Give what changed as pairs of before and after; the raw text of a file is not repeated."""
    old, new = asdict(before), asdict(after)
    return {name: [_plain(old[name]), _plain(new[name])] for name in sorted(changed - {"raw"})}


def remember(
    session: Session, event: Event, by: Person, action: str, because: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    """Write one line of an event's history: who, what, why, and each field before and after."""
    history.record(
        session, History, aggregate="event", id=event.id, version=event.version, by=by, action=action,
        reason=because, changes=changes,
    )  # fmt: skip

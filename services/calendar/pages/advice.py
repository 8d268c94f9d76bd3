"""What the check says on the plan page: conflicts, events to join, free slots, and all of it in one line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from services.calendar.domain.conflicts import Finding
from services.calendar.queries import Awaited, Checked
from services.calendar.queries.shown import shown_alternatives
from services.calendar.schemas import EventChange
from shared.i18n import plural, say
from shared.reasons import sentence

OFFERED = frozenset({"starts_at", "ends_at", "rrule", "exdates", "rdates", "venue_id"})
"""What an alternative may change."""


@dataclass(frozen=True)
class Warned:
    """One conflict as it is shown before saving; `other_id` is the event that is met, if it is one."""

    kind: str
    severity: str
    text: str
    other_id: str | None
    other_title: str
    starts_at: datetime
    ends_at: datetime
    dates: int


@dataclass(frozen=True)
class Joinable:
    """One event that could be joined."""

    event_id: str
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Free:
    """One free slot; `value` is what its button sends."""

    value: str
    text: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Helpful:
    """One change that would help; `value` is what its button sends."""

    kind: str
    value: str
    text: str


@dataclass(frozen=True)
class Advice:
    """Everything that the check says, and `verdict`: all of it in one line."""

    conflicts: Sequence[Warned]
    notes: Sequence[Warned]
    """Conflicts that are only good to know."""
    joinable: Sequence[Joinable]
    free: Sequence[Free]
    helpful: Sequence[Helpful]
    awaited: Sequence[Awaited]
    """What is asked for on saving."""
    verdict: str
    is_over: bool = False
    """Whether all of it is in the past, where nothing is compared."""

    @property
    def severity(self) -> str:
        """Name the worst that was found; `success` where nothing was."""
        found = {one.severity for one in self.conflicts}
        return "blocking" if "blocking" in found else "warning" if found else "success"


def advice_of(checked: Checked, zone: ZoneInfo, awaited: Sequence[Awaited] = ()) -> Advice:
    """Say what a check found, in the language of the request and the neighbourhood's time."""
    met = [_warned(checked, finding, zone) for finding in checked.findings if finding.listed]
    conflicts = [one for one in met if one.severity != "information"]
    joinable = [
        Joinable(
            chance.other_id,
            checked.parties[chance.other_id].title,
            sentence(chance.reason),
            datetime.fromtimestamp(chance.span[0], zone),
            datetime.fromtimestamp(chance.span[1], zone),
        )
        for chance in checked.chances
    ]
    free = [
        Free(slot_value(slot.starts_at, slot.ends_at), sentence(slot.reason), slot.starts_at, slot.ends_at)
        for slot in checked.slots
        if slot.reason.code != "slot_free"
    ]
    helpful = [
        Helpful(one.kind, changes_value(one.changes), one.reason) for one in shown_alternatives(checked.alternatives)
    ]
    notes = [one for one in met if one not in conflicts]
    return Advice(conflicts, notes, joinable, free, helpful, awaited, _verdict(conflicts, joinable, awaited))


def _warned(checked: Checked, finding: Finding, zone: ZoneInfo) -> Warned:
    other = checked.parties.get(finding.other_id or "")
    start, end = finding.spans[0]
    return Warned(
        kind=finding.kind,
        severity=finding.severity,
        text=sentence(finding.reason, "one"),
        other_id=other.id if other else None,
        other_title=other.title if other else "",
        starts_at=datetime.fromtimestamp(start, zone),
        ends_at=datetime.fromtimestamp(end, zone),
        dates=len(finding.spans),
    )


def _verdict(conflicts: Sequence[Warned], joinable: Sequence[Joinable], awaited: Sequence[Awaited]) -> str:
    parts = [
        plural("{n} conflict", "{n} conflicts", len(conflicts)) if conflicts else say("No conflicts"),
        say("needs agreement") if awaited else "",
        plural("{n} opportunity", "{n} opportunities", len(joinable)) if joinable else "",
    ]
    return " · ".join(part for part in parts if part)


def slot_value(starts_at: datetime, ends_at: datetime) -> str:
    """Write a slot for its button: two instants in UTC."""
    return "/".join(moment.astimezone(UTC).strftime("%Y%m%dT%H%MZ") for moment in (starts_at, ends_at))


def slot_of(value: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Read a slot from its button, in the neighbourhood's time; none where it is not one of ours."""
    try:
        first, last = (
            datetime.strptime(part, "%Y%m%dT%H%MZ").replace(tzinfo=UTC).astimezone(zone) for part in value.split("/")
        )
    except ValueError:
        return None
    return (first, last) if first < last else None


def changes_value(changes: Mapping[str, Any]) -> str:
    """Write changes for their button, as the API takes them."""
    return json.dumps(changes, separators=(",", ":"))


def changes_of(value: str) -> dict[str, Any] | None:
    """Read changes from their button; none where they are not such as we offer."""
    try:
        changes = EventChange.model_validate_json(value).changes()
    except ValidationError:
        return None
    return changes if changes.keys() <= OFFERED else None

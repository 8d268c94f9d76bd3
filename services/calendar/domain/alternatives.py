"""Alternatives: small changes of a plan that may cure what it meets; the check says whether they do.

Each gives the fields that it changes, ready to be applied, and on how many of the series' dates it is free. What
is offered here is likely, by what takes the venue and the resources; nothing is offered that was not checked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import Dated
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.recurrence.patterns import DAYS
from services.calendar.domain.slots import Fit, Slot, Taken, Wish, in_the_way, moved, same_day_shifts
from shared.messages import Reason

Kind = Literal["shift", "shorten", "skip", "venue", "near", "other_time"]
MOST = 5
MOST_OF_KIND: Mapping[Kind, int] = {"shift": 1, "shorten": 1, "skip": 1, "venue": 1, "near": 1, "other_time": 2}
TRIED_OF_KIND = 3
"""So many of one kind are checked before it is given up."""
MOST_SKIPPED = 12
SHORTEST_MINUTES = 30
QUARTER = 15
A_DAY = 24 * 60
DAYS_AROUND = 6
_WEEKLY_PARTS = re.compile(r"FREQ=WEEKLY|INTERVAL=\d+|COUNT=\d+|UNTIL=[^;]*|WKST=\w\w|BYDAY=\w\w(,\w\w)*")
_UNTIL = re.compile(r"UNTIL=\d{8}(T\d{6}Z?)?")
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Alternative:
    """One way out: `changes` are fields of the plan with their new values; `cost` says how much it changes.

    `free` of `dates` dates can be held; the others are left out by `changes`.
    """

    kind: Kind
    reason: Reason
    changes: Mapping[str, Any]
    cost: float
    dates: int
    free: int


@dataclass(frozen=True)
class Around:
    """A plan with its dates ahead, as local times and as seconds, and when it had better not be."""

    plan: EventPlan
    wish: Wish
    dates: Sequence[Dated]
    taken: Taken
    not_before: datetime

    @property
    def may_move(self) -> bool:
        """Say whether the whole series can be moved: it has not begun, and no date has a time of its own."""
        return not self.plan.overrides and bool(self.wish.dates) and self.plan.starts_at >= self.not_before

    def is_free(self, minutes: int) -> bool:
        """Say whether nothing is in the way of any date, when all are moved by so many minutes."""
        return not any(in_the_way(self.wish, local, minutes, self.taken) for local in self.wish.dates)

    def clashing(self, minutes: int) -> list[Dated]:
        """List the dates that something is in the way of, when all are moved by so many minutes."""
        pairs = zip(self.dates, self.wish.dates, strict=True)
        return [dated for dated, local in pairs if in_the_way(self.wish, local, minutes, self.taken)]


def of_times(around: Around, free: Iterable[Slot]) -> Iterator[Alternative]:
    """Offer other times: another hour of the day, a shorter event, dates left out, other days."""
    if around.may_move:
        yield from _shifts(around)
        yield from _shortened(around)
        yield from _other_days(around)
        yield from _slots(around, free)
    if not around.plan.overrides:
        yield from _skipping(around, around.clashing(0))


def _shifts(around: Around) -> Iterator[Alternative]:
    free = (minutes for minutes in same_day_shifts(around.wish, around.not_before) if around.is_free(minutes))
    for minutes in islice(free, TRIED_OF_KIND):
        if changes := moved_plan(around.plan, minutes):
            yield _of_time(around, "shift", changes, 5 + abs(minutes) / QUARTER, {"minutes": minutes})


def _shortened(around: Around) -> Iterator[Alternative]:
    """Begin later or end sooner, by whole quarters of an hour, and keep at least half."""
    plan, length = around.plan, around.plan.ends_at.timestamp() - around.plan.starts_at.timestamp()
    hits = [
        (dated, span)
        for dated, local in zip(around.dates, around.wish.dates, strict=True)
        for span in in_the_way(around.wish, local, 0, around.taken)
    ]
    if plan.all_day or not hits:
        return
    sooner = max(dated.end + 60 * around.wish.after_minutes - start for dated, (start, _) in hits)
    later = max(end + 60 * around.wish.before_minutes - dated.start for dated, (_, end) in hits)
    for seconds, is_sooner in ((sooner, True), (later, False)):
        cut = -(-seconds // (60 * QUARTER)) * QUARTER
        left = length / 60 - cut
        if cut > 0 and left >= max(SHORTEST_MINUTES, length / 120):
            start = {} if is_sooner else moved_plan(plan, cut)
            end = plan.ends_at - timedelta(minutes=cut) if is_sooner else plan.ends_at
            if start is not None:
                yield _of_time(around, "shorten", {**start, "ends_at": end}, 7 + 2 * cut / QUARTER, {"minutes": cut})


def _other_days(around: Around) -> Iterator[Alternative]:
    """Move a series to another weekday at the same hour; a single event to another day near."""
    weekday = around.wish.dates[0][0].weekday()
    within = (-weekday, 6 - weekday) if len(around.dates) > 1 else (-DAYS_AROUND, DAYS_AROUND)
    for days in sorted(range(within[0], within[1] + 1), key=lambda days: (abs(days), -days)):
        clashing = around.clashing(days * A_DAY)
        is_past = around.plan.starts_at + timedelta(days=days) < around.not_before
        if not days or is_past or not _are_few(around, clashing):
            continue
        changes = moved_plan(around.plan, days * A_DAY, clashing)
        if changes:
            missing = len(clashing) / len(around.dates)
            yield _of_time(around, "other_time", changes, 20 + 2 * abs(days) + 30 * missing, {}, len(clashing))


def _slots(around: Around, free: Iterable[Slot]) -> Iterator[Alternative]:
    """Move to a free slot at another hour of another day; a series not by weeks."""
    for slot in free:
        minutes = _minutes_between(around.wish.dates[0][0], slot.starts_at)
        is_far = len(around.dates) > 1 and abs(minutes) > DAYS_AROUND * A_DAY
        is_other = slot.reason.code == "slot_other_day" and minutes % A_DAY and not is_far
        if is_other and (changes := moved_plan(around.plan, minutes)):
            yield _of_time(around, "other_time", changes, 24 + 2 * abs(minutes) / A_DAY, {})


def _skipping(around: Around, clashing: Sequence[Dated]) -> Iterator[Alternative]:
    """Leave out the dates that clash, if they are few; they can be put in again."""
    if clashing and _are_few(around, clashing):
        zone = ZoneInfo(around.plan.zone)
        skipped = tuple(datetime.fromtimestamp(dated.recurrence, zone) for dated in clashing)
        on = [at.date().isoformat() for at in skipped]
        changes = {"exdates": (*around.plan.exdates, *skipped)}
        cost = 4 + 60 * len(clashing) / len(around.dates)
        yield _of_time(around, "skip", changes, cost, {"skipped": on}, len(clashing))


def of_venues(around: Around, rooms: Iterable[Fit], current: Fit) -> Iterator[Alternative]:
    """Offer other venues: in the same house or of the same owner, or elsewhere, the nearest first."""
    for room in rooms:
        metres = room.metres_from(current.site.point)
        is_here = room.organisation_id == current.organisation_id or (metres is not None and metres < 30)
        more = (room.site.capacity or 0) - (current.site.capacity or 0)
        values = {"venue": room.site.name, "more": more, "metres": metres}
        cost = (12 if is_here else 15) + (metres or 0) / 100
        changes = {"venue_id": room.site.id}
        yield _of_time(around, "venue" if is_here else "near", changes, cost, values)


def moved_plan(plan: EventPlan, minutes: int, left_out: Iterable[Dated] = ()) -> dict[str, Any] | None:
    """Give the fields of a plan whose whole series is moved by the wall clock; none where its rule cannot follow."""
    zone = ZoneInfo(plan.zone)
    first = plan.starts_at.astimezone(zone)
    starts_at, ends_at = moved(first, plan.ends_at.astimezone(zone), minutes)
    rrule = moved_rule(plan.rrule, (starts_at.date() - first.date()).days, minutes, zone) if plan.rrule else None
    if plan.rrule and rrule is None:
        return None
    skipped = [datetime.fromtimestamp(dated.recurrence, zone) for dated in left_out]
    changes: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at}
    for name, moments in (("exdates", (*plan.exdates, *skipped)), ("rdates", plan.rdates)):
        if moments:
            changes[name] = tuple(at.astimezone(zone) + timedelta(minutes=minutes) for at in moments)
    return changes if rrule == plan.rrule else {**changes, "rrule": rrule}


def moved_rule(rrule: str, days: int, minutes: int, zone: ZoneInfo) -> str | None:
    """Move a rule's weekdays and its last day by so many days, an exact end by minutes; none where that is no rule.

    Only a weekly rule can go to another weekday; on the same day any rule can move that does not name hours.
    """
    parts = rrule.split(";")
    if any(part.upper().startswith(("BYHOUR", "BYMINUTE", "BYSECOND")) for part in parts):
        return None
    if days and not all(_WEEKLY_PARTS.fullmatch(part.upper()) for part in parts):
        return None
    return ";".join(_moved_part(part, days, minutes, zone) for part in parts)


def _moved_part(part: str, days: int, minutes: int, zone: ZoneInfo) -> str:
    name, _, value = part.partition("=")
    if name.upper() == "BYDAY" and days:
        return f"{name}={','.join(DAYS[(DAYS.index(day.upper()) + days) % 7] for day in value.split(','))}"
    until = _UNTIL.fullmatch(part.upper())
    if until is None:
        return part
    if until[1] is None:
        return f"{name}={date.fromisoformat(value) + timedelta(days=days):%Y%m%d}"
    read = datetime.fromisoformat(value.upper())
    local = read.astimezone(zone) if read.tzinfo else read
    # the end of a day stays one
    later = local + timedelta(days=days) if local.time() == LAST_SECOND else local + timedelta(minutes=minutes)
    return f"{name}={later.astimezone(UTC):%Y%m%dT%H%M%SZ}" if read.tzinfo else f"{name}={later:%Y%m%dT%H%M%S}"


def cures(before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Say whether a change helps: nothing blocks any more, no warning is new, and less is found than before."""
    was, now = ({_name(one) for one in found if _matters(one)} for found in (before, after))
    return not any(one.is_blocking for one in after) and now < was


def _matters(finding: Finding) -> bool:
    return finding.severity != "information"


def _name(finding: Finding) -> tuple[str, str, str | None]:
    return finding.kind, finding.key, finding.other_id


def _are_few(around: Around, clashing: Sequence[Dated]) -> bool:
    """Say whether so many dates may be left out: at most a third, a dozen at most, and never all."""
    return len(clashing) <= min(len(around.dates) // 3, MOST_SKIPPED)


def _minutes_between(one: datetime, other: datetime) -> int:
    """Measure by the wall clock."""
    return round((other.replace(tzinfo=None) - one.replace(tzinfo=None)).total_seconds() / 60)


def _of_time(
    around: Around,
    kind: Kind,
    changes: Mapping[str, Any],
    cost: float,
    values: Mapping[str, Any],
    missing: int = 0,
) -> Alternative:
    """Put an alternative together; its reason says when the first date would be."""
    plan = replace(around.plan, **changes)
    zone, dates = ZoneInfo(plan.zone), len(around.dates)
    said = {
        "starts_at": plan.starts_at.astimezone(zone).isoformat(),
        "ends_at": plan.ends_at.astimezone(zone).isoformat(),
        "all_day": plan.all_day,
        "repeats": dates > 1,
        "dates": dates,
        "free": dates - missing,
    }
    return Alternative(
        kind, Reason(code=f"alternative_{kind}", values={**said, **values}), changes, cost, dates, dates - missing
    )

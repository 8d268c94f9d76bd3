"""Series: what a change of one date, of it and all that follow, or of all dates makes of a plan.

A rule's raw text is kept: only its UNTIL or COUNT is replaced where a series is split, and the day of a rule that names
no other where it moves to another day.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from services.calendar.domain.dates import rule_of
from services.calendar.domain.plans import LOCAL_SOURCE, EventPlan, Override
from services.calendar.domain.recurrence import MOST_STEPS, expansion, has_start, pattern_of
from services.calendar.domain.recurrence.patterns import DAYS
from services.calendar.domain.recurrence.rules import LATEST
from services.calendar.domain.recurrence.wall_clock import instant_of, reading_of

Scope = Literal["this", "following", "all"]
A_SECOND = timedelta(seconds=1)
_ENDS = re.compile(r"\s*(?:UNTIL|COUNT)\s*=", re.IGNORECASE)
_COUNT = re.compile(r"(COUNT\s*=\s*)\d+", re.IGNORECASE)
_DAY_OF_WEEK = re.compile(r"(BYDAY\s*=\s*)[A-Z]{2}", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(r"(BYMONTHDAY\s*=\s*)\d+", re.IGNORECASE)


class UnclearRule(ValueError):
    """How a series goes on cannot be said without a new rule; the text is a gettext source string."""


@dataclass(frozen=True)
class Date:
    """One date of a plan as it stands."""

    starts_at: datetime
    ends_at: datetime
    title: str | None = None
    cancelled: bool = False


def is_series(plan: EventPlan) -> bool:
    """Say whether a plan has, or may have, more dates than one."""
    return bool(plan.rrule or plan.rdates)


def date_at(plan: EventPlan, recurrence_at: datetime) -> Date | None:
    """Give the date that its start by the rule names, if the plan has it."""
    override = next((one for one in plan.overrides if one.recurrence_at == recurrence_at), None)
    bare = replace(plan, overrides=())
    spans = expansion(rule_of(bare), recurrence_at, recurrence_at + A_SECOND).spans
    span = next((one for one in spans if one.recurrence_at == recurrence_at), None)
    if override is None and span is None:
        return None
    if override is not None:
        return Date(override.starts_at, override.ends_at, override.title, override.cancelled)
    assert span is not None  # noqa: S101  one of the two is there
    zone = ZoneInfo(plan.zone)
    return Date(span.starts_at.astimezone(zone), span.ends_at.astimezone(zone))


def with_override(plan: EventPlan, override: Override) -> EventPlan:
    """Let one date differ from the rule, in place of how it differed before (RFC 5545 §3.8.4.4)."""
    others = [one for one in plan.overrides if one.recurrence_at != override.recurrence_at]
    bare = date_at(replace(plan, overrides=()), override.recurrence_at)
    if bare != Date(override.starts_at, override.ends_at, override.title, override.cancelled):
        others.append(override)
    return replace(plan, overrides=tuple(sorted(others, key=lambda one: one.recurrence_at)))


def without(plan: EventPlan, recurrence_at: datetime) -> EventPlan:
    """Leave one date out (RFC 5545 §3.8.5.1)."""
    return replace(
        plan,
        exdates=(*plan.exdates, recurrence_at),
        overrides=tuple(one for one in plan.overrides if one.recurrence_at != recurrence_at),
    )


def alone(plan: EventPlan, date: Date, changes: Mapping[str, Any]) -> EventPlan:
    """Make one date an event of its own, with what changes of it."""
    single = replace(_as_new(plan), rrule=None, rdates=(), exdates=(), overrides=(), title=date.title or plan.title)
    starts_at, ends_at = times_of(plan, date, changes)
    return replace(single, **{"starts_at": starts_at, "ends_at": ends_at, **changes})


def split(plan: EventPlan, recurrence_at: datetime) -> tuple[EventPlan | None, EventPlan]:
    """Part a series before one of its dates: what was before, or none where that is the first, and what follows.

    Raises UnclearRule where the rule has more dates than we count.
    """
    given = expansion(rule_of(_bare(plan)), plan.starts_at, recurrence_at, MOST_STEPS)
    if given.cut:
        raise UnclearRule("This rule has too many dates to be split here")
    passed = [span.starts_at for span in given.spans if span.starts_at < recurrence_at]
    early = [one for one in plan.rdates if one < recurrence_at]
    if not {*passed, *early} - set(plan.exdates):
        return None, plan
    before = replace(
        _parted(plan, lambda at: at < recurrence_at),
        rrule=plan.rrule and _ended(plan.rrule, _until(plan, recurrence_at)),
    )
    return before, _rest(_as_new(_parted(plan, lambda at: at >= recurrence_at)), plan, recurrence_at, len(passed))


def moved(plan: EventPlan, date: Date, changes: Mapping[str, Any]) -> EventPlan:
    """Change a whole series by what changes of one of its dates: a new start moves every date as far on the wall clock.

    Raises UnclearRule where the rule does not say on which days it repeats from then on.
    """
    wanted = dict(changes)
    if wanted.keys() & {"starts_at", "ends_at", "zone", "all_day"}:
        starts_at, ends_at = times_of(plan, date, changes)
        zone = wanted.get("zone", plan.zone)
        shift = reading_of(starts_at, zone) - reading_of(date.starts_at, plan.zone)
        length = reading_of(ends_at, zone) - reading_of(starts_at, zone)
        first = reading_of(plan.starts_at, plan.zone) + shift
        wanted |= {"starts_at": _at(first, zone), "ends_at": _at(first + length, zone)}
    return shifted(plan, wanted)


def shifted(plan: EventPlan, changes: Mapping[str, Any]) -> EventPlan:
    """Change a plan; the dates added, left out or replaced, and a rule's only day, move with the start.

    What `changes` names itself is taken as it is. Raises UnclearRule.
    """
    changed = replace(plan, **changes)
    if (changed.starts_at, changed.zone) == (plan.starts_at, plan.zone) or not is_series(plan):
        return changed
    by = reading_of(changed.starts_at, changed.zone) - reading_of(plan.starts_at, plan.zone)

    def move(at: datetime) -> datetime:
        return _at(reading_of(at, plan.zone) + by, changed.zone)

    follows: dict[str, Callable[[], Any]] = {
        "rdates": lambda: tuple(map(move, plan.rdates)),
        "exdates": lambda: tuple(map(move, plan.exdates)),
        "overrides": lambda: tuple(_moved_override(one, move) for one in plan.overrides),
        "rrule": lambda: plan.rrule and _rule_from(plan, changed),
    }
    return replace(changed, **{name: value() for name, value in follows.items() if name not in changes})


def _moved_override(one: Override, move: Callable[[datetime], datetime]) -> Override:
    """Name a date by its new start; one that had a time of its own keeps it."""
    own_time = one.starts_at != one.recurrence_at and not one.cancelled
    times = (one.starts_at, one.ends_at) if own_time else (move(one.starts_at), move(one.ends_at))
    return replace(one, recurrence_at=move(one.recurrence_at), starts_at=times[0], ends_at=times[1])


def _rule_from(before: EventPlan, after: EventPlan) -> str:
    """Give the rule by which a series goes on from its new first date, where there is no doubt."""
    rrule = before.rrule or ""
    old, new = reading_of(before.starts_at, before.zone), reading_of(after.starts_at, after.zone)
    pattern = pattern_of(rrule)
    if has_start(pattern, new) or not has_start(pattern, old):
        return rrule
    if pattern.frequency == "WEEKLY" and pattern.by_day == ((0, old.weekday()),):
        return _DAY_OF_WEEK.sub(rf"\g<1>{DAYS[new.weekday()]}", rrule)
    if (
        pattern.frequency == "MONTHLY"
        and pattern.numbers("BYMONTHDAY") == (old.day,)
        and pattern.has_only("BYMONTHDAY")
    ):
        return _DAY_OF_MONTH.sub(rf"\g<1>{new.day}", rrule)
    raise UnclearRule("Say how it repeats from its new date on")


def times_of(plan: EventPlan, date: Date, changes: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Give when one date takes place after a change; a new start alone keeps the length."""
    starts_at: datetime = changes.get("starts_at", date.starts_at)
    if "ends_at" in changes:
        return starts_at, changes["ends_at"]
    if plan.all_day:
        zone = changes.get("zone", plan.zone)
        length = reading_of(date.ends_at, plan.zone) - reading_of(date.starts_at, plan.zone)
        return starts_at, _at(reading_of(starts_at, zone) + length, zone)
    length = date.ends_at.astimezone(UTC) - date.starts_at.astimezone(UTC)
    return starts_at, (starts_at.astimezone(UTC) + length).astimezone(starts_at.tzinfo)


def _rest(after: EventPlan, plan: EventPlan, recurrence_at: datetime, passed: int) -> EventPlan:
    """Begin what follows at its own first date; where that is an extra one, the rule begins at its next."""
    if plan.rrule is None:
        first, *others = sorted({recurrence_at, *after.rdates})
        return replace(_begun(after, plan, first), rdates=tuple(others))
    moments = replace(
        _bare(plan), ends_at=plan.starts_at + A_SECOND
    )  # a date before that still goes on is none of these
    ahead = expansion(rule_of(moments), recurrence_at, LATEST, 1).spans
    starts = [span.recurrence_at for span in ahead if span.recurrence_at >= recurrence_at]
    if not starts:
        first, *others = sorted(after.rdates)
        return replace(_begun(after, plan, first), rrule=None, rdates=tuple(others))
    count = pattern_of(plan.rrule).count
    rrule = _COUNT.sub(rf"\g<1>{count - passed}", plan.rrule) if count else plan.rrule
    return replace(_begun(after, plan, starts[0]), rrule=rrule)


def _begun(after: EventPlan, plan: EventPlan, first: datetime) -> EventPlan:
    whole = Date(plan.starts_at, plan.ends_at)
    starts_at, ends_at = times_of(plan, whole, {"starts_at": first.astimezone(ZoneInfo(plan.zone))})
    return replace(after, starts_at=starts_at, ends_at=ends_at)


def _as_new(plan: EventPlan) -> EventPlan:
    """Give the plan of a new event: with no name in files, and with nothing that came of it yet."""
    return replace(plan, uid=None, sequence=0, raw=None, source=LOCAL_SOURCE, outcome=None)


def _parted(plan: EventPlan, keeps: Callable[[datetime], bool]) -> EventPlan:
    return replace(
        plan,
        rdates=tuple(filter(keeps, plan.rdates)),
        exdates=tuple(filter(keeps, plan.exdates)),
        overrides=tuple(one for one in plan.overrides if keeps(one.recurrence_at)),
    )


def _bare(plan: EventPlan) -> EventPlan:
    return replace(plan, rdates=(), exdates=(), overrides=())


def _ended(rrule: str, until: str) -> str:
    kept = [part for part in rrule.split(";") if part.strip() and not _ENDS.match(part)]
    return ";".join([*kept, f"UNTIL={until}"])


def _until(plan: EventPlan, at: datetime) -> str:
    """Write the last moment before a date as UNTIL must be written (RFC 5545 §3.3.10)."""
    reading = reading_of(at, plan.zone)
    if plan.all_day:
        return f"{reading - timedelta(days=1):%Y%m%d}"
    if plan.floating:
        return f"{reading - A_SECOND:%Y%m%dT%H%M%S}"
    return f"{at.astimezone(UTC) - A_SECOND:%Y%m%dT%H%M%SZ}"


def _at(reading: datetime, zone: str) -> datetime:
    return instant_of(reading, zone).astimezone(ZoneInfo(zone))

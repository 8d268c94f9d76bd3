"""The plan form: what was typed, kept word for word; the plan that it makes; and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from services.calendar.domain.plans import Audience, Borrowed, EventKind, EventPlan
from services.calendar.pages import words
from shared.i18n import say
from shared.reasons import AUDIENCE_LABELS

COORDINATES = re.compile(r"-?\d{1,3}[.,]\d+")
UNTIL = re.compile(r";?(UNTIL|COUNT)=[^;]*")
MONTHS = re.compile(r";BYMONTH=([\d,]+)")
EVERY_MONTH = tuple(str(month) for month in range(1, 13))
LONGEST_TITLE = 300
FIRST_YEAR, LAST_YEAR = 1900, 2999
MOST_WEEKS = 104


class Fault(NamedTuple):
    """One thing that is wrong: the field's id and a sentence."""

    field: str
    text: str


@dataclass(frozen=True)
class Typed:
    """Everything that was typed into the plan form, as text; `point` is "latitude, longitude"."""

    title: str = ""
    kind: str = "other"
    description: str = ""
    host_ids: tuple[str, ...] = ()
    starts_on: str = ""
    starts_time: str = ""
    ends_on: str = ""
    ends_time: str = ""
    all_day: bool = False
    repeat: str = ""
    until_on: str = ""
    not_in: tuple[str, ...] = ()
    """Months, 1 to 12, in which a series pauses."""
    venue_id: str = ""
    point: str = ""
    audiences: tuple[str, ...] = ()
    themes: str = ""
    expected_participants: str = ""
    needs: str = ""
    borrowed: Mapping[str, str] = field(default_factory=dict)
    exdates: tuple[str, ...] = ()
    """Days of a series that are left out."""
    reason: str = ""
    version: str = ""
    key: str = ""
    """Made with the form: the same form sent twice plans one event."""


TEXTS = tuple(name for name, made in Typed.__dataclass_fields__.items() if made.type in (str, "str"))


def typed_of_form(form: FormData) -> Typed:
    """Read the form as it was sent."""
    texts = {name: str(form.get(name, "")).strip() for name in TEXTS}
    return Typed(
        **texts,
        host_ids=tuple(str(one) for one in form.getlist("host_ids")),
        audiences=tuple(str(one) for one in form.getlist("audiences")),
        exdates=tuple(str(one) for one in form.getlist("exdates")),
        not_in=tuple(one for one in EVERY_MONTH if one in form.getlist("not_in")),
        all_day=form.get("all_day") == "yes",
        borrowed={
            name.removeprefix("borrow_"): str(value).strip()
            for name, value in form.items()
            if name.startswith("borrow_") and str(value).strip()
        },
    )


def typed_of_plan(plan: EventPlan, version: int) -> Typed:
    """Fill the form with a stored plan."""
    last = plan.ends_at - timedelta(days=1) if plan.all_day else plan.ends_at
    repeat, until_on, not_in = _typed_rule(plan)
    return Typed(
        title=plan.title,
        kind=plan.kind,
        description=plan.description,
        host_ids=plan.host_ids,
        starts_on=plan.starts_at.date().isoformat(),
        starts_time="" if plan.all_day else plan.starts_at.strftime("%H:%M"),
        ends_on=last.date().isoformat() if last.date() != plan.starts_at.date() else "",
        ends_time="" if plan.all_day else plan.ends_at.strftime("%H:%M"),
        all_day=plan.all_day,
        repeat=repeat,
        until_on=until_on,
        not_in=not_in,
        venue_id=plan.venue_id or "",
        point="" if plan.latitude is None else f"{plan.latitude}, {plan.longitude}",
        audiences=tuple(plan.audiences),
        themes=", ".join(plan.themes),
        expected_participants=str(plan.expected_participants or ""),
        needs="\n".join(plan.needs),
        borrowed={one.resource_id: str(one.quantity) for one in plan.borrowed},
        exdates=tuple(at.date().isoformat() for at in plan.exdates if _is_usual(at, plan)),
        version=str(version),
    )


def _is_usual(left_out: datetime, plan: EventPlan) -> bool:
    """Say whether a date that is left out is one at the usual hour: the form knows it by its day."""
    return left_out.astimezone(plan.starts_at.tzinfo).time() == plan.starts_at.time()


def _typed_rule(plan: EventPlan) -> tuple[str, str, tuple[str, ...]]:
    """Split a rule into what the list of repetitions says, the last day, and the months in which it pauses."""
    if not plan.rrule:
        return "", "", ()
    until = re.search(r"UNTIL=(\d{4})(\d{2})(\d{2})", plan.rrule)
    months = MONTHS.search(plan.rrule)
    bare = MONTHS.sub("", UNTIL.sub("", plan.rrule))
    if bare not in words.REPEATS or "COUNT=" in plan.rrule:
        return plan.rrule, "", ()
    kept = months[1].split(",") if months else EVERY_MONTH
    return bare, "-".join(until.groups()) if until else "", tuple(one for one in EVERY_MONTH if one not in kept)


def plan_of_typed(typed: Typed, zone: ZoneInfo, base: EventPlan | None = None) -> tuple[EventPlan | None, list[Fault]]:
    """Make the plan that was typed, and say what is wrong; there is a plan as soon as its time can be read.

    `base` is the stored plan that is edited: what the form does not ask stays as it is.
    """
    faults: list[Fault] = []
    span = _span(typed, zone, faults)
    point = _point(typed.point, faults)
    expected = _whole_number("expected_participants", typed.expected_participants, faults)
    borrowed = _borrowed(typed.borrowed, faults)
    if not typed.title:
        faults.insert(0, Fault("title", say("Say what is planned.")))
    elif len(typed.title) > LONGEST_TITLE:
        faults.insert(0, Fault("title", say("Say it in fewer words.")))
    if not typed.host_ids:
        faults.append(Fault("host_ids", say("Choose at least one organisation that plans it.")))
    if span is None:
        return None, faults
    draft = base or EventPlan(title="", starts_at=span[0], ends_at=span[1], zone=zone.key)
    plan = replace(
        draft,
        title=typed.title or say("Your event"),
        kind=cast(EventKind, typed.kind if typed.kind in words.KINDS else "other"),
        description=typed.description,
        starts_at=span[0],
        ends_at=span[1],
        zone=zone.key,
        all_day=typed.all_day,
        rrule=_rule(typed, zone, faults),
        exdates=_left_out(typed, span[0], draft),
        venue_id=typed.venue_id or None,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        host_ids=typed.host_ids,
        audiences=cast(tuple[Audience, ...], tuple(one for one in typed.audiences if one in AUDIENCE_LABELS)),
        themes=tuple(theme.strip() for theme in typed.themes.split(",") if theme.strip()),
        expected_participants=expected,
        needs=tuple(line.strip() for line in typed.needs.splitlines() if line.strip()),
        borrowed=borrowed,
        uid=draft.uid or typed.key or None,
    )
    return plan, faults


def _span(typed: Typed, zone: ZoneInfo, faults: list[Fault]) -> tuple[datetime, datetime] | None:
    first, last = read_day(typed.starts_on), read_day(typed.ends_on or typed.starts_on)
    if first is None:
        faults.append(Fault("starts_on", say("Choose the day.")))
        return None
    if last is None:
        faults.append(Fault("ends_on", say("The last day is not a date.")))
        return None
    if typed.all_day:
        starts_at, ends_at = datetime.combine(first, time.min, zone), datetime.combine(last, time.min, zone)
        ends_at += timedelta(days=1)
    else:
        begins, ends = _hour(typed.starts_time), _hour(typed.ends_time)
        if begins is None:
            faults.append(Fault("starts_time", say("Choose the time at which it begins.")))
        if ends is None:
            faults.append(Fault("ends_time", say("Choose the time at which it ends.")))
        if begins is None or ends is None:
            return None
        starts_at, ends_at = datetime.combine(first, begins, zone), datetime.combine(last, ends, zone)
    if ends_at <= starts_at:
        name = "ends_on" if typed.all_day else "ends_time"
        faults.append(Fault(name, say("It must end after it begins. If it ends on another day, say which.")))
        return None
    return starts_at, ends_at


def _rule(typed: Typed, zone: ZoneInfo, faults: list[Fault]) -> str | None:
    """Write the recurrence rule (RFC 5545 §3.3.10); the last day counts to its end, where the event is."""
    if not typed.repeat:
        return None
    until = read_day(typed.until_on)
    if typed.until_on and (until is None or typed.until_on < typed.starts_on):
        faults.append(Fault("until_on", say("The last day must be after the first.")))
        return None
    if typed.repeat not in words.REPEATS:
        return typed.repeat
    months = [one for one in EVERY_MONTH if one not in typed.not_in]
    if str(int(typed.starts_on[5:7])) not in months:
        faults.append(Fault("not_in", say("It cannot begin in a month in which it pauses.")))
        return None
    repeat = f"{typed.repeat};BYMONTH={','.join(months)}" if typed.not_in else typed.repeat
    if until is None:
        return repeat
    if typed.all_day:
        return f"{repeat};UNTIL={until:%Y%m%d}"
    end = datetime.combine(until, time(23, 59, 59), zone).astimezone(UTC)
    return f"{repeat};UNTIL={end:%Y%m%dT%H%M%SZ}"


def _left_out(typed: Typed, starts_at: datetime, draft: EventPlan) -> tuple[datetime, ...]:
    """Name the dates that are left out by their starts; those that the form does not know stay."""
    if not typed.repeat:
        return ()
    days = [day for text in typed.exdates if (day := read_day(text))]
    kept = [at for at in draft.exdates if not _is_usual(at, draft)]
    return (*kept, *(datetime.combine(day, starts_at.time(), starts_at.tzinfo) for day in days))


def _point(text: str, faults: list[Fault]) -> tuple[float, float] | None:
    if not text:
        return None
    numbers = [float(number.replace(",", ".")) for number in COORDINATES.findall(text)]
    if len(numbers) == 2 and abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180:
        return numbers[0], numbers[1]
    faults.append(Fault("point", say("Two numbers are needed, for example 50.0885, 19.9110.")))
    return None


def _whole_number(name: str, text: str, faults: list[Fault]) -> int | None:
    if not text:
        return None
    if text.isdecimal() and len(text) <= 6:
        return int(text)
    faults.append(Fault(name, say("This must be a whole number.")))
    return None


def _borrowed(typed: Mapping[str, str], faults: list[Fault]) -> tuple[Borrowed, ...]:
    numbers = {one: _whole_number(f"borrow_{one}", text, faults) for one, text in typed.items()}
    return tuple(Borrowed(one, number) for one, number in numbers.items() if number)


def read_day(text: str) -> date | None:
    """Read a day as the native date field writes it; none where it is not one, or lies at an end of time."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def with_times(typed: Typed, starts_at: datetime, ends_at: datetime) -> Typed:
    """Put another time into the form: a free slot that was chosen; both are local and half-open."""
    last = ends_at - timedelta(days=1) if typed.all_day else ends_at
    return replace(
        typed,
        starts_on=starts_at.date().isoformat(),
        starts_time="" if typed.all_day else starts_at.strftime("%H:%M"),
        ends_on=last.date().isoformat() if last.date() != starts_at.date() else "",
        ends_time="" if typed.all_day else ends_at.strftime("%H:%M"),
    )


def with_plan(typed: Typed, plan: EventPlan, zone: ZoneInfo) -> Typed:
    """Put a changed plan into the form: its times, its repetition, what is left out, its venue."""
    local = replace(plan, starts_at=plan.starts_at.astimezone(zone), ends_at=plan.ends_at.astimezone(zone))
    told = typed_of_plan(local, 0)
    return replace(
        with_times(typed, local.starts_at, local.ends_at),
        repeat=told.repeat,
        until_on=told.until_on,
        not_in=told.not_in,
        exdates=told.exdates,
        venue_id=told.venue_id,
    )


def in_weeks(typed: Typed, weeks: int, left_out: Iterable[str] = ()) -> Typed:
    """Let what was typed repeat every week, so many weeks, without some days."""
    first = read_day(typed.starts_on)
    if first is None or not 1 < weeks <= MOST_WEEKS:
        return typed
    until = first + timedelta(weeks=weeks - 1)
    return replace(typed, repeat="FREQ=WEEKLY", until_on=until.isoformat(), exdates=tuple(left_out))

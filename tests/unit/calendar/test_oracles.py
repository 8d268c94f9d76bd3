"""Every file of ../shared/data/ics, and our own: the dates are those of recurring-ical-events and of dateutil.

Where they differ, `DIFFERENCES` says who is right and why; a difference that is gone, or new, fails.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from icalendar import Calendar

from services.calendar.domain.dates import dates_between, rule_of
from services.calendar.domain.importing import UnreadableCalendar, read_calendar
from services.calendar.domain.importing.series import (
    Series,
    fields_of,
    merged,
    override_of,
    periods_of,
    plan_from,
    series_of,
)
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.recurrence import Rule, occurrences
from services.calendar.domain.recurrence.wall_clock import reading_of

ROOT = Path(__file__).resolve().parents[3]
NOT_ASKED = {"bomb": "a rule of every second: the oracles follow it to its end; how we cut it, test_recurrence says"}
FOUND = sorted([*(ROOT / "tests/data/ics").glob("*.ics"), *(ROOT.parent / "shared/data/ics").glob("*.ics")])
FILES = [file for file in FOUND if file.stem not in NOT_ASKED]
HOME = ZoneInfo("Europe/Warsaw")
AHEAD = timedelta(days=800)
A_DAY = timedelta(days=1)
Difference = tuple[str, str]

DIFFERENCES: dict[Difference, str] = {}


def plans_of(data: bytes) -> Iterator[tuple[str, EventPlan]]:
    """Make the plan of each series of a file, as an import does."""
    for series in series_of(read_calendar(data, zone=HOME.key).items):
        plan = plan_of(series)
        if plan is not None:
            yield series.uid, plan


def plan_of(series: Series) -> EventPlan | None:
    whole = next((one for one in series.items if one.recurrence_id is None and not one.cancelled), None)
    if whole is None or whole.event is None:
        return None
    parts = [(one, one.event) for one in series.items if one.recurrence_id is not None and one.event is not None]
    overrides = [override_of(one, event, whole.event.title) for one, event in parts]
    fields = fields_of(whole, whole.event, {})
    fields["overrides"] = merged((), [*periods_of(whole.event), *(one for one in overrides if one is not None)])
    return plan_from(fields, uid=series.uid, source="file", host_id="host")


def of_one(calendar: Calendar, uid: str) -> Calendar:
    """Give a calendar of one UID and its zones: one bad event shall not hide the others from the oracle."""
    found = Calendar()
    for part in calendar.subcomponents:
        own = str(part.get("UID", "")) == uid or ("UID" not in part and uid.endswith("@no-uid"))
        if part.name == "VTIMEZONE" or (part.name == "VEVENT" and own):
            found.add_component(part)
    return found


def instant(value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=HOME).astimezone(UTC)
    return (value.replace(tzinfo=HOME) if value.tzinfo is None else value).astimezone(UTC)


def by_oracle(calendars: list[Calendar], uid: str, low: datetime, high: datetime) -> set[datetime] | str:
    """Give the starts that recurring-ical-events finds, or the name of the exception with which it gives up."""
    try:
        return {
            instant(event["DTSTART"].dt)
            for calendar in calendars
            for event in recurring_ical_events.of(of_one(calendar, uid)).between(low, high)
            if str(event.get("STATUS", "")) != "CANCELLED"
        }
    except Exception as fault:
        return type(fault).__name__


def differences_of(file: Path) -> set[Difference]:
    data = file.read_bytes()
    try:
        ours = list(plans_of(data))
    except UnreadableCalendar:
        return {(file.stem, "no calendar")}
    try:
        calendars = Calendar.from_ical(data, multiple=True)
    except ValueError:
        return {(file.stem, "unread by icalendar")}
    found = set()
    for uid, plan in ours:
        low = min([plan.starts_at, *plan.rdates, *(one.starts_at for one in plan.overrides)]) - A_DAY
        starts = {datetime.fromtimestamp(one.start, UTC) for one in dates_between(plan, low, low + AHEAD, 5_000)}
        theirs = by_oracle(calendars, uid, low, low + AHEAD)
        if starts != theirs:
            found.add((file.stem, theirs if isinstance(theirs, str) else uid))
        if plan.rrule and not follows_dateutil(plan, low):
            found.add((file.stem, f"dateutil {uid}"))
    return found


def follows_dateutil(plan: EventPlan, low: datetime) -> bool:
    """Say whether the bare rule has the wall-clock starts that dateutil gives it."""
    rule: Rule = rule_of(plan)
    first = reading_of(plan.starts_at, plan.zone)
    bare = Rule(rule.starts_at, rule.ends_at, rule.zone, rule.all_day, rule.rrule)
    ours = [reading_of(one.starts_at, plan.zone) for one in occurrences(bare, low, low + AHEAD, 5_000)]
    theirs = rrulestr(f"RRULE:{plan.rrule}", dtstart=first).between(first, reading_of(low + AHEAD, plan.zone), inc=True)
    return ours == sorted({first, *theirs})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_dates_of_each_file_are_those_of_the_oracles_or_the_table_says_why_not(file):
    assert differences_of(file) == {one for one in DIFFERENCES if one[0] == file.stem}

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
NOT_ASKED = {
    "bomb": "a rule of every second: the oracles follow it to its end; how we cut it, test_recurrence says",
    "cut-off": "the file ends within an event: icalendar then gives none at all, we give those before",
    "odd-events": "an event that is not closed: icalendar takes the others for parts of it; test_importing has each",
}
FOUND = sorted([*(ROOT / "tests/data/ics").glob("*.ics"), *(ROOT.parent / "shared/data/ics").glob("*.ics")])
FILES = [file for file in FOUND if file.stem not in NOT_ASKED]
HOME = ZoneInfo("Europe/Warsaw")
AHEAD = timedelta(days=800)
A_DAY = timedelta(days=1)
Difference = tuple[str, str]

NONE = "no calendar: we refuse the file whole and say so; the oracle has no date of it either"
ENDLESS = "DTEND or DURATION cannot be read: the oracle gives up, we keep the start, assume an hour and note it"
NO_START = "an event without DTSTART: the oracle gives up on it, we refuse or repair it with a note and keep the others"
UNTIL_OF_DAYS = "UNTIL=20080323T235959Z of an all-day rule: dateutil reads the instant, in Warsaw the 24th; we its day"
DIFFERENCES: dict[Difference, str] = {
    (
        "kinds-of-time",
        "mixed-start",
    ): "a date that ends at a time: the oracle has it begin at midnight in UTC, we at ours",
    ("zones", "far-offset"): "TZID “UTC-05:00”: the oracle takes the time for a floating one, we read the offset",
    ("america_new_york_forward_reference", "AttributeError"): "DTSTART twice: the oracle gives up, we take the first",
    ("pacific_fiji", "AttributeError"): "DTSTART twice: the oracle gives up, we take the first",
    ("broken_ical", "KeyError"): "“DTSTART;;VALUE=”: the oracle sees no start, we read it",
    ("created_calendar_with_unicode_fields", "KeyError"): NO_START,
    ("issue_722_missing_timezones", "KeyError"): NO_START,
    ("invalid_duration", "BrokenCalendarProperty"): ENDLESS,
    ("issue_104_broken_calendar", "unread by icalendar"): "one bad line: icalendar loses the file, we keep its event",
    ("parsing_error_in_UTC_offset", "unread by icalendar"): "a zone of +5744: icalendar loses the file, we its zone",
    ("issue_1081_invalid_rrule_freq", "BadRuleStringFormat"): "no rule at all: the oracle gives up, we keep one date",
    ("issue_165_missing_event", "BadRuleStringFormat"): "a rule with escaped commas: the oracle gives up, we read it",
    ("rfc_7529", "BadRuleStringFormat"): "RSCALE, which nobody here follows: we keep the first date and note it",
    (
        "issue_1633_rdate_with_dates",
        "1",
    ): "a period of days for a timed event: the oracle adds a midnight, we its own hour",
    ("issue_1633_rdate_with_dates_and_tzid", "1"): "as above",
    (
        "multiple_timezones",
        "TypeError",
    ): "RDATE of times without days: the oracle gives up, we leave them out and note it",
    ("parsing_error", "BrokenCalendarProperty"): "an empty EXDATE: the oracle gives up, we leave it out and note it",
    ("parsing_error", "dateutil b78b0f0fe4c3406e9992653140ac29df@no-uid"): UNTIL_OF_DAYS,
    ("parsing_error", "dateutil beac908e73f42c2e1fe6398c17e6cdf8@no-uid"): UNTIL_OF_DAYS,
    **dict.fromkeys(
        [
            (stem, "no calendar")
            for stem in (
                "not-a-calendar",
                "fuzz_testcase_0_char_in_component_name",
                "fuzz_testcase_invalid_month",
                "fuzz_testcase_vtimezone_lone_cr",
                "issue_178_component_with_invalid_name_represented",
                "issue_178_custom_component_contains_other",
                "issue_82_expected_output",
            )
        ],
        NONE,
    ),
}


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
    bare = Rule(rule.starts_at, rule.ends_at, rule.zone, rule.all_day, rule.rrule)
    ours = [reading_of(one.starts_at, plan.zone) for one in occurrences(bare, low, low + AHEAD, 5_000)]
    first, end = (at.astimezone(ZoneInfo(plan.zone)) for at in (plan.starts_at, low + AHEAD))
    try:
        given = rrulestr(f"RRULE:{plan.rrule}", dtstart=first)
    except ValueError:  # dateutil wants an UNTIL without a zone beside a start without one
        first, end = (at.replace(tzinfo=None) for at in (first, end))
        given = rrulestr(f"RRULE:{plan.rrule}", dtstart=first)
    return ours == sorted({at.replace(tzinfo=UTC) for at in (first, *given.between(first, end, inc=True))})


@pytest.mark.filterwarnings("ignore::icalendar.error.GloballyUniqueTZIDGuessed")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_dates_of_each_file_are_those_of_the_oracles_or_the_table_says_why_not(file):
    assert differences_of(file) == {one for one in DIFFERENCES if one[0] == file.stem}

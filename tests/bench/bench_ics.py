"""Calendar files: reading one of 10,000 events, expanding 1,000 weekly rules over two years, writing 10,000 events.

The peers are the libraries that others use for the same work, on the same input, in turns in the same run: icalendar
for reading and writing, dateutil for expanding.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from services.calendar.domain.exporting import calendar_text
from services.calendar.domain.importing import read_calendar
from services.calendar.domain.importing.decisions import Known, plan_import
from services.calendar.domain.recurrence import Rule, occurrences
from tests.bench import corpus, figures

EVENTS, RULES, ROUNDS = corpus.EVENTS, 1_000, 3
WARSAW = ZoneInfo("Europe/Warsaw")
WINDOW = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def main() -> None:
    """Measure, print and write `build/bench/ics.json`."""
    figures.write("ics", list(_figures()))


def _figures() -> Iterator[dict[str, Any]]:
    sent = list(corpus.events(EVENTS))
    data = b"".join(calendar_text(sent, name="bench", url="http://127.0.0.1/calendar/feed.ics"))
    parsed = Calendar.from_ical(data)
    megabytes = len(data) / 1e6

    ours, peer = _in_turns(lambda: _import(data), lambda: Calendar.from_ical(data))
    name = f"ics: import of {EVENTS} events, {megabytes:.1f} MB, read and decided"
    yield figures.row(name, ours * 1000, "ms", peer * 1000, "≤ 0.5 × icalendar", 0.5)

    rules = list(_rules())
    ours, peer = _in_turns(lambda: _expand(rules), lambda: _expand_with_dateutil(rules))
    name = f"ics: {RULES} weekly rules × 2 years, in instants"
    yield figures.row(name, ours * 1000, "ms", peer * 1000, "≤ 0.5 × dateutil", 0.5)

    ours, peer = _in_turns(lambda: list(calendar_text(sent, name="bench", url="http://x/")), parsed.to_ical)
    name = f"ics: export of {EVENTS} events"
    yield figures.row(name, ours * 1000, "ms", peer * 1000, "≤ 0.5 × icalendar", 0.5)


def _in_turns(ours: Callable[[], Any], peer: Callable[[], Any]) -> tuple[float, float]:
    """Take the best of a few rounds of each, so that noise falls on both alike."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for which, work in enumerate((ours, peer)):
            began = time.perf_counter()
            work()
            took[which].append(time.perf_counter() - began)
    return min(took[0]), min(took[1])


def _import(data: bytes) -> None:
    items = read_calendar(data, zone="Europe/Warsaw").items
    assert len(items) == EVENTS
    known: dict[tuple[str, str | None], Known] = {}
    assert {one.action for one in plan_import(items, known)} == {"imported"}


def _rules() -> Iterator[Rule]:
    for number in range(RULES):
        start = corpus.BEGIN + timedelta(days=number % 28, hours=8 + number % 10)
        yield Rule(start, start + timedelta(hours=2), "Europe/Warsaw", rrule="FREQ=WEEKLY")


def _expand(rules: list[Rule]) -> int:
    return sum(len(occurrences(rule, *WINDOW)) for rule in rules)


def _expand_with_dateutil(rules: list[Rule]) -> int:
    """Expand on the wall clock, the fastest way that dateutil has, and bring each date to an instant."""
    low, high = (at.replace(tzinfo=None) for at in WINDOW)
    count = 0
    for rule in rules:
        dates = rrulestr(f"RRULE:{rule.rrule}", dtstart=rule.starts_at.replace(tzinfo=None)).between(low, high)
        count += len([at.replace(tzinfo=WARSAW).astimezone(UTC) for at in dates])
    return count


if __name__ == "__main__":
    main()

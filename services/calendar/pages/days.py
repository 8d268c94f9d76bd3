"""Days: which dates stand under which day, read on the neighbourhood's clock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.calendar.queries import AgendaItem

LONGEST_REPEATED = 7
"""What lasts more days than a week stands once, and says until when."""
NIGHT_ENDS = time(6)
"""What is over by then belongs to the evening on which it began."""


@dataclass(frozen=True)
class OnDay:
    """One date as it stands under one day: the `number`th of its `total` days."""

    item: AgendaItem
    number: int
    total: int
    last: date


def days_of(item: AgendaItem, zone: ZoneInfo) -> tuple[date, date]:
    """Give the first and the last day of a date; all-day ones count where they are, others on our clock."""
    if item.all_day:
        first = item.starts_at.date()
        return first, max(first, item.ends_at.date() - timedelta(days=1))
    start, end = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
    last = (end - timedelta(microseconds=1)).date() if end > start else start.date()
    if last == start.date() + timedelta(days=1) and end.time() <= NIGHT_ENDS and end.date() == last:
        last = start.date()
    return start.date(), last


def by_day(
    items: Iterable[AgendaItem], first: date, last: date, zone: ZoneInfo, longest: int = LONGEST_REPEATED
) -> list[tuple[date, Sequence[OnDay]]]:
    """Put dates under the days from `first` to `last` on which they are; days on which nothing is are left out."""
    days: dict[date, list[OnDay]] = defaultdict(list)
    for item in items:
        begins, ends = days_of(item, zone)
        total = (ends - begins).days + 1
        day = max(first, begins)
        shown = ends if total <= longest else day
        while day <= min(shown, last):
            days[day].append(OnDay(item, (day - begins).days + 1, total, ends))
            day += timedelta(days=1)
    return [(day, sorted(days[day], key=_on_the_clock)) for day in sorted(days)]


def _on_the_clock(one: OnDay) -> tuple[bool, datetime]:
    """Put what lasts the whole day before what has its hour."""
    return not (one.item.all_day or one.number > 1), one.item.starts_at

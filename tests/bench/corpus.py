"""The corpus that calendars are compared on: events as institutions write them, seven of ten single, three weekly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.exporting import ExportedEvent, calendar_text

EVENTS = 10_000
BEGIN = datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Warsaw"))


def events(most: int = EVENTS, begin: datetime = BEGIN) -> Iterator[ExportedEvent]:
    """Make so many events over about two years; the weekly ones have thirty dates, one of them left out."""
    for number in range(most):
        start = begin + timedelta(days=number % 700, hours=8 + number % 10)
        weekly = number % 10 < 3
        yield ExportedEvent(
            uid=f"{number}@bench.example.org",
            title=f"Zajęcia nr {number}: gimnastyka dla seniorów",
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            zone="Europe/Warsaw",
            changed_at=datetime(2026, 1, 1, tzinfo=UTC),
            description="Prosimy o wygodny strój, obuwie na zmianę; wstęp wolny.\nZapisy w Klubie.",
            rrule="FREQ=WEEKLY;COUNT=30" if weekly else None,
            exdates=(start + timedelta(weeks=2),) if weekly else (),
            location="Klub Seniora, ul. Jaremy 1",
            latitude=50.09,
            longitude=19.92,
            categories=("sport", "zdrowie"),
            url=f"http://127.0.0.1/calendar/events/{number}",
        )


def calendar_file(most: int = EVENTS, begin: datetime = BEGIN) -> bytes:
    """Write the corpus as one iCalendar file."""
    return b"".join(calendar_text(list(events(most, begin)), name="bench", url="http://127.0.0.1/calendar/feed.ics"))

"""The one place that asks what time it is; everything that thinks is told."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Give this instant, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Give the day that it is in an IANA zone; the neighbourhood's stands in the settings."""
    return now().astimezone(ZoneInfo(zone)).date()

"""The one place that asks what time it is; everything that thinks is told."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give this instant, in UTC."""
    return datetime.now(UTC)

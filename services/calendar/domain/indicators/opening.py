"""The hours in which a venue is open during a period, as seconds."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import merged
from services.calendar.domain.indicators.periods import Period
from services.calendar.domain.indicators.rows import Span
from shared.opening import hours_on, is_readable


def open_spans(text: str, period: Period) -> list[Span] | None:
    """Give when a venue is open, in order and apart; none where its text is not in the syntax."""
    if not is_readable(text):
        return None
    days = (period.last_on - period.first_on).days + 1
    hours = (span for number in range(days) for span in hours_on(text, period.first_on + timedelta(days=number)))
    zone = ZoneInfo(period.zone)
    spans = ((_seconds(start, zone), _seconds(end, zone)) for start, end in hours)
    return merged(span for span in spans if span[0] < span[1])  # hours that the clocks leave out are none


def _seconds(local: datetime, zone: ZoneInfo) -> int:
    return int(local.replace(tzinfo=zone).timestamp())

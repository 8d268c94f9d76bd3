"""The wall clock of a zone: what a clock on the wall reads, and which instant that is.

A reading is kept as a datetime labelled UTC: its arithmetic is the wall's (a day later is the same time of day), and
`reading - offset` is the instant.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NEARLY_A_DAY = time(23, 59, 59, 999_999)


@lru_cache(maxsize=8_192)
def _offset_of_day(zone: str, ordinal: int) -> timedelta | None:
    """Give the offset that holds for the whole of a local day, or none on a day on which it changes."""
    day = date.fromordinal(ordinal)
    first, last = (datetime.combine(day, at, ZoneInfo(zone)).utcoffset() for at in (time.min, NEARLY_A_DAY))
    return first if first == last else None


def read_zones_anew() -> None:
    """Read every zone again when it is next asked for: the machine's time zone data may have changed."""
    ZoneInfo.clear_cache()
    _offset_of_day.cache_clear()


def instant_of(reading: datetime, zone: str) -> datetime:
    """Give the instant (UTC) at which the wall clock of `zone` shows `reading`.

    A time that the night skips is read with the offset before the gap, so it falls as much later; of a time that comes
    twice the first is meant (RFC 5545 §3.3.5).
    """
    offset = _offset_of_day(zone, reading.toordinal())
    if offset is None:
        offset = reading.replace(tzinfo=ZoneInfo(zone), fold=0).utcoffset() or timedelta()
    return reading - offset


def reading_of(moment: datetime, zone: str) -> datetime:
    """Give what the wall clock of `zone` reads at an instant.

    A moment that is already told in that zone keeps its reading, also one that the night skips.
    """
    if not (isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key == zone):
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.replace(tzinfo=UTC, fold=0)

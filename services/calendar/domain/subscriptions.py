"""Subscriptions: which addresses a calendar may be fetched from, and when it is fetched again."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

LONGEST_ADDRESS = 2_000
LONGEST_PAUSE = timedelta(days=1)
LONGEST_RETRY_AFTER = timedelta(days=7)
JITTER = 0.2
FETCHES_MISSED = 2
"""An item that a calendar has not had for so many fetches in a row is off."""


class AddressRefused(ValueError):
    """No calendar is fetched from this address; the text is an English gettext source."""


def fetched_from(text: str, *, own: str, http_allowed: bool) -> str:
    """Give the address at which a calendar is fetched: `webcal:` means https. Raises AddressRefused.

    `own` is our own public address: a calendar that subscribes to itself would go round and round.
    """
    text = text.strip()
    scheme, _, rest = text.partition("://")
    address = f"https://{rest}" if scheme.lower() in ("webcal", "webcals") else text
    try:
        parts = urlsplit(address)
        has_host, port = bool(parts.hostname), parts.port
    except ValueError:
        raise AddressRefused("This is not an address of a calendar") from None
    if not has_host or len(address) > LONGEST_ADDRESS or not text.isprintable() or " " in text or port == 0:
        raise AddressRefused("This is not an address of a calendar")
    if parts.scheme.lower() not in (("https", "http") if http_allowed else ("https",)):
        raise AddressRefused("The address must begin with https://")
    if parts.username or parts.password:
        raise AddressRefused("An address with a name or password in it is not kept")
    if parts.netloc.lower() == urlsplit(own).netloc.lower():
        raise AddressRefused("This is the address of this very calendar")
    return address


def next_fetch(
    now: datetime, *, every: timedelta, failures: int, chance: float, retry_after: timedelta | None = None
) -> datetime:
    """Say when to fetch again: after `every`, twice as long after each failure in a row, a day at most.

    `chance` (0 to 1) spreads calendars that began together; `retry_after` is what their server asked for.
    """
    pause = min(every * (1 << min(failures, 16)), max(LONGEST_PAUSE, every)) * (1 + JITTER * (2 * chance - 1))
    return now + max(pause, min(retry_after or timedelta(), LONGEST_RETRY_AFTER))


def retry_after_of(header: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After: seconds, or a date (RFC 9110 §10.2.3); what is neither says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(LONGEST_RETRY_AFTER.total_seconds())))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(until - now, timedelta())

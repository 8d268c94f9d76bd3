"""When which signing key is used: keys overlap, so that every service has the next one before it is needed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

KEY_LIFETIME = timedelta(days=90)
OVERLAP = timedelta(days=14)
"""The next key is made and published so long before the present one expires."""
LEAD = timedelta(hours=1)
"""A key that follows another one signs only after it has travelled so long."""
TOKEN_LIFETIME = timedelta(minutes=15)
"""A key must outlive the last token that it signs."""


@dataclass(frozen=True)
class KeyTimes:
    """When a key begins to sign and when nothing signed by it holds any more."""

    id: str
    not_before_at: datetime
    expires_at: datetime


def first_key_times(now: datetime) -> tuple[datetime, datetime]:
    """Give the span of the very first key: there is nobody to wait for."""
    return now, now + KEY_LIFETIME


def next_key_times(now: datetime) -> tuple[datetime, datetime]:
    """Give the span of a key that follows another one."""
    return now + LEAD, now + LEAD + KEY_LIFETIME


def signing_key_of(keys: tuple[KeyTimes, ...], now: datetime) -> KeyTimes | None:
    """Choose the newest key that may sign a token now, or none."""
    usable = [key for key in keys if key.not_before_at <= now < key.expires_at - TOKEN_LIFETIME]
    return max(usable, key=lambda key: key.not_before_at, default=None)


def needs_next_key(keys: tuple[KeyTimes, ...], now: datetime) -> bool:
    """Say whether it is time to make the next key: none will sign any more when the overlap is over."""
    return not any(key.expires_at - OVERLAP > now for key in keys)

"""How long the keys of programs hold, and what state one is in."""

from datetime import datetime, timedelta
from typing import Literal

KEY_LIFETIME = timedelta(days=365)
LONGEST_KEY_LIFETIME = timedelta(days=731)
MOST_KEYS = 50
"""Nobody has more keys that hold than that."""

KeyState = Literal["valid", "expired", "revoked"]


def expiry_of(wanted_at: datetime | None, now: datetime) -> datetime | None:
    """Give when a new key is over: in a year when nothing is wanted; none when that is past or too far away."""
    if wanted_at is None:
        return now + KEY_LIFETIME
    return wanted_at if now < wanted_at <= now + LONGEST_KEY_LIFETIME else None


def key_state(expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> KeyState:
    """Say whether a key still opens anything."""
    if revoked_at is not None:
        return "revoked"
    return "expired" if expires_at is not None and expires_at <= now else "valid"

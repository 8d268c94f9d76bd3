"""Addresses of other networks, as apprise writes them: which may be used, how they are shown, when they are retried."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

OffBecause = Literal["failing", "not_allowed", "rights_ended"]
"""Nothing got through any more, the operator allows the scheme no more, or who made it may not any more."""

SHAPE = re.compile(r"([a-z][a-z0-9+.-]{0,39})://[\x21-\x7e]{1,960}", re.IGNORECASE)
MOST_ADDRESSES = 5
"""So many has a person, and so many has an organisation."""
WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 6 * 3600, 24 * 3600))
"""How long after each failure it is tried again: seven tries in about a day and a half."""
JITTER = 0.2
"""A wait is longer by up to this part of it, so that what failed together does not come back together."""


def scheme_of(url: str) -> str:
    """Name the scheme of an address in small letters; empty, where it has none."""
    match = SHAPE.fullmatch(url)
    return match[1].lower() if match else ""


def fault_of(url: str, allowed: Collection[str]) -> str | None:
    """Say what is wrong with an address, as a gettext source string, or none; `allowed` are schemes."""
    scheme = scheme_of(url)
    if not scheme:
        return "This is not an address as apprise writes them; one looks like ntfys://ntfy.sh/my-topic."
    if scheme not in allowed:
        return "Addresses of this kind are not allowed here."
    return None


def masked(scheme: str) -> str:
    """Show an address to whom it belongs: all but its scheme may be a secret."""
    return f"{scheme}://…"


def wait_before(attempts: int, chance: float) -> timedelta | None:
    """Give the wait after so many failed tries, or none when that was the last; `chance` is from 0 to 1."""
    return WAITS[attempts - 1] * (1 + JITTER * chance) if attempts <= len(WAITS) else None


def is_hopeless(written_at: datetime, reached_at: datetime | None) -> bool:
    """Say whether a message that was given up shows that nobody is there: nothing got through since it was written."""
    return reached_at is None or reached_at < written_at

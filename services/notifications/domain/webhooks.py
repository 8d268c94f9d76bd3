"""Webhooks: what can be sent to a program, to which address, when again after a failure, and when never again."""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from services.notifications.domain.plans import KINDS, AlertKind

TEST = "webhook.test"
"""The type of a message that is about nothing, and but shows that messages arrive."""
FOLLOWED: frozenset[AlertKind] = frozenset({"event_planned", "event_moved", "event_cancelled"})
"""Told to those who follow something; what somebody follows is nobody else's business."""
WEBHOOK_KINDS: tuple[AlertKind, ...] = tuple(kind for kind in KINDS if kind not in FOLLOWED)
MOST_WEBHOOKS = 10
"""So many has an organisation, and so many have the administrators."""
LONGEST_ANSWER = 300
"""So many characters of what a receiver answers are kept."""
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""How long after each failure a message is sent again, as Standard Webhooks proposes: ten tries in about three days."""
JITTER = 0.1
"""A wait is longer by up to this part of it, so that what failed together does not come back together."""

DisabledBecause = Literal["gone", "failing", "rights_ended"]
"""Its receiver said 410, nothing got through for all the tries of one message, or who made it may not any more."""


def message_type(kind: str) -> str:
    """Name the type of the message that tells of an alert of this kind."""
    return kind if kind == TEST else f"alert.{kind}"


def wait_before(attempts: int, chance: float) -> timedelta | None:
    """Give the wait after so many failed tries, or none when that was the last; `chance` is from 0 to 1."""
    return WAITS[attempts - 1] * (1 + JITTER * chance) if attempts <= len(WAITS) else None


def is_hopeless(written_at: datetime, answered_at: datetime | None) -> bool:
    """Say whether a message that was given up shows that nobody is there: nothing got through since it was written."""
    return answered_at is None or answered_at < written_at


def host_of(url: str) -> str:
    """Name the host of an address: the rest of it may be a secret."""
    return urlsplit(url).hostname or ""


def fault_of(url: str, *, http_allowed: bool) -> str | None:
    """Say what is wrong with the address of a receiver, as a gettext source string, or none."""
    try:
        parts = urlsplit(url)
        named = parts.hostname and (parts.port is None or 0 < parts.port < 65536)
    except ValueError:
        return "This is not an address; write one like https://example.org/alerts."
    if not named or parts.scheme not in ("https", "http"):
        return "This is not an address; write one like https://example.org/alerts."
    if parts.username is not None or parts.password is not None:
        return "Leave name and password out of the address; the receiver knows us by the signature."
    if parts.scheme == "http" and not http_allowed:
        return "The address must begin with https://, or everybody on the way could read along."
    return None

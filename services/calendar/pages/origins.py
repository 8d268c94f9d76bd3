"""Where an event that is not ours comes from, and how long ago it was seen there, in words."""

from datetime import datetime, timedelta

from services.calendar.queries.sources import Origin
from shared import clock
from shared.i18n import plural, say

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def origin_words(origin: Origin | None) -> str:
    """Say "from Dom Kultury, seen 2 hours ago"; nothing of an event of ours."""
    if origin is None:
        return ""
    if origin.seen_at is None:
        return say("from a calendar that is no longer subscribed to")
    return say("from {name}, seen {ago}", name=origin.name, ago=ago(origin.seen_at))


def ago(at: datetime) -> str:
    """Say how long ago something was, in whole minutes, hours or days."""
    passed = clock.now() - at
    if passed < timedelta(minutes=1):
        return say("just now")
    if passed < HOUR:
        return plural("a minute ago", "{n} minutes ago", passed // timedelta(minutes=1))
    if passed < DAY:
        return plural("an hour ago", "{n} hours ago", passed // HOUR)
    return plural("yesterday", "{n} days ago", passed // DAY)

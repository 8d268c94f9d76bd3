"""How the installation fares, from what each service said of itself and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.i18n import plural, say

SILENT_AFTER = timedelta(seconds=20)
"""Each service speaks every few seconds; who is silent so long does not run, or has no bus."""
LATE_AFTER = timedelta(seconds=30)
"""A message that waits so long says that something holds it up."""
NAMES = {
    "registry": "Institutions",
    "calendar": "Calendar",
    "map": "Map",
    "notifications": "Alerts",
}


@dataclass(frozen=True)
class Part:
    """One part of the installation in plain words; `look` is success, warning or blocking."""

    name: str
    words: str
    look: str
    heard_at: datetime | None = None


def parts_of(state: Mapping[str, Any], now: datetime) -> list[Part]:
    """Tell of the bus and of each service, in the language of the running request; `state` is the bus's own."""
    if not state.get("connected"):
        lost = say("Changes are kept and will be passed on when it is back.")
        return [Part(say("Messages between the parts"), lost, "warning")]
    heard = state.get("services", {})
    bus = Part(say("Messages between the parts"), say("Works"), "success", now)
    return [bus, *(_part(say(name), heard.get(service), now) for service, name in NAMES.items())]


def _part(name: str, said: Mapping[str, Any] | None, now: datetime) -> Part:
    heard_at = _instant(said.get("heard_at")) if said else None
    if said is None or heard_at is None:
        return Part(name, say("Nothing was heard of it yet."), "warning")
    if now - heard_at > SILENT_AFTER:
        return Part(name, say("It has fallen silent."), "blocking", heard_at)
    if count := int(said.get("set_aside") or 0):
        words = plural("{n} message was set aside.", "{n} messages were set aside.", count)
        return Part(name, words, "warning", heard_at)
    oldest = _instant(said.get("outbox_oldest_at"))
    if oldest is not None and now - oldest > LATE_AFTER:
        return Part(name, say("Its messages are held up."), "warning", heard_at)
    return Part(name, say("Works"), "success", heard_at)


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None

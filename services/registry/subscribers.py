"""Door: other services tell that a program's key was used, that they forgot somebody, and who holds which event."""

from services.registry import commands
from shared.broker import Bus
from shared.messages import calendar, map, notifications


def subscribe(bus: Bus) -> None:
    """Name what the registry listens to."""
    bus.hears(calendar.ApiKeyUsed, commands.note_key_use)
    bus.hears(map.ApiKeyUsed, commands.note_key_use)
    bus.hears(notifications.ApiKeyUsed, commands.note_key_use)
    bus.keeps(calendar.EventPlanned, commands.EVENTS, live=commands.hear_event)
    bus.keeps(calendar.EventMoved, commands.EVENTS, live=commands.hear_event)
    bus.keeps(calendar.EventChanged, commands.EVENTS, live=commands.hear_event)
    bus.keeps(calendar.EventCancelled, commands.EVENTS, live=commands.hear_event)
    bus.hears(calendar.ErasureConfirmed, commands.note_erasure_confirmed)
    bus.hears(map.ErasureConfirmed, commands.note_erasure_confirmed)
    bus.hears(notifications.ErasureConfirmed, commands.note_erasure_confirmed)

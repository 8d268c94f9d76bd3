"""Door: other services tell the registry that a program's key was used, and that they forgot somebody."""

from services.registry import commands
from shared.broker import Bus
from shared.messages import calendar, map, notifications


def subscribe(bus: Bus) -> None:
    """Name what the registry listens to."""
    bus.hears(calendar.ApiKeyUsed, commands.note_key_use)
    bus.hears(map.ApiKeyUsed, commands.note_key_use)
    bus.hears(notifications.ApiKeyUsed, commands.note_key_use)
    bus.hears(calendar.ErasureConfirmed, commands.note_erasure_confirmed)
    bus.hears(map.ErasureConfirmed, commands.note_erasure_confirmed)
    bus.hears(notifications.ErasureConfirmed, commands.note_erasure_confirmed)

"""The common language: every message that travels on the bus, one module per publisher."""

from shared.messages import calendar, map, municipal, notifications, registry
from shared.messages.base import Envelope, Message, Reason, Value

__all__ = ["TYPES", "Envelope", "Message", "Reason", "Value"]

TYPES: dict[str, type[Message]] = {
    message.type: message
    for publisher in (registry, calendar, map, notifications, municipal)
    for message in publisher.MESSAGES
}
"""Every type name with its class."""

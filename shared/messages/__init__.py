"""The common language: every message that travels on the bus, one module per publisher."""

from shared.messages import calendar, map, municipal, notifications, registry
from shared.messages.base import Describes, Envelope, Message, Reason, Summary, Value, by_type

__all__ = ["TYPES", "Describes", "Envelope", "Message", "Reason", "Summary", "Value", "by_type"]

TYPES = by_type(
    message for publisher in (registry, calendar, map, notifications, municipal) for message in publisher.MESSAGES
)
"""The one registry: every type name with its class, which says subject, stream, owner and version."""

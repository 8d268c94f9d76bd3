"""What the map tells: nothing yet; it owns nothing but its view."""

from shared.messages.base import Message

MESSAGES: tuple[type[Message], ...] = ()

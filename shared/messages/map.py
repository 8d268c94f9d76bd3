"""What the map tells: it owns nothing but its view, and says only what it did with keys and people."""

from typing import ClassVar

from shared.messages.base import ApiKeyUse, Erasure, Message, SetAside


class MapMessage(Message):
    """A message of the map."""

    stream: ClassVar[str] = "MAP"
    owner: ClassVar[str] = "map"


class ApiKeyUsed(MapMessage, ApiKeyUse):
    """A program showed its key to the map."""

    type: ClassVar[str] = "map.api_key.used.v1"


class ErasureConfirmed(MapMessage, Erasure):
    """The map holds nothing any more of a person."""

    type: ClassVar[str] = "map.erasure.confirmed.v1"


class MessageSetAside(MapMessage, SetAside):
    """The map could not take in a message, which waits for a decision."""

    type: ClassVar[str] = "map.message.set_aside.v1"


MESSAGES: tuple[type[Message], ...] = (ApiKeyUsed, ErasureConfirmed, MessageSetAside)

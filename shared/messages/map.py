"""What the map tells: it owns nothing but its view, and says only what it did with keys and people."""

from typing import ClassVar

from shared.messages.base import ApiKeyUse, Erasure, Message, SetAside


class ApiKeyUsed(ApiKeyUse):
    """A program showed its key to the map."""

    type: ClassVar[str] = "map.api_key.used.v1"
    stream: ClassVar[str] = "MAP"


class ErasureConfirmed(Erasure):
    """The map holds nothing any more of a person."""

    type: ClassVar[str] = "map.erasure.confirmed.v1"
    stream: ClassVar[str] = "MAP"


class MessageSetAside(SetAside):
    """The map could not take in a message, which waits for a decision."""

    type: ClassVar[str] = "map.message.set_aside.v1"
    stream: ClassVar[str] = "MAP"


MESSAGES: tuple[type[Message], ...] = (ApiKeyUsed, ErasureConfirmed, MessageSetAside)

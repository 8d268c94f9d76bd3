"""What notifications tells: who was told what (never how to reach them)."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.messages.base import ApiKeyUse, Erasure, Message, SetAside


class NotificationsMessage(Message):
    """A message of notifications."""

    stream: ClassVar[str] = "NOTIFICATIONS"
    owner: ClassVar[str] = "notifications"


class AlertRaised(NotificationsMessage):
    """An organisation or a person was told something; `person_id` is null while an organisation has no people."""

    type: ClassVar[str] = "notifications.alert.raised.v1"

    kind: str
    event_ids: tuple[str, ...] = ()
    organisation_id: str
    person_id: str | None = None
    created_at: datetime


class InvitationAnswered(NotificationsMessage):
    """Who was invited (`id`) answered, by the link in a letter or by a mail: `version` counts the answers.

    `sequence` is that of the invitation which was answered (RFC 5546 §2.1.5).
    """

    type: ClassVar[str] = "notifications.invitation.answered.v1"

    answer: Literal["yes", "maybe", "no"]
    sequence: int = 0


class ApiKeyUsed(NotificationsMessage, ApiKeyUse):
    """A program or feed showed its key to notifications."""

    type: ClassVar[str] = "notifications.api_key.used.v1"


class ErasureConfirmed(NotificationsMessage, Erasure):
    """Notifications hold nothing any more of a person."""

    type: ClassVar[str] = "notifications.erasure.confirmed.v1"


class MessageSetAside(NotificationsMessage, SetAside):
    """Notifications could not take in a message, which waits for a decision."""

    type: ClassVar[str] = "notifications.message.set_aside.v1"


MESSAGES: tuple[type[Message], ...] = (AlertRaised, InvitationAnswered, ApiKeyUsed, ErasureConfirmed, MessageSetAside)

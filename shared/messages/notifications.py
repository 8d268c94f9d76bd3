"""What notifications tells: who was told what (never how to reach them)."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.messages.base import ApiKeyUse, Erasure, Message, SetAside

LinkedAction = Literal["accept_conflict", "accept_proposal", "decline_opportunity", "accept_request", "refuse_request"]
"""What somebody can do by a button in a letter, of what is the calendar's."""


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


class InvitationReplied(NotificationsMessage):
    """Who was invited (`id`) said by mail what is no plain answer to all of it; `version` counts with the answers.

    `held_on` is the day of the one date of a series that it is about (on the meeting's clock), empty for all of it.
    `delegated`: somebody else comes in their place; `countered`: they propose `starts_at` to `ends_at` instead.
    """

    type: ClassVar[str] = "notifications.invitation.replied.v1"

    answer: Literal["yes", "maybe", "no", "delegated", "countered"]
    held_on: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    sequence: int = 0


class ActionAsked(NotificationsMessage):
    """Somebody pressed a button of a letter (`id` names this press): what to do, with which state of which thing.

    They act for one organisation, in the role that they had in it at that moment. Whose thing it is does it by its
    ordinary rules, or not, and answers.
    """

    type: ClassVar[str] = "notifications.action.asked.v1"

    action: LinkedAction
    subject_id: str
    subject_version: int
    """As the letter told of it: what has changed since was not read."""
    person_id: str
    organisation_id: str
    role: Literal["coordinator", "leader"]
    because: str = ""
    asked_at: datetime


class FinishAsked(NotificationsMessage):
    """Somebody pressed in a letter that a task is done (`id` names this press), as the letter told of it.

    They act for one organisation, in the role that they had in it at that moment, or without either for themselves.
    Whose task it is does it by its ordinary rules, or not, and answers.
    """

    type: ClassVar[str] = "notifications.finish.asked.v1"

    subject_id: str
    subject_version: int
    person_id: str
    organisation_id: str | None = None
    role: Literal["coordinator", "leader"] | None = None
    asked_at: datetime


class ApiKeyUsed(NotificationsMessage, ApiKeyUse):
    """A program or feed showed its key to notifications."""

    type: ClassVar[str] = "notifications.api_key.used.v1"


class ErasureConfirmed(NotificationsMessage, Erasure):
    """Notifications hold nothing any more of a person."""

    type: ClassVar[str] = "notifications.erasure.confirmed.v1"


class MessageSetAside(NotificationsMessage, SetAside):
    """Notifications could not take in a message, which waits for a decision."""

    type: ClassVar[str] = "notifications.message.set_aside.v1"


MESSAGES: tuple[type[Message], ...] = (
    AlertRaised,
    InvitationAnswered,
    InvitationReplied,
    ActionAsked,
    FinishAsked,
    ApiKeyUsed,
    ErasureConfirmed,
    MessageSetAside,
)

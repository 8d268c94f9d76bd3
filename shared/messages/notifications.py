"""What notifications tells: who was told what (never how to reach them)."""

from datetime import datetime
from typing import ClassVar

from shared.messages.base import Message


class AlertRaised(Message):
    """An organisation or a person was told something; `person_id` is null while an organisation has no people."""

    type: ClassVar[str] = "notifications.alert.raised.v1"
    stream: ClassVar[str] = "NOTIFICATIONS"

    kind: str
    event_ids: tuple[str, ...] = ()
    organisation_id: str
    person_id: str | None = None
    created_at: datetime


MESSAGES: tuple[type[Message], ...] = (AlertRaised,)

"""Shapes of webhooks: how they are made and shown, and what their receivers get."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from services.notifications.commands import Message
from services.notifications.domain.plans import AlertKind, WebhookPlan
from services.notifications.domain.signatures import secret_text
from services.notifications.domain.webhooks import DisabledBecause, message_type
from services.notifications.models import Webhook, WebhookDelivery, WebhookTry
from services.notifications.queries import AlertSeen
from services.notifications.schemas import text_of
from shared import i18n
from shared.i18n import say

Address = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^https?://[A-Za-z0-9][A-Za-z0-9.\-]{0,200}(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~!$&'()*+,;=:@%/?\-]*)?$",
        examples=["https://example.org/alerts"],
    ),
]
OrganisationId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Kinds = Annotated[list[AlertKind], Field(max_length=50)]


class WebhookBody(BaseModel):
    """A webhook to make: of this organisation, or of the administrators without one; without `kinds` it is of all."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: OrganisationId | None = None
    url: Address
    kinds: Kinds = []
    language: Literal["pl", "en"] = "pl"
    active: bool = True

    def plan(self) -> WebhookPlan:
        """Bring it to what the command takes."""
        kinds = tuple(dict.fromkeys(self.kinds))
        return WebhookPlan(self.url, kinds, self.language, self.active, self.organisation_id)


class WebhookChange(BaseModel):
    """What is changed in a webhook; what is left out or null stays."""

    model_config = ConfigDict(extra="forbid")

    url: Address | None = None
    kinds: Kinds | None = None
    language: Literal["pl", "en"] | None = None
    active: bool | None = None

    def plan(self) -> WebhookPlan:
        """Bring it to what the command takes."""
        kinds = None if self.kinds is None else tuple(dict.fromkeys(self.kinds))
        return WebhookPlan(self.url, kinds, self.language, self.active)


class WebhookShown(BaseModel):
    """A webhook; `disabled_because` says why we turned it off ourselves: `gone`, `failing`, `rights_ended`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    organisation_id: str | None
    url: str
    kinds: list[AlertKind]
    language: str
    active: bool
    disabled_because: DisabledBecause | None
    created_at: datetime
    answered_at: datetime | None


class WebhookMade(WebhookShown):
    """A webhook that was made a moment ago; its secret is in this answer and in no other."""

    secret: str | None = None


class TryShown(BaseModel):
    """One time that a message was sent: what was answered, how fast, or why nothing was."""

    model_config = ConfigDict(from_attributes=True)

    tried_at: datetime
    status: int | None
    milliseconds: int
    answer: str
    error: str | None


class WebhookDeliveryShown(BaseModel):
    """How a message fared; its id is the `webhook-id`, `state` is `due`, `sent`, `given_up` or `overtaken`."""

    id: str
    type: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    error: str | None
    tries: list[TryShown]


class AlertPosted(BaseModel):
    """What a receiver gets of an alert: the codes, and `text` in the webhook's language; of no person."""

    id: str
    kind: AlertKind
    severity: str | None
    event_ids: list[str]
    organisation_id: str | None
    organisation_name: str | None
    text: str
    reason: dict[str, Any]
    url: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    created_at: datetime


def webhook_shown(webhook: Webhook) -> WebhookShown:
    """Render a webhook, without its secret."""
    return WebhookShown.model_validate(webhook)


def webhook_made(webhook: Webhook) -> WebhookMade:
    """Render a webhook that was just made, for the one time that its secret is shown."""
    return WebhookMade(**webhook_shown(webhook).model_dump(), secret=secret_text(webhook.secret))


def webhook_made_before(webhook: Webhook) -> WebhookMade:
    """Render it for who asks again to make it: the secret was shown already."""
    return WebhookMade(**webhook_shown(webhook).model_dump())


def webhook_delivery_shown(delivery: WebhookDelivery, tries: Sequence[WebhookTry] = ()) -> WebhookDeliveryShown:
    """Render a message, with its tries."""
    return WebhookDeliveryShown(
        id=delivery.id,
        type=message_type(delivery.kind),
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        due_at=delivery.due_at,
        sent_at=delivery.sent_at,
        error=delivery.error,
        tries=[TryShown.model_validate(one) for one in tries],
    )


def body_of(message: Message, address: str) -> bytes:
    """Write what a receiver gets: `{type, timestamp, data}`; `address` is where this installation is found."""
    token = i18n.language.set(message.language)
    try:
        data: Any = {"text": say("This is a test message. Alerts reach you at this address.")}
        if message.alert is not None:
            data = _posted(message.alert, address)
    finally:
        i18n.language.reset(token)
    return to_json({"type": message_type(message.kind), "timestamp": message.created_at, "data": data})


def _posted(seen: AlertSeen, address: str) -> AlertPosted:
    alert = seen.alert
    return AlertPosted(
        id=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        event_ids=alert.event_ids,
        organisation_id=alert.organisation_id,
        organisation_name=seen.organisation_name,
        text=text_of(seen),
        reason=alert.reason,
        url=urljoin(address + "/", alert.url),
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        zone=alert.zone,
        created_at=alert.created_at,
    )

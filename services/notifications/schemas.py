"""Shapes of what notifications answers and takes."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.notifications.domain import wording
from services.notifications.domain.plans import CHANNELS, KINDS, AlertKind, Channel, WishPlan
from services.notifications.models import Delivery, Wishes
from services.notifications.queries import AlertSeen
from shared.i18n import say


class AlertShown(BaseModel):
    """What an organisation or one of its people is told; `text` is in the language of who asks."""

    id: str
    kind: AlertKind
    severity: str | None
    event_ids: list[str]
    organisation_id: str
    organisation_name: str | None
    person_id: str | None
    text: str
    reason: dict[str, Any]
    url: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    created_at: datetime
    read_at: datetime | None


class DeliveryShown(BaseModel):
    """How an alert fared on its way to a person; `state` is `due`, `sent` or `given_up`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    alert_id: str
    person_id: str
    channel: Channel
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    error: str | None


class ChannelShown(BaseModel):
    """A way to be reached, and whether the person wants it."""

    id: Channel
    name: str
    on: bool


class SubscriptionShown(BaseModel):
    """A kind of alert, and whether the person wants to be disturbed for it."""

    id: AlertKind
    name: str
    on: bool


class Switch(BaseModel):
    """Turns a channel or a subscription on or off."""

    model_config = ConfigDict(extra="forbid")

    on: bool


def text_of(seen: AlertSeen) -> str:
    """Say an alert in the language of the running request."""
    alert = seen.alert
    return wording.text(
        alert.kind,
        title=seen.title,
        reason=alert.reason,
        details=alert.details,
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        zone=alert.zone,
        side=seen.side,
    )


def headline_of(seen: AlertSeen) -> str:
    """Say in one sentence what an alert is about."""
    return wording.headline(seen.alert.kind, seen.title)


def alert_shown(seen: AlertSeen) -> AlertShown:
    """Render an alert."""
    alert = seen.alert
    return AlertShown(
        id=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        event_ids=alert.event_ids,
        organisation_id=alert.organisation_id,
        organisation_name=seen.organisation_name,
        person_id=alert.person_id,
        text=text_of(seen),
        reason=alert.reason,
        url=alert.url,
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        zone=alert.zone,
        created_at=alert.created_at,
        read_at=alert.read_at,
    )


def delivery_shown(delivery: Delivery) -> DeliveryShown:
    """Render a delivery."""
    return DeliveryShown.model_validate(delivery)


def channels_shown(wishes: Wishes) -> list[ChannelShown]:
    """Render the ways to reach a person."""
    return [ChannelShown(id=channel, name=say("E-mail"), on=wishes.mail) for channel in CHANNELS]


def subscriptions_shown(wishes: Wishes) -> list[SubscriptionShown]:
    """Render the kinds of alerts."""
    return [
        SubscriptionShown(id=kind, name=say(wording.KIND_NAMES[kind]), on=kind not in wishes.muted_kinds)
        for kind in KINDS
    ]


def kind_switched(wishes: Wishes, kind: str, on: bool) -> WishPlan:
    """Make the plan that turns one kind on or off, from what stands."""
    others = [muted for muted in wishes.muted_kinds if muted != kind]
    return WishPlan(muted_kinds=tuple(others if on else [*others, kind]))

"""The tables of the notifications: alerts, what people wish, webhooks, copies, and what every service has."""

from services.notifications.models.alerts import Alert, AlertEvent, Delivery, LeftOpen
from services.notifications.models.base import Base
from services.notifications.models.copies import (
    KnownEvent,
    KnownMembership,
    KnownOrganisation,
    KnownPerson,
    KnownTheme,
    KnownVenue,
)
from services.notifications.models.house import (
    Erasure,
    History,
    IdempotencyKey,
    Inbox,
    KnownApiKey,
    KnownKey,
    Outbox,
    RevokedAccess,
    SetAside,
)
from services.notifications.models.invitations import InvitationAnswer, InvitationLetter, KnownInvitation, MailReply
from services.notifications.models.linked import AlertFeed, LinkPress
from services.notifications.models.pushing import PushAddress, PushDelivery
from services.notifications.models.webhooks import Webhook, WebhookDelivery, WebhookTry
from services.notifications.models.wishes import FollowedTopic, LinkSecret, RefusedAddress, Wishes

__all__ = [
    "Alert",
    "AlertEvent",
    "AlertFeed",
    "Base",
    "Delivery",
    "Erasure",
    "FollowedTopic",
    "History",
    "IdempotencyKey",
    "Inbox",
    "InvitationAnswer",
    "InvitationLetter",
    "KnownApiKey",
    "KnownEvent",
    "KnownInvitation",
    "KnownKey",
    "KnownMembership",
    "KnownOrganisation",
    "KnownPerson",
    "KnownTheme",
    "KnownVenue",
    "LeftOpen",
    "LinkPress",
    "LinkSecret",
    "MailReply",
    "Outbox",
    "PushAddress",
    "PushDelivery",
    "RefusedAddress",
    "RevokedAccess",
    "SetAside",
    "Webhook",
    "WebhookDelivery",
    "WebhookTry",
    "Wishes",
]

"""Door: other services tell, municipal systems tell (`partners`), and the calendar hears itself and checks."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.commands.telling import Cause
from services.calendar.models import KnownApiKey, KnownKey, RevokedAccess
from services.calendar.subscribers.partners import PartnerDoors
from shared.auth import remember_api_key, remember_key, remember_revocation
from shared.broker import Bus
from shared.messages.calendar import (
    EventCancelled,
    EventChanged,
    EventFacts,
    EventMoved,
    EventPlanned,
    FactAnnounced,
    FactWithdrawn,
)
from shared.messages.registry import (
    AccessRevoked,
    ApiKeyChanged,
    KeyPublished,
    OrganisationChanged,
    OrganisationRegistered,
    PersonErased,
    ResourceChanged,
    ResourceRegistered,
    VenueChanged,
    VenueRegistered,
)

__all__ = ["PartnerDoors", "subscribe"]


def subscribe(bus: Bus) -> None:
    """Say what the calendar hears, and which command each message becomes."""
    bus.hears(OrganisationRegistered, commands.copy_organisation)
    bus.hears(OrganisationChanged, commands.copy_organisation)
    bus.hears(VenueRegistered, commands.copy_venue)
    bus.hears(VenueChanged, commands.copy_venue)
    bus.hears(ResourceRegistered, commands.copy_resource)
    bus.hears(ResourceChanged, commands.copy_resource)
    bus.hears(KeyPublished, on_key_published)
    bus.hears(AccessRevoked, on_access_revoked)
    bus.hears(ApiKeyChanged, on_api_key_changed)
    bus.hears(PersonErased, commands.forget_person)
    bus.hears(EventPlanned, check_because("changed"))
    bus.hears(EventMoved, check_because("moved"))
    bus.hears(EventChanged, check_because("changed"))
    bus.hears(EventCancelled, check_because("cancelled"))
    bus.hears(FactAnnounced, on_fact)
    bus.hears(FactWithdrawn, on_fact)


def check_because(cause: Cause) -> Callable[[Session, EventFacts], None]:
    """Make the handler that checks an event; a conflict that is gone then is so because of `cause`."""

    def on_event(session: Session, message: EventFacts) -> None:
        commands.check_event(session, message.id, cause)

    return on_event


def on_fact(session: Session, message: FactAnnounced | FactWithdrawn) -> None:
    """Check a municipal fact that was accepted, or no longer holds."""
    commands.check_fact(session, message.id)


def on_key_published(session: Session, message: KeyPublished) -> None:
    """Keep the registry's public key."""
    remember_key(session, KnownKey, message)


def on_access_revoked(session: Session, message: AccessRevoked) -> None:
    """Believe the older tokens of a session or person no more."""
    remember_revocation(session, RevokedAccess, message)


def on_api_key_changed(session: Session, message: ApiKeyChanged) -> None:
    """Keep what a program's key is worth."""
    remember_api_key(session, KnownApiKey, message)

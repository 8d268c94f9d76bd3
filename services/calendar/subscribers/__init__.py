"""Door: other services tell, municipal systems tell, and the calendar hears its own messages to check for conflicts."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.commands.telling import Cause
from services.calendar.domain.plans import Fact
from services.calendar.models import KnownApiKey, KnownKey, RevokedAccess
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
from shared.messages.municipal import (
    ClosureAnnounced,
    ClosureWithdrawn,
    MunicipalEventCancelled,
    MunicipalEventPlanned,
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
    bus.hears_partner(ClosureAnnounced, on_closure_announced)
    bus.hears_partner(ClosureWithdrawn, on_withdrawn)
    bus.hears_partner(MunicipalEventPlanned, on_municipal_event_planned)
    bus.hears_partner(MunicipalEventCancelled, on_withdrawn)


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


def on_closure_announced(session: Session, partner: str, message: ClosureAnnounced) -> None:
    """Accept a closure."""
    commands.announce_fact(session, fact=_fact_of(partner, message), version=message.version)


def on_municipal_event_planned(session: Session, partner: str, message: MunicipalEventPlanned) -> None:
    """Accept an event of the city's own."""
    commands.announce_fact(session, fact=_fact_of(partner, message), version=message.version)


def on_withdrawn(session: Session, partner: str, message: ClosureWithdrawn | MunicipalEventCancelled) -> None:
    """Let a fact no longer hold."""
    commands.withdraw_fact(session, partner=partner, partner_fact_id=message.id, version=message.version)


def _fact_of(partner: str, message: ClosureAnnounced | MunicipalEventPlanned) -> Fact:
    return Fact(
        id=message.id,
        partner=partner,
        kind="closure" if isinstance(message, ClosureAnnounced) else "event",
        title=message.title.model_dump(exclude_none=True),
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        zone=message.zone,
        latitude=message.latitude,
        longitude=message.longitude,
        radius_m=message.radius_m,
        url=message.url,
    )

"""Other services tell: every public fact of the registry and the calendar that has a place."""

from sqlalchemy.orm import Session

from services.map import commands
from services.map.models import KnownApiKey, KnownKey, RevokedAccess
from shared import auth
from shared.broker import Bus
from shared.messages import calendar, registry


def subscribe(bus: Bus) -> None:
    """Name what the map listens to."""
    bus.hears(registry.OrganisationRegistered, commands.keep_organisation)
    bus.hears(registry.OrganisationChanged, commands.keep_organisation)
    bus.hears(registry.VenueRegistered, commands.keep_venue)
    bus.hears(registry.VenueChanged, commands.keep_venue)
    bus.hears(registry.ResourceRegistered, commands.keep_resource)
    bus.hears(registry.ResourceChanged, commands.keep_resource)
    bus.hears(registry.ProblemNamed, commands.keep_problem)
    bus.hears(registry.KeyPublished, on_key_published)
    bus.hears(registry.AccessRevoked, on_access_revoked)
    bus.hears(registry.ApiKeyChanged, on_api_key_changed)
    bus.hears(registry.PersonErased, commands.forget_person)
    bus.hears(calendar.EventPlanned, commands.keep_event)
    bus.hears(calendar.EventMoved, commands.keep_event)
    bus.hears(calendar.EventChanged, commands.keep_event)
    bus.hears(calendar.EventCancelled, commands.keep_event)
    bus.hears(calendar.FactAnnounced, commands.keep_fact)
    bus.hears(calendar.FactWithdrawn, commands.withdraw_fact)


def on_key_published(session: Session, message: registry.KeyPublished) -> None:
    """Keep a public key of the registry."""
    auth.remember_key(session, KnownKey, message)


def on_access_revoked(session: Session, message: registry.AccessRevoked) -> None:
    """Believe the older tokens of a session or person no more."""
    auth.remember_revocation(session, RevokedAccess, message)


def on_api_key_changed(session: Session, message: registry.ApiKeyChanged) -> None:
    """Keep what a program's key is worth."""
    auth.remember_api_key(session, KnownApiKey, message)

"""Other services tell: what concerns somebody becomes news, and names and titles are kept."""

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.domain.plans import AlertKind, News
from services.notifications.models import KnownApiKey, KnownKey, RevokedAccess
from shared import auth
from shared.broker import Bus
from shared.messages import calendar, registry


def subscribe(bus: Bus) -> None:
    """Name what notifications listens to."""
    bus.hears(calendar.ConflictDetected, on_conflict_detected)
    bus.hears(calendar.ConflictChanged, on_conflict_changed)
    bus.hears(calendar.ConflictAccepted, on_conflict_accepted)
    bus.hears(calendar.ConflictResolved, on_conflict_resolved)
    bus.hears(calendar.OpportunityFound, on_opportunity_found)
    bus.hears(calendar.EventPlanned, commands.keep_event)
    bus.hears(calendar.EventMoved, commands.keep_event)
    bus.hears(calendar.EventChanged, commands.keep_event)
    bus.hears(calendar.EventCancelled, commands.keep_event)
    bus.hears(registry.OrganisationRegistered, commands.keep_organisation)
    bus.hears(registry.OrganisationChanged, commands.keep_organisation)
    bus.hears(registry.PersonChanged, commands.keep_person)
    bus.hears(registry.KeyPublished, on_key_published)
    bus.hears(registry.AccessRevoked, on_access_revoked)
    bus.hears(registry.ApiKeyChanged, on_api_key_changed)
    bus.hears(registry.PersonErased, commands.forget_person)


def on_conflict_detected(session: Session, message: calendar.ConflictDetected) -> None:
    """Tell everybody concerned of a new conflict."""
    commands.tell(session, _news("conflict_detected", message))


def on_conflict_changed(session: Session, message: calendar.ConflictChanged) -> None:
    """Tell everybody concerned that a conflict is different now."""
    commands.tell(session, _news("conflict_changed", message))


def on_conflict_accepted(session: Session, message: calendar.ConflictAccepted) -> None:
    """Tell everybody concerned that a conflict may stay, and why."""
    commands.tell(session, _news("conflict_accepted", message, accepted_because=message.accepted_because))


def on_conflict_resolved(session: Session, message: calendar.ConflictResolved) -> None:
    """Tell everybody concerned that a conflict is gone, and how."""
    commands.tell(session, _news("conflict_resolved", message, resolved_by=message.resolved_by))


def on_opportunity_found(session: Session, message: calendar.OpportunityFound) -> None:
    """Tell those who could work together."""
    commands.tell(session, _news("opportunity_found", message))


def on_key_published(session: Session, message: registry.KeyPublished) -> None:
    """Keep a public key of the registry."""
    auth.remember_key(session, KnownKey, message)


def on_access_revoked(session: Session, message: registry.AccessRevoked) -> None:
    """Believe the older tokens of a session or person no more."""
    auth.remember_revocation(session, RevokedAccess, message)


def on_api_key_changed(session: Session, message: registry.ApiKeyChanged) -> None:
    """Keep what a program's key is worth."""
    auth.remember_api_key(session, KnownApiKey, message)


def _news(kind: AlertKind, message: calendar.ConflictFacts | calendar.OpportunityFound, **details: str) -> News:
    if isinstance(message, calendar.ConflictFacts):
        subject_kind: str = message.kind
        severity: str | None = message.severity
    else:
        subject_kind, severity = "opportunity", None
    return News(
        kind=kind,
        cause_id=message.id,
        cause_version=message.version,
        subject_kind=subject_kind,
        severity=severity,
        event_ids=message.event_ids,
        event_titles=message.event_titles,
        organisation_ids=message.organisation_ids,
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        zone=message.zone,
        reason_code=message.reason.code,
        reason_values=message.reason.values,
        url=message.url,
        details={name: value for name, value in details.items() if value},
    )

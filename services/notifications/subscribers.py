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
    bus.keeps(calendar.EventPlanned, commands.EVENTS)
    bus.keeps(calendar.EventMoved, commands.EVENTS)
    bus.keeps(calendar.EventChanged, commands.EVENTS)
    bus.keeps(calendar.EventCancelled, commands.EVENTS)
    bus.keeps(registry.OrganisationRegistered, commands.ORGANISATIONS)
    bus.keeps(registry.OrganisationChanged, commands.ORGANISATIONS)
    bus.keeps(registry.PersonChanged, commands.PEOPLE, live=commands.keep_person)
    bus.copies.add(registry.PersonErased, commands.ERASED_PEOPLE)
    auth.hear_access(bus, KnownKey, RevokedAccess, KnownApiKey, forget_person=commands.forget_person)


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

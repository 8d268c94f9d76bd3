"""Door: others tell that a key was used, that they forgot somebody, who holds which event; and we hear ourselves."""

from sqlalchemy.orm import Session

from services.registry import commands
from shared.broker import Bus
from shared.messages import calendar, map, notifications, registry


def subscribe(bus: Bus) -> None:
    """Name what the registry listens to."""
    bus.hears(calendar.ApiKeyUsed, commands.note_key_use)
    bus.hears(map.ApiKeyUsed, commands.note_key_use)
    bus.hears(notifications.ApiKeyUsed, commands.note_key_use)
    bus.keeps(calendar.EventPlanned, commands.EVENTS, live=commands.hear_event)
    bus.keeps(calendar.EventMoved, commands.EVENTS, live=commands.hear_event)
    bus.keeps(calendar.EventChanged, commands.EVENTS, live=commands.hear_event)
    bus.keeps(calendar.EventCancelled, commands.EVENTS, live=commands.hear_event)
    bus.hears(calendar.ErasureConfirmed, commands.note_erasure_confirmed)
    bus.hears(map.ErasureConfirmed, commands.note_erasure_confirmed)
    bus.hears(notifications.ErasureConfirmed, commands.note_erasure_confirmed)


def hear_itself(bus: Bus, zone: str) -> None:
    """Match what was stated or changed, once it is committed, and look for coalitions; `zone` is for its days."""

    def on_need(session: Session, message: registry.NeedStated) -> None:
        commands.match_need(session, message.id, zone=zone)
        commands.look_around(session, message.organisation_id)

    def on_declined(session: Session, message: registry.MatchDeclined) -> None:
        commands.match_need(session, message.need_id, zone=zone)

    def on_resource(session: Session, message: registry.ResourceFacts) -> None:
        commands.match_offer(session, message.kind, message.id, zone=zone)
        commands.look_around(session, message.organisation_id)

    def on_venue(session: Session, message: registry.VenueFacts) -> None:
        commands.match_offer(session, "space", message.id, zone=zone)
        commands.look_around(session, message.organisation_id)

    bus.hears(registry.NeedStated, on_need)
    bus.hears(registry.MatchDeclined, on_declined)
    bus.hears(registry.ResourceRegistered, on_resource)
    bus.hears(registry.ResourceChanged, on_resource)
    bus.hears(registry.VenueRegistered, on_venue)
    bus.hears(registry.VenueChanged, on_venue)

"""Door: other services tell, municipal systems tell (`partners`), and the calendar hears itself and checks."""

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.commands.telling import Cause
from services.calendar.models import KnownApiKey, KnownKey, RevokedAccess
from services.calendar.subscribers.partners import PartnerDoors
from shared.auth import hear_access
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
from shared.messages.notifications import ActionAsked, FinishAsked, InvitationAnswered, InvitationReplied
from shared.messages.registry import (
    OrganisationChanged,
    OrganisationRegistered,
    ProblemNamed,
    ResourceChanged,
    ResourceRegistered,
    VenueChanged,
    VenueRegistered,
)

__all__ = ["PartnerDoors", "subscribe"]


def subscribe(bus: Bus, horizon_days: int) -> None:
    """Say what the calendar hears, and which command each message becomes; series are laid out so many days ahead."""
    bus.keeps(OrganisationRegistered, commands.ORGANISATIONS, live=commands.copy_organisation)
    bus.keeps(OrganisationChanged, commands.ORGANISATIONS, live=commands.copy_organisation)
    bus.keeps(VenueRegistered, commands.VENUES, live=commands.copy_venue)
    bus.keeps(VenueChanged, commands.VENUES, live=commands.copy_venue)
    bus.keeps(ResourceRegistered, commands.RESOURCES, live=commands.copy_resource)
    bus.keeps(ResourceChanged, commands.RESOURCES, live=commands.copy_resource)
    bus.keeps(ProblemNamed, commands.PROBLEMS)
    hear_access(bus, KnownKey, RevokedAccess, KnownApiKey, forget_person=commands.forget_person)
    bus.hears(EventPlanned, check_because("changed"))
    bus.hears(EventMoved, check_because("moved"))
    bus.hears(EventChanged, check_because("changed"))
    bus.hears(EventCancelled, check_because("cancelled"))
    bus.hears(InvitationAnswered, commands.record_invitation_answer)
    bus.hears(InvitationReplied, commands.record_invitation_reply)
    bus.hears(FactAnnounced, on_fact)
    bus.hears(FactWithdrawn, on_fact)
    for pressed in (ActionAsked, FinishAsked):
        bus.hears(pressed, partial(on_action_asked, horizon_days=horizon_days))


def check_because(cause: Cause) -> Callable[[Session, EventFacts], None]:
    """Make the handler that checks an event, and tells who waits for what it has, and who is invited.

    A conflict that is gone then is so because of `cause`.
    """

    def on_event(session: Session, message: EventFacts) -> None:
        commands.check_event(session, message.id, cause)
        commands.tell_rivals(session, message.id)
        commands.tell_invited(session, message.id)

    return on_event


def on_fact(session: Session, message: FactAnnounced | FactWithdrawn) -> None:
    """Check a municipal fact that was accepted, or no longer holds."""
    commands.check_fact(session, message.id)


def on_action_asked(session: Session, message: ActionAsked | FinishAsked, horizon_days: int) -> None:
    """Do what somebody pressed in a letter."""
    commands.carry_out(session, asked=message, horizon_days=horizon_days)

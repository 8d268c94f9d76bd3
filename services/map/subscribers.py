"""Other services tell: what has a place, the themes to find it by, and how everybody may reach whose it is."""

from services.map import commands
from services.map.models import KnownApiKey, KnownKey, Place, RevokedAccess
from shared import auth
from shared.broker import Bus
from shared.messages import calendar, registry


def subscribe(bus: Bus, zone: str) -> None:
    """Name what the map listens to; days end by the clocks of `zone`."""
    needs = commands.needs_in(zone)
    bus.keeps(registry.OrganisationRegistered, commands.ORGANISATIONS)
    bus.keeps(registry.OrganisationChanged, commands.ORGANISATIONS)
    bus.keeps(registry.VenueRegistered, commands.VENUES)
    bus.keeps(registry.VenueChanged, commands.VENUES)
    bus.keeps(registry.ResourceRegistered, commands.RESOURCES)
    bus.keeps(registry.ResourceChanged, commands.RESOURCES)
    bus.keeps(registry.NeedStated, needs)
    bus.keeps(registry.NeedMatched, needs)
    bus.keeps(registry.NeedMet, needs)
    bus.keeps(registry.NeedClosed, needs)
    bus.keeps(registry.ProblemNamed, commands.PROBLEMS)
    bus.keeps(registry.ThemeChanged, commands.THEMES)
    bus.keeps(registry.ContactsChanged, commands.CONTACTS, live=commands.keep_contacts)
    bus.copies.add(registry.PersonErased, commands.CONTACTS_OF_ERASED)
    bus.keeps(calendar.EventPlanned, commands.EVENTS)
    bus.keeps(calendar.EventMoved, commands.EVENTS)
    bus.keeps(calendar.EventChanged, commands.EVENTS)
    bus.keeps(calendar.EventCancelled, commands.EVENTS)
    bus.keeps(calendar.FactAnnounced, commands.FACTS)
    bus.keeps(calendar.FactWithdrawn, commands.WITHDRAWN_FACTS)
    bus.copies.count(Place, commands.count_places)
    auth.hear_access(bus, KnownKey, RevokedAccess, KnownApiKey, forget_person=commands.forget_person)

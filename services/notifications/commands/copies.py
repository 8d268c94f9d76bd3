"""Keeping what others tell: names, titles, and how to reach people; an older message changes nothing."""

from collections.abc import Iterator

from sqlalchemy import ScalarResult, select
from sqlalchemy.orm import Session

from services.notifications.commands.invitations import catch_up_invitations
from services.notifications.commands.telling import catch_up
from services.notifications.models import (
    KnownEvent,
    KnownMembership,
    KnownOrganisation,
    KnownPerson,
    KnownTheme,
    KnownVenue,
)
from shared.copies import Kind, Values
from shared.messages.calendar import EventFacts
from shared.messages.registry import OrganisationFacts, PersonChanged, ThemeChanged, VenueFacts


def organisation_row(organisation: OrganisationFacts) -> Values:
    """Copy an organisation's name, and where it is."""
    return organisation.model_dump(include={"id", "version", "name", "url", "latitude", "longitude"})


def event_row(event: EventFacts) -> Values:
    """Copy an event's title, its hosts, and whether others may read of it."""
    is_public = event.visibility == "public"
    facts = {"id": event.id, "version": event.version, "title": event.title, "host_ids": list(event.host_ids)}
    return {**facts, "is_public": is_public}


def venue_row(venue: VenueFacts) -> Values:
    """Copy a venue's name, and where it is."""
    return venue.model_dump(include={"id", "version", "name", "latitude", "longitude"})


def theme_row(theme: ThemeChanged) -> Values:
    """Copy a theme's names, by its code."""
    return theme.model_dump(include={"id", "version", "code", "name_pl", "name_en", "retired"})


def person_row(person: PersonChanged) -> Values:
    """Copy how to reach a person, and what for; one who was erased and is told of again is not erased."""
    told = {"id", "version", "name", "email", "email_until", "language", "administrator", "neighbourhood_coordinator"}
    facts = person.model_dump(include=told)
    return {**facts, "erased": False}


def membership_rows(person: PersonChanged) -> Iterator[Values]:
    """Copy where a person belongs, and in which role."""
    for organisation_id, role in {one.organisation_id: one.role for one in person.memberships}.items():
        yield {"organisation_id": organisation_id, "person_id": person.id, "role": role}


ORGANISATIONS = Kind(KnownOrganisation, organisation_row)
EVENTS = Kind(KnownEvent, event_row)
VENUES = Kind(KnownVenue, venue_row)
THEMES = Kind(KnownTheme, theme_row)
PEOPLE = Kind(KnownPerson, person_row, {KnownMembership.person_id: membership_rows})


def keep_person(session: Session, person: PersonChanged) -> None:
    """Keep how to reach a person and where they belong; who joins late hears what their organisation just heard."""
    before = set(_memberships(session, person.id))
    if PEOPLE.keep(session, person):
        joined = set(_memberships(session, person.id)) - before
        catch_up(session, person.id, joined)
        catch_up_invitations(session, person.id, sorted(joined))


def _memberships(session: Session, person_id: str) -> ScalarResult[str]:
    return session.scalars(select(KnownMembership.organisation_id).where(KnownMembership.person_id == person_id))

"""Hiding where something is: its row keeps the middle of a wide cell, and the exact address stands elsewhere."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.editing import remember, set_fields
from services.registry.commands.facts import resource_facts, venue_facts
from services.registry.domain.hiding import middle_of_cell
from services.registry.domain.plans import Changes
from services.registry.models import HiddenAddress, Organisation, Resource, Site, Venue
from shared import outbox
from shared.messages.registry import ResourceChanged, VenueChanged
from shared.people import Person
from shared.problems import InvalidInput

EXACT = ("address", "latitude", "longitude")


def with_hidden(session: Session, row: Organisation | Venue, changes: Changes) -> Changes:
    """Give changes as the row may have them: of what is confidential the exact address is kept apart.

    What is no longer confidential gets its exact address back.
    """
    hidden = session.get(HiddenAddress, row.id)
    exact = {name: changes.get(name, getattr(hidden or row, name)) for name in EXACT}
    if not changes.get("confidential", row.confidential):
        if hidden is None:
            return changes
        session.delete(hidden)
        return {**changes, **exact}
    if hidden is None:
        session.add(HiddenAddress(id=row.id, **exact))
    else:
        for name, value in exact.items():
            setattr(hidden, name, value)
    latitude, longitude = middle_of_cell(exact["latitude"], exact["longitude"])
    return {**changes, "address": "", "latitude": latitude, "longitude": longitude}


def hide_new(session: Session, row: Organisation | Venue, *, with_organisation: bool = False) -> None:
    """Hide where something is that is being registered; its row must have an id."""
    for name, value in with_hidden(session, row, {"confidential": True}).items():
        setattr(row, name, value)
    mark_hidden(session, row, with_organisation=with_organisation)


def mark_hidden(session: Session, row: Organisation | Venue, *, with_organisation: bool) -> None:
    """Remember whether something is confidential by itself, or only as long as its organisation is."""
    session.flush()
    hidden = session.get(HiddenAddress, row.id)
    if hidden is not None:
        hidden.with_organisation = with_organisation


def without_exact(row: Organisation | Venue, differences: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the history may remember of a change: where something was that is confidential now, it may not."""
    return {name: value for name, value in differences.items() if not row.confidential or name not in EXACT}


def hide_what_it_has(session: Session, by: Person, organisation_id: str) -> None:
    """Hide the venues of an organisation that became confidential; its resources are from now on where it is.

    Raises `InvalidInput` while it has further sites, which say where they are.
    """
    if session.scalars(select(Site.id).where(Site.organisation_id == organisation_id).limit(1)).first():
        raise InvalidInput(("/confidential", "Take away its further sites first: they say where it is"))
    shown = select(Venue).where(Venue.organisation_id == organisation_id, ~Venue.confidential).with_for_update()
    for venue in session.scalars(shown).all():
        _set_and_tell(session, by, venue, with_hidden(session, venue, {"confidential": True}))
        mark_hidden(session, venue, with_organisation=True)
    for resource in session.scalars(
        select(Resource).where(Resource.organisation_id == organisation_id).with_for_update()
    ):
        if set_fields(resource, {"latitude": None, "longitude": None}):
            session.flush()
            remember(session, by, resource, "changed", {})
            outbox.publish(session, resource_facts(ResourceChanged, resource))


def show_what_it_has(session: Session, by: Person, organisation_id: str) -> None:
    """Give the venues back where they are that were confidential only because their organisation was."""
    hidden = select(HiddenAddress.id).where(HiddenAddress.with_organisation)
    wanted = select(Venue).where(Venue.organisation_id == organisation_id, Venue.id.in_(hidden)).with_for_update()
    for venue in session.scalars(wanted).all():
        _set_and_tell(session, by, venue, with_hidden(session, venue, {"confidential": False}))


def _set_and_tell(session: Session, by: Person, venue: Venue, changes: Changes) -> None:
    differences = set_fields(venue, changes)
    session.flush()
    remember(session, by, venue, "changed", without_exact(venue, differences))
    outbox.publish(session, venue_facts(VenueChanged, venue))


def is_confidential(session: Session, organisation_id: str) -> bool:
    """Say whether an organisation's address is confidential, and so that of all it has."""
    return session.get_one(Organisation, organisation_id).confidential

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


def hide_new(session: Session, row: Organisation | Venue) -> None:
    """Hide where something is that is being registered; its row must have an id."""
    for name, value in with_hidden(session, row, {"confidential": True}).items():
        setattr(row, name, value)


def without_exact(row: Organisation | Venue, differences: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the history may remember of a change: where something was that is confidential now, it may not."""
    return {name: value for name, value in differences.items() if not row.confidential or name not in EXACT}


def hide_what_it_has(session: Session, by: Person, organisation_id: str) -> None:
    """Hide the venues of an organisation that became confidential; its resources are from now on where it is.

    Raises `InvalidInput` while it has further sites, which say where they are.
    """
    if session.scalars(select(Site.id).where(Site.organisation_id == organisation_id).limit(1)).first():
        raise InvalidInput(("/confidential", "Take away its further sites first: they say where it is"))
    for venue in session.scalars(select(Venue).where(Venue.organisation_id == organisation_id).with_for_update()):
        differences = set_fields(venue, with_hidden(session, venue, {"confidential": True}))
        if differences:
            session.flush()
            remember(session, by, venue, "changed", without_exact(venue, differences))
            outbox.publish(session, venue_facts(VenueChanged, venue))
    for resource in session.scalars(
        select(Resource).where(Resource.organisation_id == organisation_id).with_for_update()
    ):
        if set_fields(resource, {"latitude": None, "longitude": None}):
            session.flush()
            remember(session, by, resource, "changed", {})
            outbox.publish(session, resource_facts(ResourceChanged, resource))


def is_confidential(session: Session, organisation_id: str) -> bool:
    """Say whether an organisation's address is confidential, and so that of all it has."""
    return session.get_one(Organisation, organisation_id).confidential

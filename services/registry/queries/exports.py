"""What is taken away: organisations with their contacts, as far as the viewer may see each; what they have and lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.owned_rows import Named
from services.registry.domain.permissions import may_export_tables
from services.registry.domain.tables import OWNED, OwnedKind
from services.registry.models import Contact, Organisation, OwnedKey, Venue
from services.registry.queries.contacts import own_contacts_of_organisation, own_contacts_of_organisations
from services.registry.queries.organisations import named
from services.registry.queries.owned_imports import MODELS
from shared.people import Person, must

AT_ONCE = 1_000


@dataclass(frozen=True)
class Exported:
    """An organisation with its own contacts that the viewer may see; those of its people stay here."""

    organisation: Organisation
    contacts: Sequence[Contact]


def exported_organisations(session: Session, *, viewer: Person | None) -> list[Exported]:
    """Give every organisation by name. Raises `NotAllowed`."""
    must(may_export_tables(viewer))
    here = select(Organisation).where(Organisation.merged_into_id.is_(None))
    rows = session.scalars(here.order_by(Organisation.name, Organisation.id)).all()
    found: list[Exported] = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        ids = [row.id for row in part]
        contacts = own_contacts_of_organisations(session, viewer=viewer, organisation_ids=ids)
        found += [Exported(row, contacts[row.id]) for row in part]
    return found


def exported_organisation(session: Session, *, viewer: Person | None, organisation_id: str) -> Exported:
    """Give one organisation. Raises `NothingHere`."""
    contacts = own_contacts_of_organisation(session, viewer=viewer, organisation_id=organisation_id)
    return Exported(named(session, Organisation, organisation_id), contacts)


@dataclass(frozen=True)
class ExportedThing:
    """A venue, resource or need, and how what it belongs to and lies in is named."""

    thing: Any
    named: Named


def exported_things(session: Session, *, viewer: Person | None, kind: OwnedKind) -> list[ExportedThing]:
    """Give every venue, resource or need in the order in which they became known. Raises `NotAllowed`."""
    must(may_export_tables(viewer))
    model, reference = MODELS[kind], OWNED[kind].reference
    keys, venues = _keys_of(session, kind), _keys_of(session, "venues") if reference else {}
    owners = {
        row.id: (row.external_key or row.id, row.name)
        for row in session.execute(select(Organisation.id, Organisation.external_key, Organisation.name))
    }
    here = set(session.scalars(select(Venue.id))) if reference else set()
    found: list[ExportedThing] = []
    for row in session.scalars(select(model).order_by(model.id)):
        outer = getattr(row, reference) if reference else None
        inside = venues.get(outer, outer) if outer in here else ""
        found.append(ExportedThing(row, Named(keys.get(row.id, row.id), *owners[row.organisation_id], inside or "")))
    return found


def _keys_of(session: Session, kind: OwnedKind) -> dict[str, str]:
    """Give the key by which tables know each thing; of several the first, of none nothing."""
    rows = session.execute(select(OwnedKey.thing_id, OwnedKey.key).where(OwnedKey.kind == kind))
    found: dict[str, str] = {}
    for thing_id, key in rows:
        if key != thing_id:
            found[thing_id] = min(key, found.get(thing_id, key))
    return found

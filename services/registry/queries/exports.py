"""What is taken away of organisations: all of them with their contacts, as far as the viewer may see each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.permissions import may_export_organisations
from services.registry.models import Contact, Organisation
from services.registry.queries.contacts import own_contacts_of_organisation, own_contacts_of_organisations
from services.registry.queries.organisations import named
from shared.people import Person, must

AT_ONCE = 1_000


@dataclass(frozen=True)
class Exported:
    """An organisation with its own contacts that the viewer may see; those of its people stay here."""

    organisation: Organisation
    contacts: Sequence[Contact]


def exported_organisations(session: Session, *, viewer: Person | None) -> list[Exported]:
    """Give every organisation by name. Raises `NotAllowed`."""
    must(may_export_organisations(viewer))
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

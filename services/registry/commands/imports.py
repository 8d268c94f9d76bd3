"""Taking organisations from a table: found by a stable key, so that importing again changes nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.contacts import contact_of
from services.registry.commands.organisations import register_organisation, set_organisation_fields
from services.registry.domain.permissions import may_import_organisations
from services.registry.domain.plans import ContactPlan
from services.registry.domain.tables import Note, OrganisationRow
from services.registry.models import Contact, Organisation
from shared.people import Person, must

ROWS_A_UNIT = 200
"""So many rows are written in one transaction, so that an import never keeps others waiting."""

Result = Literal["imported", "updated", "unchanged", "repaired", "refused"]


@dataclass(frozen=True)
class ImportedRow:
    """What became of one row, and why."""

    uid: str
    result: Result
    line: int
    notes: tuple[Note, ...] = ()


def import_organisations(session: Session, *, by: Person, rows: Sequence[OrganisationRow]) -> list[ImportedRow]:
    """Register or update the organisations of these rows. Raises `NotAllowed`."""
    must(may_import_organisations(by))
    return [_import_row(session, by, row) for row in rows]


def _import_row(session: Session, by: Person, row: OrganisationRow) -> ImportedRow:
    if row.plan is None:
        return ImportedRow(row.key, "refused", row.line, (row.refusal,) if row.refusal else ())
    organisation = session.scalars(
        select(Organisation).where(Organisation.external_key == row.key).with_for_update()
    ).one_or_none()
    if organisation is not None and organisation.import_hash == row.content_hash:
        return ImportedRow(row.key, "unchanged", row.line, row.repairs)
    result: Result
    if organisation is None:
        organisation = register_organisation(session, by=by, plan=row.plan, external_key=row.key)
        result = "imported"
    else:
        set_organisation_fields(session, by=by, organisation=organisation, changes=asdict(row.plan))
        result = "updated"
    organisation.import_hash = row.content_hash
    for contact in row.contacts:
        _import_contact(session, organisation, row.key, contact)
    session.flush()
    return ImportedRow(row.key, "repaired" if row.repairs else result, row.line, row.repairs)


def _import_contact(session: Session, organisation: Organisation, key: str, plan: ContactPlan) -> None:
    """Write one contact; who may see it is decided once, and then by the people of the organisation."""
    external_key = f"{key}#{plan.kind}"
    contact = session.scalars(select(Contact).where(Contact.external_key == external_key)).one_or_none()
    if contact is None:
        contact = contact_of(plan, owner=organisation)
        contact.external_key = external_key
        session.add(contact)
    elif contact.value != plan.value:
        contact.value = plan.value
        contact.version += 1

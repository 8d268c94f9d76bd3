"""Taking organisations from a table: found by a stable key, so that importing again changes nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.contacts import contact_of
from services.registry.commands.organisations import register_organisation, set_organisation_fields
from services.registry.domain.organisations import OF_POINT
from services.registry.domain.permissions import may_import_organisations
from services.registry.domain.plans import Changes, ContactPlan, OrganisationPlan
from services.registry.domain.tables import Note, OrganisationRow
from services.registry.models import Contact, Organisation
from services.registry.queries.themes import taxonomy
from shared.people import Person, must

ROWS_A_UNIT = 200
"""So many rows are written in one transaction, so that an import never keeps others waiting."""

IN_TABLES = ("name", "kind", "description", "address", "audiences", "themes")
"""The fields of a card that a table has columns for, besides the point."""

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
    plan, repairs = _with_known_themes(session, row.plan, row.repairs)
    organisation = session.scalars(
        select(Organisation).where(Organisation.external_key == row.key).with_for_update()
    ).one_or_none()
    if organisation is not None and organisation.import_hash == row.content_hash:
        return ImportedRow(row.key, "unchanged", row.line, repairs)
    result: Result
    if organisation is None:
        organisation = register_organisation(session, by=by, plan=plan, external_key=row.key)
        result = "imported"
    else:
        set_organisation_fields(session, by=by, organisation=organisation, changes=_named_in_tables(plan))
        result = "updated"
    organisation.import_hash = row.content_hash
    for contact in row.contacts:
        _import_contact(session, organisation, row.key, contact)
    session.flush()
    return ImportedRow(row.key, "repaired" if repairs else result, row.line, repairs)


def _named_in_tables(plan: OrganisationPlan) -> Changes:
    """Give what a table says of an organisation; of what it has no column for, the card keeps what people wrote."""
    changes = asdict(plan)
    return {field: changes[field] for field in (*IN_TABLES, *(OF_POINT if plan.latitude is not None else ()))}


def _with_known_themes(
    session: Session, plan: OrganisationPlan, repairs: tuple[Note, ...]
) -> tuple[OrganisationPlan, tuple[Note, ...]]:
    """Take the themes that are known by their codes; those that are not are left out, with a note of each."""
    known = taxonomy(session)
    codes = {word: known.code_of(word) for word in plan.themes}
    left_out = "The theme “{theme}” is not known and was left out"
    notes = [Note(left_out, {"theme": word[:100]}) for word, code in codes.items() if code is None]
    plan = replace(plan, point_source="import" if plan.latitude is not None else None)
    return replace(plan, themes=tuple(dict.fromkeys(code for code in codes.values() if code))), (*repairs, *notes)


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

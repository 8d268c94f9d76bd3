"""Taking organisations from a table: found by a stable key, so that importing again changes nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.registry.commands.contacts import contact_fields
from services.registry.commands.duplicates import index_organisations, note_distinct
from services.registry.commands.import_steps import NOT_YET, Written
from services.registry.commands.organisations import register_organisation, set_organisation_fields
from services.registry.commands.public_contacts import tell_contacts
from services.registry.commands.searching import remember_all_searched
from services.registry.domain.contact_matches import following_contacts
from services.registry.domain.organisation_cells import differences
from services.registry.domain.organisation_rows import OrganisationRow
from services.registry.domain.plans import Changes
from services.registry.models import Contact, Organisation, OrganisationKey
from services.registry.queries.looking_up import LookedUp
from shared.people import Person


class OrganisationWriter:
    """Registers and changes organisations with their contacts; see `import_steps.Writer`."""

    def __init__(self, session: Session, by: Person, rows: Sequence[LookedUp], *, dry_run: bool) -> None:
        """Read the further keys by which these rows know organisations."""
        self.session, self.by, self.dry_run = session, by, dry_run
        keys = [one.row.key for one in rows if not one.is_unchanged]
        known = select(OrganisationKey).where(OrganisationKey.key.in_(keys))
        self.keys = {row.key: row for row in session.scalars(known)}
        self.organisations: dict[str, Organisation] = {}
        self.contacts: dict[str, list[Contact]] = defaultdict(list)
        self.new_contacts: list[dict[str, Any]] = []
        """Written together, after the organisations that they belong to."""

    def load(self, ids: Sequence[str]) -> None:
        """Read organisations and their contacts, under lock where they are about to change."""
        if not ids:
            return
        self._write_contacts()
        wanted = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        found = self.session.scalars(wanted if self.dry_run else wanted.with_for_update())
        self.organisations |= {row.id: row for row in found}
        contacts = select(Contact).where(Contact.organisation_id.in_(ids)).order_by(Contact.id)
        for contact in self.session.scalars(contacts):
            self.contacts[contact.organisation_id or ""].append(contact)

    def register(self, found: LookedUp, taken: Mapping[int, str]) -> Written:
        """Register the organisation of a row; whoever added it knowing of others said that it is none of them."""
        row = _row(found)
        if self.dry_run or row.plan is None:
            return Written(NOT_YET, "imported")
        organisation = register_organisation(
            self.session, by=self.by, plan=row.plan, external_key=row.key, import_hash=row.content_hash, indexed=False
        )
        self._follow_contacts(organisation, [], row)
        for candidate in found.candidates:
            if candidate.organisation_id:
                note_distinct(self.session, self.by, organisation.id, candidate.organisation_id)
        return Written(organisation.id, "imported")

    def update(self, found: LookedUp, target: str, taken: Mapping[int, str]) -> Written:
        """Set what a row says otherwise than what is kept, and remember what it said."""
        row = _row(found)
        if target not in self.organisations:  # an earlier line of this file registered it
            self.load([target])
        organisation, kept = self.organisations[target], self.contacts.get(target, [])
        changes, contacts = _with_source(differences(row, organisation)), following_contacts(row, kept)
        if not self.dry_run:
            self._remember_row(row, organisation)
            set_organisation_fields(
                self.session, by=self.by, organisation=organisation, changes=changes, searched=False
            )
            self._follow_contacts(organisation, kept, row)
        return Written(target, "updated" if changes or contacts else "unchanged")

    def finish(self, ids: Sequence[str]) -> None:
        """Let the organisations that were written meet others like them, and be found by their words."""
        if self.dry_run or not ids:
            return
        self._write_contacts()
        index_organisations(self.session, set(ids))
        tell_contacts(self.session, set(ids))
        written = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        remember_all_searched(self.session, self.session.scalars(written).all())

    def _remember_row(self, row: OrganisationRow, organisation: Organisation) -> None:
        """Remember what a row said and under which key its table knows the organisation."""
        further = self.keys.get(row.key)
        if organisation.external_key in (None, row.key) and row.key != organisation.id:
            organisation.external_key, organisation.import_hash = row.key, row.content_hash
        elif further is not None:
            further.import_hash = row.content_hash
        else:
            key = OrganisationKey(key=row.key, organisation_id=organisation.id, import_hash=row.content_hash)
            self.session.add(key)

    def _write_contacts(self) -> None:
        """Write the contacts that wait; the databases take them only after the organisations that they name."""
        if self.new_contacts:
            self.session.flush()
            self.session.execute(insert(Contact), self.new_contacts)
            self.new_contacts.clear()

    def _follow_contacts(self, organisation: Organisation, kept: Sequence[Contact], row: OrganisationRow) -> None:
        """Let contacts follow a row; who may see one is decided once, and then by the people of the organisation."""
        by_id = {contact.id: contact for contact in kept}
        for one in following_contacts(row, kept):
            if one.contact_id is None:
                fields = contact_fields(one.plan, owner=organisation, is_checked=True)
                self.new_contacts.append({**fields, "external_key": one.external_key})
            else:
                contact = by_id[one.contact_id]
                contact.value = one.plan.value
                contact.version += 1


def _row(found: LookedUp) -> OrganisationRow:
    if not isinstance(found.row, OrganisationRow):
        raise TypeError("this is no row of organisations")
    return found.row


def _with_source(changes: Changes) -> Changes:
    """Say where a point is from: what a table says never moves somebody's pin."""
    return {**changes, "point_source": "import"} if changes.get("latitude") is not None else changes

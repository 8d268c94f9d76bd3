"""Taking organisations from a table: found by a stable key, so that importing again changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.registry.commands.contacts import contact_fields
from services.registry.commands.duplicates import index_organisations, note_distinct
from services.registry.commands.organisations import register_organisation, set_organisation_fields
from services.registry.commands.searching import remember_all_searched
from services.registry.domain.contact_matches import following_contacts
from services.registry.domain.organisation_cells import differences
from services.registry.domain.organisation_rows import Note, OrganisationRow
from services.registry.domain.permissions import may_import_organisations
from services.registry.domain.plans import Changes
from services.registry.models import Contact, Organisation, OrganisationKey
from services.registry.queries.duplicates import Candidate
from services.registry.queries.imports import LookedUp
from shared.people import Person, must

ROWS_A_UNIT = 200
"""So many rows are written in one transaction, so that an import never keeps others waiting."""

NOT_YET = "not yet"
"""Stands in a dry run for an organisation that an earlier line would register."""

Result = Literal["imported", "updated", "unchanged", "repaired", "refused", "candidate", "skipped"]
Choice = Literal["ask", "update", "add", "skip"]
"""What becomes of a row that looks like an organisation under another key."""


@dataclass(frozen=True)
class Choices:
    """What a person decided about rows that look like an organisation: of each line, and of all others."""

    of_all: Choice = "ask"
    by_line: Mapping[int, Choice] = field(default_factory=dict)

    def of(self, line: int) -> Choice:
        """Give the decision about one line."""
        return self.by_line.get(line, self.of_all)


@dataclass(frozen=True)
class ImportedRow:
    """What became of one row (in a dry run: would become), and why."""

    uid: str
    result: Result
    line: int
    notes: tuple[Note, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    organisation_id: str | None = None


@dataclass
class Known:
    """What the rows of one unit touch: organisations, their further keys and their contacts, by id; new contacts."""

    organisations: dict[str, Organisation]
    keys: dict[str, OrganisationKey]
    contacts: dict[str, list[Contact]]
    new_contacts: list[dict[str, Any]] = field(default_factory=list)
    """Written together, after the organisations that they belong to."""


def import_organisations(
    session: Session,
    *,
    by: Person,
    rows: Sequence[LookedUp],
    choices: Choices | None = None,
    taken: MutableMapping[int, str] | None = None,
    dry_run: bool = False,
) -> list[ImportedRow]:
    """Register or update the organisations of these rows; a dry run says the same and writes nothing.

    `taken` says which organisation an earlier line of the same file became, and is filled. Raises `NotAllowed`.
    """
    must(may_import_organisations(by))
    choices, taken = choices or Choices(), {} if taken is None else taken
    known = _known(session, rows, choices, locking=not dry_run)
    done: list[ImportedRow] = []
    for one in rows:
        target = _target(one, choices, taken)
        done.append(_import_row(session, by, one, target, known, choices, dry_run=dry_run))
        if _wrote(done[-1]):
            taken[one.row.line] = done[-1].organisation_id or NOT_YET
    if not dry_run:
        _write_contacts(session, known)
        _let_be_found(session, {one.organisation_id for one in done if one.organisation_id and _wrote(one)})
    return done


def _let_be_found(session: Session, ids: Collection[str]) -> None:
    """Let the organisations that were written meet others like them, and be found by their words."""
    index_organisations(session, ids)
    written = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    remember_all_searched(session, session.scalars(written).all())


def _wrote(row: ImportedRow) -> bool:
    return row.result in ("imported", "updated", "repaired")


def _target(found: LookedUp, choices: Choices, taken: Mapping[int, str]) -> str | None:
    """Name the organisation that a row is about: by its key, or the one that a person said it is."""
    if found.organisation_id or not found.candidates or choices.of(found.row.line) != "update":
        return found.organisation_id
    first = found.candidates[0]
    return first.organisation_id or taken.get(first.line or 0)


def _known(session: Session, rows: Sequence[LookedUp], choices: Choices, *, locking: bool) -> Known:
    """Read all that these rows touch at once, in the order in which everybody locks it."""
    keys = select(OrganisationKey).where(OrganisationKey.key.in_([one.row.key for one in rows]))
    known = Known({}, {row.key: row for row in session.scalars(keys)}, defaultdict(list))
    targets = (_target(one, choices, {}) for one in rows)
    _load(session, known, [target for target in targets if target], locking=locking)
    return known


def _load(session: Session, known: Known, ids: Sequence[str], *, locking: bool) -> None:
    _write_contacts(session, known)
    wanted = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    found = session.scalars(wanted.with_for_update() if locking else wanted)
    known.organisations.update({row.id: row for row in found})
    for contact in session.scalars(select(Contact).where(Contact.organisation_id.in_(ids)).order_by(Contact.id)):
        known.contacts[contact.organisation_id or ""].append(contact)


def _import_row(
    session: Session, by: Person, found: LookedUp, target: str | None, known: Known, choices: Choices, *, dry_run: bool
) -> ImportedRow:
    row, choice = found.row, choices.of(found.row.line)
    if row.plan is None:
        return ImportedRow(row.key, "refused", row.line, (row.refusal,) if row.refusal else ())
    if target is None and found.candidates and choice in ("ask", "skip"):
        result: Result = "candidate" if choice == "ask" else "skipped"
        return ImportedRow(row.key, result, row.line, row.repairs, found.candidates)
    if target is None:
        made = None if dry_run else _register(session, by, found, known)
        return ImportedRow(row.key, _result(row, "imported"), row.line, row.repairs, found.candidates, made)
    if target == NOT_YET:
        return ImportedRow(row.key, _result(row, "updated"), row.line, row.repairs, found.candidates)
    if target not in known.organisations:  # an earlier line of this file registered it
        _load(session, known, [target], locking=True)
    result = _update(session, by, row, known, target, dry_run=dry_run)
    return ImportedRow(row.key, result, row.line, row.repairs, found.candidates, target)


def _result(row: OrganisationRow, result: Result) -> Result:
    return "repaired" if row.repairs else result


def _register(session: Session, by: Person, found: LookedUp, known: Known) -> str:
    """Register the organisation of a row; whoever added it knowing of others like it said that it is none of them."""
    row = found.row
    if row.plan is None:
        raise ValueError("a row that was refused cannot be registered")
    organisation = register_organisation(
        session, by=by, plan=row.plan, external_key=row.key, import_hash=row.content_hash, indexed=False
    )
    _follow_contacts(organisation, [], row, known)
    for candidate in found.candidates:
        if candidate.organisation_id:
            note_distinct(session, by, organisation.id, candidate.organisation_id)
    return organisation.id


def _update(session: Session, by: Person, row: OrganisationRow, known: Known, target: str, *, dry_run: bool) -> Result:
    """Set what a row says otherwise than what is kept; a row that was imported as it is changes nothing."""
    organisation, further = known.organisations[target], known.keys.get(row.key)
    before = organisation.import_hash if organisation.external_key == row.key else further and further.import_hash
    if before == row.content_hash:
        return "unchanged"
    changes = _with_source(differences(row, organisation))
    contacts = following_contacts(row, known.contacts.get(target, []))
    if not dry_run:
        _remember_row(session, row, organisation, further)
        set_organisation_fields(session, by=by, organisation=organisation, changes=changes, searched=False)
        _follow_contacts(organisation, known.contacts.get(target, []), row, known)
    return _result(row, "updated") if changes or contacts else "unchanged"


def _with_source(changes: Changes) -> Changes:
    """Say where a point is from: what a table says never moves somebody's pin."""
    return {**changes, "point_source": "import"} if changes.get("latitude") is not None else changes


def _remember_row(
    session: Session, row: OrganisationRow, organisation: Organisation, further: OrganisationKey | None
) -> None:
    """Remember what a row said and under which key its table knows the organisation."""
    if organisation.external_key in (None, row.key) and row.key != organisation.id:
        organisation.external_key, organisation.import_hash = row.key, row.content_hash
    elif further is not None:
        further.import_hash = row.content_hash
    else:
        session.add(OrganisationKey(key=row.key, organisation_id=organisation.id, import_hash=row.content_hash))


def _write_contacts(session: Session, known: Known) -> None:
    """Write the contacts that wait; the databases take them only after the organisations that they name."""
    if known.new_contacts:
        session.flush()
        session.execute(insert(Contact), known.new_contacts)
        known.new_contacts.clear()


def _follow_contacts(organisation: Organisation, kept: Sequence[Contact], row: OrganisationRow, known: Known) -> None:
    """Let contacts follow a row; who may see one is decided once, and then by the people of the organisation."""
    by_id = {contact.id: contact for contact in kept}
    for one in following_contacts(row, kept):
        if one.contact_id is None:
            fields = contact_fields(one.plan, owner=organisation, is_checked=True)
            known.new_contacts.append({**fields, "external_key": one.external_key})
        else:
            contact = by_id[one.contact_id]
            contact.value = one.plan.value
            contact.version += 1

"""What is known already of the rows of a table, and the files that people have sent."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.permissions import may_import_tables
from services.registry.domain.tables import Table
from services.registry.models import ImportDraft, ImportPart, Person
from services.registry.problems import NothingHere
from services.registry.queries.looking_up import LookedUp
from services.registry.queries.organisation_imports import looked_up_organisations
from services.registry.queries.owned_imports import looked_up_owned
from services.registry.queries.people import actor
from shared import clock, people
from shared.people import must


def looked_up(session: Session, *, viewer: people.Person, table: Table) -> list[LookedUp]:
    """Look every row up before anything is written; of venues the outer ones come first."""
    if table.kind == "organisations":
        return looked_up_organisations(session, viewer=viewer, rows=table.rows)
    return looked_up_owned(session, kind=table.kind, rows=table.rows)


def import_draft(session: Session, draft_id: str, *, viewer: people.Person) -> ImportDraft:
    """Give a file that somebody sent, to them alone. Raises `NotAllowed`, `NothingHere` (its time is over, too)."""
    must(may_import_tables(viewer))
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.by_person_id != viewer.id or draft.expires_at <= clock.now():
        raise NothingHere
    return draft


def import_parts(session: Session, draft_id: str) -> Sequence[ImportPart]:
    """Give what became of the rows of a file so far, in the order in which they were written."""
    mine = select(ImportPart).where(ImportPart.draft_id == draft_id)
    return session.scalars(mine.order_by(ImportPart.place)).all()


def importer(session: Session, person_id: str) -> people.Person:
    """Say who sent a file, with the roles that they have now. Raises `NothingHere` when they are gone."""
    here = select(Person).where(Person.id == person_id, Person.erased_at.is_(None))
    row = session.scalars(here.options(selectinload(Person.memberships))).first()
    if row is None:
        raise NothingHere
    return actor(session, row)

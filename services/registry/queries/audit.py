"""The audit log, to be read: by administrators, and by everybody as far as it is about themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.registry.domain.permissions import may_see_audit, may_see_audit_of
from services.registry.domain.plans import AuditAction
from services.registry.models import Audit, Person
from services.registry.queries.disclosures import disclose
from shared import people
from shared.paging import Paging
from shared.people import must

NEWEST_FIRST = "position, newest first"


@dataclass(frozen=True)
class Noted:
    """One row of the log; the names stand there for those who may see names, of people who are still here."""

    row: Audit
    by_name: str | None = None
    subject_name: str | None = None


def audit_log(
    session: Session,
    *,
    viewer: people.Person,
    paging: Paging,
    subject_id: str | None = None,
    by_person_id: str | None = None,
    action: AuditAction | None = None,
) -> list[Noted]:
    """Give the log to an administrator, the newest row first; it is a look at people too. Raises `NotAllowed`."""
    must(may_see_audit(viewer))
    wanted = select(Audit)
    for column, value in ((Audit.subject_id, subject_id), (Audit.by_person_id, by_person_id), (Audit.action, action)):
        if value is not None:
            wanted = wanted.where(column == value)
    rows = _page(session, wanted, paging)
    for row in rows[: paging.limit]:
        disclose(session, viewer=viewer, subject_id=row.subject_id, field="audit")
    names = _names(session, rows)
    return [Noted(row, names.get(row.by_person_id or ""), names.get(row.subject_id)) for row in rows]


def audit_of(session: Session, subject_id: str, paging: Paging, *, viewer: people.Person | None = None) -> list[Noted]:
    """Give what the log holds of one person, the newest row first; who asks must have been found to be allowed.

    `viewer` is None where the person uses their own link; names of others are for those who work here.
    """
    rows = _page(session, select(Audit).where(Audit.subject_id == subject_id), paging)
    if rows:
        disclose(session, viewer=viewer, subject_id=subject_id, field="audit")
    names = _names(session, rows) if people.is_partner(viewer) else {}
    return [Noted(row, names.get(row.by_person_id or ""), names.get(row.subject_id)) for row in rows]


def audit_of_person(session: Session, *, viewer: people.Person, subject_id: str, paging: Paging) -> list[Noted]:
    """Give what the log holds of one person to themselves and to administrators. Raises `NotAllowed`."""
    must(may_see_audit_of(viewer, subject_id))
    return audit_of(session, subject_id, paging, viewer=viewer)


def _page(session: Session, wanted: Select[Audit], paging: Paging) -> Sequence[Audit]:
    page = wanted.where(paging.beyond(Audit.position, descending=True)).order_by(Audit.position.desc())
    return session.scalars(page.limit(paging.rows)).all()


def _names(session: Session, rows: Sequence[Audit]) -> dict[str, str]:
    ids = {one for row in rows for one in (row.subject_id, row.by_person_id) if one}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids), Person.erased_at.is_(None)))
    return {row.id: row.name for row in found}

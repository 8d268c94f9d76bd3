"""Files that somebody looks at before they are imported: kept for two hours, for them alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registry.commands.editing import locked
from services.registry.domain.permissions import may_import_organisations
from services.registry.models import ImportDraft
from services.registry.problems import NothingHere
from shared import clock
from shared.people import Person, must

KEPT_FOR = timedelta(hours=2)
MOST_DRAFTS = 3
LONGEST_NAME = 200


def keep_draft(session: Session, *, by: Person, file_name: str, data: bytes) -> ImportDraft:
    """Keep a file until its sender has looked at it; of earlier ones of theirs two stay. Raises `NotAllowed`."""
    must(may_import_organisations(by))
    mine = select(ImportDraft.id).where(ImportDraft.by_person_id == by.id).order_by(ImportDraft.id.desc())
    older = session.scalars(mine.offset(MOST_DRAFTS - 1)).all()
    session.execute(delete(ImportDraft).where(ImportDraft.id.in_(older)))
    now = clock.now()
    draft = ImportDraft(
        by_person_id=by.id,
        file_name=file_name[:LONGEST_NAME],
        data=data,
        mapping={},
        expires_at=now + KEPT_FOR,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def map_draft(session: Session, *, by: Person, draft_id: str, mapping: Mapping[str, str]) -> ImportDraft:
    """Say which heading stands for which field. Raises `NotAllowed`, `NothingHere`."""
    draft = _own(session, by, draft_id)
    draft.mapping = dict(mapping)
    draft.version += 1
    return draft


def finish_draft(session: Session, *, by: Person, draft_id: str, report: Mapping[str, Any]) -> ImportDraft:
    """Keep what became of a file in place of the file. Raises `NotAllowed`, `NothingHere`."""
    draft = _own(session, by, draft_id)
    draft.data, draft.report = b"", dict(report)
    draft.version += 1
    return draft


def _own(session: Session, by: Person, draft_id: str) -> ImportDraft:
    must(may_import_organisations(by))
    draft = locked(session, ImportDraft, draft_id)
    if draft.by_person_id != by.id:
        raise NothingHere
    return draft

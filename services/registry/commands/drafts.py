"""Files that somebody looks at before they are imported, and watches while they are: kept two hours, for them alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registry.commands.editing import locked
from services.registry.commands.import_steps import Choices
from services.registry.domain.permissions import may_import_tables
from services.registry.domain.plans import DraftState, Language
from services.registry.domain.tables import TableKind
from services.registry.models import ImportDraft, ImportPart
from services.registry.problems import NothingHere
from shared import clock
from shared.people import Person, must
from shared.problems import Problem

KEPT_FOR = timedelta(hours=2)
SILENT = timedelta(minutes=2)
"""An import that wrote nothing for so long was interrupted: the service was stopped."""
MOST_DRAFTS = 3
LONGEST_NAME = 200
RUNNING: tuple[DraftState, ...] = ("running", "stopping")


class ImportEnded(Exception):
    """Whoever writes a file's rows must stop: somebody else goes on with it, it is over, or it was told to stop."""

    def __init__(self, *, was_stopped: bool) -> None:
        """Say whether a person wanted that."""
        super().__init__("the import ended")
        self.was_stopped = was_stopped


def keep_draft(
    session: Session, *, by: Person, file_name: str, data: bytes, kind: TableKind = "organisations"
) -> ImportDraft:
    """Keep a file until its sender has looked at it; of earlier ones of theirs two stay. Raises `NotAllowed`."""
    must(may_import_tables(by))
    mine = ImportDraft.by_person_id == by.id, ImportDraft.state.not_in(RUNNING)
    kept = select(ImportDraft.id).where(*mine).order_by(ImportDraft.id.desc())
    older = session.scalars(kept.offset(MOST_DRAFTS - 1)).all()
    session.execute(delete(ImportDraft).where(ImportDraft.id.in_(older)))
    now = clock.now()
    draft = ImportDraft(
        by_person_id=by.id,
        file_name=file_name[:LONGEST_NAME],
        data=data,
        kind=kind,
        mapping={},
        state="waiting",
        expires_at=now + KEPT_FOR,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def map_draft(session: Session, *, by: Person, draft_id: str, mapping: Mapping[str, str]) -> ImportDraft:
    """Say which heading stands for which field. Raises `NotAllowed`, `NothingHere`."""
    draft = _own(session, by, draft_id)
    if draft.state == "waiting":
        draft.mapping = dict(mapping)
        draft.version += 1
    return draft


def start_import(session: Session, *, by: Person, draft_id: str, choices: Choices, language: Language) -> bool:
    """Let a file be brought in, and say whether it is now: it is not when it was already. Raises `NotAllowed`."""
    draft = _own(session, by, draft_id)
    if draft.state != "waiting":
        return False
    by_line = {str(line): choice for line, choice in choices.by_line.items()}
    draft.choices, draft.language = {"of_all": choices.of_all, "by_line": by_line}, language
    draft.state, draft.moved_at = "running", clock.now()
    draft.version += 1
    return True


def stop_import(session: Session, *, by: Person, draft_id: str) -> ImportDraft:
    """Let an import end after the rows that are being written. Raises `NotAllowed`, `NothingHere`."""
    draft = _own(session, by, draft_id)
    if draft.state == "running":
        draft.state = "stopping"
        draft.version += 1
    return draft


def choices_of(draft: ImportDraft) -> Choices:
    """Give what was decided about the rows of a file."""
    by_line = {int(line): choice for line, choice in draft.choices.get("by_line", {}).items()}
    return Choices(draft.choices.get("of_all", "ask"), by_line)


def hold_draft(session: Session, *, draft_id: str, done: int) -> None:
    """Keep others from going on with a file in this transaction. Raises `ImportEnded` where it is not at this row."""
    draft = session.get(ImportDraft, draft_id, with_for_update=True)
    if draft is None or draft.state not in RUNNING or draft.done != done:
        raise ImportEnded(was_stopped=False)
    if draft.state == "stopping":
        raise ImportEnded(was_stopped=True)


def note_import_part(session: Session, *, draft_id: str, items: Sequence[Mapping[str, Any]], total: int) -> None:
    """Note what became of the next rows of a file; the draft must be held."""
    draft = session.get_one(ImportDraft, draft_id)
    session.add(ImportPart(draft_id=draft_id, place=draft.done, items=[dict(item) for item in items]))
    draft.done, draft.total, draft.moved_at = draft.done + len(items), total, clock.now()
    draft.version += 1


def end_import(
    session: Session, *, draft_id: str, report: Mapping[str, Any] | None, problem: Problem | None = None
) -> None:
    """Keep what became of a file in place of the file; a problem says why some of it was not taken in."""
    draft = session.get(ImportDraft, draft_id, with_for_update=True)
    if draft is None or draft.state not in RUNNING:
        return
    session.execute(delete(ImportPart).where(ImportPart.draft_id == draft_id))
    draft.data, draft.report = b"", None if report is None else dict(report)
    draft.state = "done" if problem is None else "failed"
    if problem is not None:
        draft.problem = {"detail": problem.detail or problem.title, "values": dict(problem.values)}
    draft.version += 1


def look_at_draft_again(session: Session, *, draft_id: str) -> None:
    """Give a file back to its sender of which no row could be read: they say anew what its columns mean."""
    draft = session.get(ImportDraft, draft_id, with_for_update=True)
    if draft is not None and draft.state in RUNNING:
        draft.state = "waiting"
        draft.version += 1


def take_silent_imports(session: Session, *, now: datetime) -> list[tuple[str, str]]:
    """Find imports that were interrupted, and take them over; gives their ids and whose they are."""
    silent = select(ImportDraft).where(
        ImportDraft.state.in_(RUNNING), ImportDraft.moved_at < now - SILENT, ImportDraft.expires_at > now
    )
    drafts = session.scalars(silent.order_by(ImportDraft.id).with_for_update(skip_locked=True)).all()
    for draft in drafts:
        draft.moved_at = now
    return [(draft.id, draft.by_person_id) for draft in drafts]


def _own(session: Session, by: Person, draft_id: str) -> ImportDraft:
    must(may_import_tables(by))
    draft = locked(session, ImportDraft, draft_id)
    if draft.by_person_id != by.id:
        raise NothingHere
    return draft

"""Imports that people start on a page and watch: how far each is, and what came of it."""

from collections import Counter
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.calendar.commands.imports import Imported
from services.calendar.domain.permissions import may_plan_for
from services.calendar.models import ImportRun
from shared import clock
from shared.identifiers import new_id
from shared.people import Person, must
from shared.problems import Problem

MOST_RUNS = 10
"""So many are kept for each organisation."""
MOST_SAID = 500
"""Of so many items a page lists what there is to say; the rest is counted."""


def begin_import_run(session: Session, *, by: Person, organisation_id: str, file_name: str) -> ImportRun:
    """Note that an import begins, and forget the oldest of its organisation. Raises `NotAllowed`."""
    must(may_plan_for(by, organisation_id))
    mine = ImportRun.organisation_id == organisation_id
    kept = session.scalars(select(ImportRun.id).where(mine).order_by(ImportRun.id.desc()).limit(MOST_RUNS - 1)).all()
    session.execute(delete(ImportRun).where(mine, ImportRun.id.not_in(kept)))
    now = clock.now()
    run = ImportRun(
        id=new_id(), organisation_id=organisation_id, file_name=file_name[:200], state="running", total=0, done=0,
        counts={}, said=[], started_at=now, changed_at=now,
    )  # fmt: skip
    session.add(run)
    return run


def note_import_progress(session: Session, run_id: str, done: int, total: int) -> None:
    """Note how far an import is."""
    run = session.get(ImportRun, run_id)
    if run is not None:
        run.done, run.total, run.changed_at = done, total, clock.now()


def end_import_run(session: Session, run_id: str, imported: Imported | None, problem: Problem | None = None) -> None:
    """Note what came of an import, or why the whole file was refused."""
    run = session.get(ImportRun, run_id)
    if run is None:
        return
    run.state, run.changed_at = "done" if imported else "failed", clock.now()
    if imported is not None:
        counts = Counter(str(one.result) for one in imported.outcomes)
        counts["unchanged"] += imported.known
        run.counts = dict(counts)
        run.said = [_plain(one) for one in imported.outcomes if one.notes][:MOST_SAID]
    elif problem is not None:
        run.problem = {"detail": problem.detail or problem.title, "values": dict(problem.values)}


def _plain(outcome: Any) -> dict[str, Any]:
    notes = [note.model_dump() for note in outcome.notes]
    return {"uid": outcome.uid, "line": outcome.line, "result": outcome.result, "file": outcome.file, "notes": notes}

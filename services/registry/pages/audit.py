"""Who looked at whose data or changed it: the log for administrators, and its lines in words for everybody's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response

from services.registry import commands, queries
from services.registry.domain.plans import AuditAction
from services.registry.models import Audit
from services.registry.queries.audit import Noted
from shared import web
from shared.i18n import say
from shared.identifiers import is_id
from shared.pages import Pages
from shared.paging import page_of

router = web.page_router()
templates = Pages("registry")

ACTIONS: dict[AuditAction, str] = {
    "read": "looked at",
    "exported": "exported",
    "changed": "changed",
    "added": "added",
    "removed": "deleted",
    "withdrawn": "consent taken back",
    "erased": "erased",
}
FIELDS = {
    "name": "name",
    "roles": "roles",
    "language": "language",
    "audit": "this log",
    "email": "where mail goes",
    "administrator": "role in the neighbourhood",
    "neighbourhood_coordinator": "role in the neighbourhood",
    "contact.phone": "telephone",
    "contact.email": "e-mail address",
    "contact.website": "website",
    "contact.address": "postal address",
    "contact.other": "another way",
    "contacts": "contacts",
    "own link": "the link to these data",
}


@dataclass(frozen=True)
class AuditLine:
    """One row of the log in words; `subject` and `by` are names where the reader may see names."""

    at: datetime
    who: str
    what: str
    fields: str
    subject: str
    reason: str
    subject_id: str
    by_person_id: str | None


@router.get("/registry/audit")
async def audit(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    paging: web.Paging,
    subject_id: Annotated[str, Query(max_length=40)] = "",
    by_person_id: Annotated[str, Query(max_length=40)] = "",
    action: str = "",
) -> Response:
    """Show administrators who looked at whose data or changed it, the newest first; this look is noted too."""
    wanted: AuditAction | None = next((one for one in ACTIONS if one == action), None)
    rows = await commands.disclose(
        database,
        person,
        web.door_of(request),
        queries.audit_log,
        viewer=person,
        paging=paging,
        subject_id=subject_id if is_id(subject_id) else None,
        by_person_id=by_person_id if is_id(by_person_id) else None,
        action=wanted,
    )
    shown, cursor = page_of(paging, rows, lambda noted: noted.row.position)
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "audit.html",
        lines=audit_lines(shown),
        action=wanted or "",
        actions=[(code, say(word)) for code, word in ACTIONS.items()],
        subject_id=subject_id if is_id(subject_id) else "",
        by_person_id=by_person_id if is_id(by_person_id) else "",
        next=f"/registry/audit?{following}" if following else None,
    )


def audit_lines(rows: Sequence[Noted]) -> list[AuditLine]:
    """Say rows of the log in the language of the running request."""
    return [
        AuditLine(
            at=noted.row.at,
            who=noted.by_name or _who(noted.row),
            what=say(ACTIONS[noted.row.action]),
            fields=", ".join(say(FIELDS.get(field, field)) for field in noted.row.fields),
            subject=noted.subject_name or say("somebody who is no longer here"),
            reason=noted.row.reason,
            subject_id=noted.row.subject_id,
            by_person_id=noted.row.by_person_id,
        )
        for noted in rows
    ]


def _who(row: Audit) -> str:
    """Say who it was where no name is shown."""
    if row.by_service == commands.OPERATOR.service:
        return say("the operator, at the command line")
    if row.by_service is not None:
        return say("this site by itself")
    if row.by_person_id is None or row.by_person_id == row.subject_id:
        return say("the person themselves")
    return say("somebody who works here")

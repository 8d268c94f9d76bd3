"""`audit` and `people/{id}/audit`: who read or changed whose data, when and why."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries, schemas
from services.registry.domain.plans import AuditAction
from services.registry.queries.audit import NEWEST_FIRST
from services.registry.schemas import AuditAnswer, Identifier
from shared import web

router = web.api_router("registry")


@router.get("/audit", response_model=schemas.Page[AuditAnswer])
async def list_audit(
    request: Request,
    database: web.Database,
    viewer: web.CurrentPerson,
    paging: web.Paging,
    subject_id: Annotated[Identifier | None, Query(description="Only about this person's data.")] = None,
    by_person_id: Annotated[Identifier | None, Query(description="Only what this person did.")] = None,
    action: AuditAction | None = None,
) -> Response:
    """List who read or changed whose data, the newest first; for administrators, and noted itself."""
    rows = await commands.disclose(
        database,
        viewer,
        web.door_of(request),
        queries.audit_log,
        viewer=viewer,
        paging=paging,
        subject_id=subject_id,
        by_person_id=by_person_id,
        action=action,
    )
    return web.listing(
        request, paging, rows, show=schemas.audit_answer, key=lambda noted: noted.row.position, sorted_by=NEWEST_FIRST
    )


@router.get("/people/{person_id}/audit", response_model=schemas.Page[AuditAnswer])
async def list_audit_of_person(
    request: Request,
    database: web.Database,
    viewer: web.CurrentPerson,
    paging: web.Paging,
    person_id: Annotated[Identifier, Path()],
) -> Response:
    """List who read or changed one's own data, the newest first."""
    rows = await commands.disclose(
        database,
        viewer,
        web.door_of(request),
        queries.audit_of_person,
        viewer=viewer,
        subject_id=person_id,
        paging=paging,
    )
    return web.listing(
        request, paging, rows, show=schemas.audit_answer, key=lambda noted: noted.row.position, sorted_by=NEWEST_FIRST
    )

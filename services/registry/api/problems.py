"""`problems`: what is to be solved, who supports it and what became of it; `waiting-problems`: what residents named."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from services.registry import commands, queries
from services.registry.domain.plans import Stage
from services.registry.schemas import Identifier, Page, ProblemAnswer, problem_answer
from services.registry.schemas import problems as schemas
from services.registry.schemas.problems import (
    StatusAnswer,
    SupportsAnswer,
    WaitingAnswer,
    WaitingProblemAnswer,
    waiting_answer,
    waiting_problem_answer,
)
from shared import clock, web
from shared.messages.registry import ProblemStatus

router = web.api_router("registry")
PathId = Annotated[Identifier, Path()]
ThemeCode = Annotated[str | None, Query(max_length=60, description="The code of a theme.")]


@router.get("/problems", response_model=Page[ProblemAnswer])
async def list_problems(
    request: Request,
    database: web.Database,
    paging: web.Paging,
    status: ProblemStatus | None = None,
    theme: ThemeCode = None,
) -> Response:
    """List problems, the oldest first."""
    rows = await database.read(queries.problems, paging=paging, status=status, theme=theme)
    return web.listing(request, paging, rows, show=problem_answer, key=lambda row: row.id, sorted_by="id")


@router.post("/problems", status_code=201, response_model=ProblemAnswer)
async def name_problem(
    request: Request, database: web.Database, by: web.CurrentPerson, body: schemas.ProblemBody
) -> Response:
    """Name a problem."""
    return await web.create(request, database, commands.name_problem, by=by, plan=body.plan(), show=problem_answer)


@router.get("/problems/{problem_id}", response_model=ProblemAnswer)
async def get_problem(database: web.Database, problem_id: PathId) -> Response:
    """Give one problem."""
    row = await database.read(queries.problem, problem_id)
    return web.answer(problem_answer(row), version=row.version)


@router.patch("/problems/{problem_id}", response_model=ProblemAnswer)
async def change_problem(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, problem_id: PathId, body: schemas.ProblemChange
) -> Response:
    """Reword a problem; what is absent stays."""
    row = await database.write(
        commands.change_problem, by=by, problem_id=problem_id, version=version, changes=body.changes()
    )
    return web.answer(problem_answer(row), version=row.version)


@router.get("/problems/{problem_id}/statuses", response_model=Page[StatusAnswer])
async def list_statuses(
    request: Request, database: web.Database, person: web.MaybePerson, problem_id: PathId
) -> Response:
    """List what became of a problem, the oldest first; who said so for those who may see people."""
    await database.read(queries.problem, problem_id)
    rows = await commands.disclose(
        database, person, web.door_of(request), queries.statuses_of, viewer=person, problem_id=problem_id
    )
    items = [StatusAnswer.model_validate(row) for row in rows]
    return web.answer({"items": items, "next": None, "sorted_by": "at"})


@router.put("/problems/{problem_id}/status", response_model=ProblemAnswer)
async def move_problem(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, problem_id: PathId, body: schemas.StatusBody
) -> Response:
    """Say what became of a problem, and why."""
    row = await database.write(commands.move_problem, by=by, problem_id=problem_id, version=version, plan=body.plan())
    return web.answer(problem_answer(row), version=row.version)


@router.put("/problems/{problem_id}/stages/{stage}", response_model=ProblemAnswer)
async def enter_stage(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    problem_id: PathId,
    stage: Stage,
    body: schemas.StageBody,
) -> Response:
    """Enter a step of the participation path, or correct it; steps may be skipped, dates never run backwards."""
    wait = request.app.state.settings.copy_wait_seconds
    await commands.wait_for_event(database, problem_id, body.event_id, wait)
    row = await database.write(
        commands.enter_stage, by=by, problem_id=problem_id, version=version, stage=stage, plan=body.plan()
    )
    return web.answer(problem_answer(row), version=row.version)


@router.delete("/problems/{problem_id}/stages/{stage}", response_model=ProblemAnswer)
async def remove_stage(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, problem_id: PathId, stage: Stage
) -> Response:
    """Take a step off the participation path that was entered by mistake."""
    row = await database.write(commands.remove_stage, by=by, problem_id=problem_id, version=version, stage=stage)
    return web.answer(problem_answer(row), version=row.version)


@router.get("/problems/{problem_id}/supports", response_model=SupportsAnswer)
async def get_supports(database: web.Database, problem_id: PathId) -> Response:
    """Say who supports a problem, and how often residents said that they do."""
    row = await database.read(queries.problem, problem_id)
    return web.answer(SupportsAnswer(organisation_ids=row.supporter_ids, residents=row.resident_supports))


@router.post("/problems/{problem_id}/supports", response_model=ProblemAnswer)
async def support_problem(
    request: Request, database: web.Database, by: web.CurrentPerson, problem_id: PathId, body: schemas.SupportBody
) -> Response:
    """Support a problem in an organisation's name."""
    return await web.perform(
        request,
        database,
        commands.support_problem,
        by=by,
        problem_id=problem_id,
        organisation_id=body.organisation_id,
        show=problem_answer,
    )


@router.delete("/problems/{problem_id}/supports/{organisation_id}", response_model=ProblemAnswer)
async def withdraw_support(
    database: web.Database, by: web.CurrentPerson, problem_id: PathId, organisation_id: PathId
) -> Response:
    """Take an organisation's support back."""
    row = await database.write(commands.withdraw_support, by=by, problem_id=problem_id, organisation_id=organisation_id)
    return web.answer(problem_answer(row), version=row.version)


@router.post("/problems/{problem_id}/resident-supports", response_model=SupportsAnswer)
async def support_as_resident(request: Request, database: web.Database, problem_id: PathId) -> Response:
    """Support a problem as a resident, without an account; from one address it counts once a day."""
    await web.limit(request, "answer")
    today = clock.now().date()
    who = request.app.state.daily_hash.of(today, "support", problem_id, web.client_of(request))

    def support(session: Session) -> SupportsAnswer:
        counted = commands.support_as_resident(session, problem_id=problem_id, who=who, on=today)
        row = queries.problem(session, problem_id)
        return SupportsAnswer(organisation_ids=row.supporter_ids, residents=row.resident_supports, counted=counted)

    return await web.perform(request, database, support, show=lambda said: said)


@router.get("/waiting-problems", response_model=Page[WaitingProblemAnswer])
async def list_waiting_problems(
    request: Request, database: web.Database, by: web.CurrentPerson, paging: web.Paging
) -> Response:
    """List what residents named and nobody let through yet, the oldest first."""
    rows = await database.read(queries.waiting_problems, viewer=by, paging=paging)
    return web.listing(request, paging, rows, show=waiting_problem_answer, key=lambda row: row.id, sorted_by="id")


@router.post("/waiting-problems", status_code=202, response_model=WaitingAnswer)
async def name_as_resident(request: Request, database: web.Database, body: schemas.ResidentProblemBody) -> Response:
    """Name a problem without an account; it is public once somebody let it through."""
    await web.limit(request, "answer")
    today = clock.now().date()
    who = request.app.state.daily_hash.of(today, "name", web.client_of(request))
    return await web.perform(
        request,
        database,
        commands.name_as_resident,
        plan=body.plan(),
        who=who,
        on=today,
        show=waiting_answer,
        show_once=lambda made: waiting_answer(made, request.app.state.settings.address),
        status=202,
    )


@router.post("/waiting-problems/{waiting_id}/let-through", response_model=ProblemAnswer, responses=web.refuses(409))
async def let_through(
    request: Request, database: web.Database, by: web.CurrentPerson, version: web.IfMatch, waiting_id: PathId
) -> Response:
    """Let through what a resident named: from now on it is a public problem."""
    return await web.perform(
        request, database, commands.let_through, by=by, waiting_id=waiting_id, version=version, show=problem_answer
    )


@router.post("/waiting-problems/{waiting_id}/refuse", response_model=WaitingProblemAnswer, responses=web.refuses(409))
async def refuse_waiting(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    waiting_id: PathId,
    body: schemas.RefusalBody,
) -> Response:
    """Refuse what a resident named, with a reason; what it said is blanked."""
    return await web.perform(
        request,
        database,
        commands.refuse_waiting,
        by=by,
        waiting_id=waiting_id,
        version=version,
        because=body.because,
        show=waiting_problem_answer,
    )

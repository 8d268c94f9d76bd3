"""What is done with a problem on its page: it is supported, moved on, and steps of its path are entered."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands
from services.registry.domain.participation import STAGES
from services.registry.domain.permissions import may_move_problem
from services.registry.domain.plans import Stage
from services.registry.pages import problem_form
from services.registry.pages.problems import card_page
from services.registry.pages.typed import Text, Version, wrong_fields
from services.registry.schemas import Identifier
from services.registry.schemas import problems as schemas
from shared import clock, web
from shared.i18n import say
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput, NotSignedIn

router = web.page_router()


@router.post("/registry/problems/{problem_id}/support")
async def support(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    problem_id: Identifier,
    organisation_id: Text = "",
    back: Text = "",
) -> Response:
    """Support a problem: in an organisation's name, or as a resident, of whom nothing is asked."""
    if organisation_id:
        if person is None:
            raise NotSignedIn
        await database.write(
            commands.support_problem, by=person, problem_id=problem_id, organisation_id=organisation_id
        )
        return RedirectResponse(f"/registry/problems/{problem_id}?notice=supported", status_code=303)
    await web.limit(request, "answer")
    today = clock.now().date()
    who = request.app.state.daily_hash.of(today, "support", problem_id, web.client_of(request))
    counted = await database.write(commands.support_as_resident, problem_id=problem_id, who=who, on=today)
    notice = "supported" if counted else "counted"
    where = f"?notice={notice}#problem-{problem_id}" if back == "list" else f"/{problem_id}?notice={notice}"
    return RedirectResponse(f"/registry/problems{where}", status_code=303)


@router.post("/registry/problems/{problem_id}/withdraw")
async def withdraw(
    database: web.Database, person: web.CurrentPerson, problem_id: Identifier, organisation_id: Text = ""
) -> Response:
    """Take an organisation's support back."""
    await database.write(commands.withdraw_support, by=person, problem_id=problem_id, organisation_id=organisation_id)
    return RedirectResponse(f"/registry/problems/{problem_id}?notice=withdrawn", status_code=303)


@router.post("/registry/problems/{problem_id}/status")
async def move(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    problem_id: Identifier,
    version: Version,
    status: Text = "",
    because: Text = "",
) -> Response:
    """Say what became of a problem, and why."""
    must(may_move_problem(person))
    notice = "saved"
    try:
        body = schemas.StatusBody.model_validate({"status": status, "because": because})
        about: dict[str, Any] = {"by": person, "problem_id": problem_id, "version": version}
        await database.write(commands.move_problem, **about, plan=body.plan())
    except ValidationError as wrong:
        sentences = {"status": say("Choose from the list."), "because": say("Write why, in a sentence.")}
        return await card_page(request, database, person, problem_id, faults=wrong_fields(wrong, sentences))
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/problems/{problem_id}?notice={notice}", status_code=303)


@router.post("/registry/problems/{problem_id}/stages")
async def enter_stage(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    problem_id: Identifier,
    version: Version,
    stage: Text = "",
    held_on: Text = "",
    event: Text = "",
    result: Text = "",
    do: Text = "save",
) -> Response:
    """Enter a step of the participation path, correct it, or take it off again."""
    must(may_move_problem(person))
    which: Stage = next((one for one in STAGES if one == stage), "diagnosis")
    about: dict[str, Any] = {"by": person, "problem_id": problem_id, "version": version, "stage": which}
    notice = "saved"
    try:
        if do == "remove":
            await database.write(commands.remove_stage, **about)
        else:
            said = {"held_on": held_on, "event_id": event.strip().rstrip("/").rpartition("/")[2] or None}
            body = schemas.StageBody.model_validate({**said, "result": result})
            wait = request.app.state.settings.copy_wait_seconds
            await commands.wait_for_event(database, problem_id, body.event_id, wait)
            await database.write(commands.enter_stage, **about, plan=body.plan())
    except (ValidationError, InvalidInput) as wrong:
        return await card_page(request, database, person, problem_id, faults=problem_form.stage_faults(wrong))
    except ChangedMeanwhile:
        notice = "changed"
    return RedirectResponse(f"/registry/problems/{problem_id}?notice={notice}#path", status_code=303)

"""Planning and moving an event: one form, checked while it is filled in, and saved when nothing blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.faults import faults_of
from services.calendar.domain.permissions import may_change_event
from services.calendar.domain.plans import EventPlan
from services.calendar.models import Event
from services.calendar.pages import words
from services.calendar.pages.advice import Advice, advice_of, changes_of, slot_of
from services.calendar.pages.forms import (
    Fault,
    Typed,
    in_weeks,
    plan_of_typed,
    typed_of_form,
    typed_of_plan,
    with_plan,
    with_times,
)
from services.calendar.pages.frame import pages, zone_of
from services.calendar.pages.offered import choices, in_words, kept_hosts, left_out, months, repeats, venue_options
from services.calendar.problems import EventBlocked
from shared import clock
from shared.i18n import say
from shared.identifiers import new_id
from shared.people import Person, may_speak_for, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotAllowed
from shared.reasons import AUDIENCE_LABELS
from shared.web import CurrentPerson, Database, MaybePerson, number_of, page_router

router = page_router()
FIELDS = {
    "starts_at": "starts_on",
    "ends_at": "ends_time",
    "latitude": "point",
    "longitude": "point",
    "rrule": "repeat",
}
"""The form's fields for members of a plan that are called otherwise there."""
UNTOUCHED = frozenset({"uid", "sequence", "source", "raw", "rdates", "overrides"})
"""What an edit by the form leaves alone."""


@dataclass(frozen=True)
class Shown:
    """What the plan page shows beside the form."""

    advice: Advice | None = None
    faults: Sequence[Fault] = ()
    blocked: bool = False
    slot_taken: bool = False
    status: int = 422
    """Of the answer, where the form was refused."""


@router.get("/calendar/plan")
async def plan(
    request: Request,
    database: Database,
    person: CurrentPerson,
    on: str = "",
    venue: str = "",
    begins: str = "",
    ends: str = "",
    weeks: str = "",
    kind: str = "other",
    host: Annotated[Sequence[str], Query()] = (),
    skip: Annotated[Sequence[str], Query()] = (),
) -> HTMLResponse:
    """Show the form; a day, a venue and more may come with the address, and are checked at once where a time does."""
    own = [one for one in person.roles if may_speak_for(person, one)]
    chosen = tuple(one for one in host if one in own)
    typed = Typed(
        key=new_id(),
        kind=kind,
        starts_on=on,
        starts_time=begins,
        ends_time=ends,
        venue_id=venue,
        host_ids=chosen or (tuple(own) if len(own) == 1 else ()),
        audiences=() if kind == "meeting" else ("everyone",),
    )
    typed = in_weeks(typed, number_of(weeks) or 1, skip)
    return await _show(request, database, person, typed, await _checked(request, database, typed, "check"))


@router.post("/calendar/plan")
async def plan_sent(request: Request, database: Database, person: MaybePerson) -> Response:
    """Check the form, or save it and lead to the new event."""
    typed, wish = await _sent(request)
    if person is None:
        return await _show(request, database, person, typed, _signed_out(), status=401)
    if wish == "save":
        return await _save_new(request, database, person, typed)
    return await _show(request, database, person, typed, await _checked(request, database, typed, wish))


@router.get("/calendar/events/{event_id}/move")
async def move(request: Request, database: Database, person: CurrentPerson, event_id: str) -> HTMLResponse:
    """Show the form filled with a stored event."""
    stored = await database.read(queries.event_seen, event_id, person)
    must(may_change_event(person, tuple(stored.host_ids)))
    base = queries.plan_of(stored)
    shown = Shown(await _advice(request, database, base, event_id))
    return await _show(request, database, person, typed_of_plan(base, stored.version), shown, event=stored)


@router.post("/calendar/events/{event_id}/move")
async def move_sent(request: Request, database: Database, person: MaybePerson, event_id: str) -> Response:
    """Check the form, or save the change and lead back to the event."""
    if person is None:
        # what was typed comes back, and nothing of what is stored: nobody knows who asks
        typed, _ = await _sent(request)
        return await _show(request, database, person, typed, _signed_out(), event_id=event_id, status=401)
    stored = await database.read(queries.event_seen, event_id, person)
    typed, wish = await _sent(request, stored)
    if wish == "save":
        return await _save_change(request, database, person, typed, stored)
    shown = await _checked(request, database, typed, wish, stored)
    return await _show(request, database, person, typed, shown, event=stored)


async def _sent(request: Request, stored: Event | None = None) -> tuple[Typed, str]:
    """Read the form and what its button wishes: `check`, `take` (a slot or a change was put in), or `save`."""
    form = await request.form()
    typed, zone = typed_of_form(form), zone_of(request)
    wish, _, value = str(form.get("do", "check")).partition(":")
    if not value:
        return typed, wish
    if slot := slot_of(value, zone):
        return with_times(typed, *slot), wish
    now, _faults = plan_of_typed(typed, zone, queries.plan_of(stored) if stored else None)
    changes = changes_of(value)
    return (with_plan(typed, replace(now, **changes), zone), wish) if now and changes else (typed, "check")


def _signed_out() -> Shown:
    return Shown(faults=[Fault("", say("You are not signed in any more. Sign in in another tab, then save again."))])


async def _checked(request: Request, database: Database, typed: Typed, wish: str, stored: Event | None = None) -> Shown:
    """Check what was typed so far; what is missing is not held against anybody yet."""
    base = queries.plan_of(stored) if stored else None
    wanted, _ = plan_of_typed(typed, zone_of(request), base)
    if wanted is None:
        return Shown()
    if wrong := faults_of(wanted):
        return Shown(faults=_faults_of(InvalidInput(*wrong)))
    advice = await _advice(request, database, wanted, stored.id if stored else None)
    return Shown(advice, slot_taken=wish == "take")


async def _advice(request: Request, database: Database, wanted: EventPlan, event_id: str | None) -> Advice:
    days = request.app.state.settings.horizon_days
    checked = await database.read(queries.dry_run, wanted, now=clock.now(), event_id=event_id, horizon_days=days)
    waits = await database.read(queries.awaited, wanted, event_id)
    is_over = wanted.ends_at <= clock.now() and not (wanted.rrule or wanted.rdates)
    return replace(advice_of(checked, zone_of(request), waits), is_over=is_over)


async def _save_new(request: Request, database: Database, person: Person, typed: Typed) -> Response:
    wanted, faults = plan_of_typed(typed, zone_of(request))
    if wanted is None or faults:
        return await _refused(request, database, person, typed, Shown(faults=faults))
    days = request.app.state.settings.horizon_days
    try:
        made = await database.write(plan_once, by=person, plan=wanted, horizon_days=days)
    except (EventBlocked, InvalidInput, NotAllowed) as problem:
        return await _refused(request, database, person, typed, await _why(request, database, wanted, problem))
    return RedirectResponse(f"/calendar/events/{made.id}?notice=planned", status_code=303)


async def _save_change(request: Request, database: Database, person: Person, typed: Typed, stored: Event) -> Response:
    wanted, faults = plan_of_typed(typed, zone_of(request), queries.plan_of(stored))
    if wanted is None or faults:
        return await _refused(request, database, person, typed, Shown(faults=faults), stored)
    changes = {one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name not in UNTOUCHED}
    version = number_of(typed.version) or stored.version
    try:
        await database.write(
            commands.edit_event,
            by=person,
            event_id=stored.id,
            changes=changes,
            version=version,
            because=typed.reason,
            horizon_days=request.app.state.settings.horizon_days,
        )
    except ChangedMeanwhile:
        # The next save wins knowingly: the form has been read against the newest version.
        typed = replace(typed, version=str(stored.version))
        fault = Fault(
            "", say("Somebody else changed this event meanwhile. Look at it in another tab, then save again.")
        )
        return await _refused(request, database, person, typed, Shown(faults=[fault]), stored)
    except (EventBlocked, InvalidInput, NotAllowed) as problem:
        shown = await _why(request, database, wanted, problem, stored.id)
        return await _refused(request, database, person, typed, shown, stored)
    return RedirectResponse(f"/calendar/events/{stored.id}?notice=moved", status_code=303)


def plan_once(session: Session, *, by: Person, plan: EventPlan, horizon_days: int) -> Event:
    """Plan an event, unless the same form has planned it already."""
    known = queries.events_of_source(session, plan.source, [plan.uid]) if plan.uid else ()
    return known[0] if known else commands.plan_event(session, by=by, plan=plan, horizon_days=horizon_days)


async def _why(
    request: Request,
    database: Database,
    wanted: EventPlan,
    problem: EventBlocked | InvalidInput | NotAllowed,
    event_id: str | None = None,
) -> Shown:
    """Explain a refusal: by the fields that are wrong, or by what blocks and the free slots."""
    if isinstance(problem, InvalidInput):
        return Shown(faults=_faults_of(problem))
    advice = await _advice(request, database, wanted, event_id)
    if isinstance(problem, NotAllowed):
        return Shown(
            advice, [Fault("host_ids", say("You can plan only for organisations that you speak for."))], status=403
        )
    text = say("It cannot be at this time: what it needs is taken. Choose one of the free times.")
    return Shown(advice, [Fault("advice", text)], blocked=True, status=409)


def _faults_of(problem: InvalidInput) -> list[Fault]:
    faults = []
    for error in problem.extra["errors"]:
        name = error["pointer"].strip("/").split("/")[0]
        faults.append(Fault(FIELDS.get(name, name), say(error["detail"], **problem.values)))
    return faults


async def _refused(
    request: Request, database: Database, person: Person, typed: Typed, shown: Shown, event: Event | None = None
) -> Response:
    return await _show(request, database, person, typed, shown, event=event, status=shown.status)


async def _show(
    request: Request,
    database: Database,
    person: Person | None,
    typed: Typed,
    shown: Shown,
    *,
    event: Event | None = None,
    event_id: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Render the form with everything that was typed, and what was found; `event_id` where `event` may not be read."""
    offered = await database.read(choices, typed)
    zone = zone_of(request)
    wanted, _ = plan_of_typed(typed, zone)
    own = [one for one in offered.organisations if may_speak_for(person, one.id)]
    event_id = event.id if event else event_id
    return pages.page(
        request,
        "plan.html",
        status=status,
        person=person,
        typed=typed,
        advice=shown.advice,
        faults=shown.faults,
        wrong={fault.field: fault.text for fault in shown.faults},
        blocked=shown.blocked,
        slot_taken=shown.slot_taken,
        event_id=event_id,
        action=request.url.path,
        action_name=say("Move or change the event") if event_id else say("Plan an event"),
        zone=zone.key,
        in_words=in_words(wanted, typed) if wanted else "",
        own=[(one.id, one.name) for one in own],
        kept=kept_hosts(own, event) if person else typed.host_ids,
        kinds=words.options(words.KINDS),
        repeats=repeats(typed),
        left_out=left_out(typed),
        months=months(),
        audiences=words.options(AUDIENCE_LABELS),
        venues=venue_options(offered),
        resources=offered.resources,
    )

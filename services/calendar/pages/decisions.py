"""Decisions of all meetings, to be searched; and a page that says what one of them is about."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.about import About, about_of_address
from services.calendar.domain.permissions import may_change_event
from services.calendar.models import Decision, DecisionLink, Event
from services.calendar.pages import words
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.queries.decided import DecisionFilter, Progress, about_of_row, decision_links, found_decisions
from shared import clock
from shared.i18n import say
from shared.identifiers import is_id
from shared.paging import Paging
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.web import CurrentPerson, Database, MaybePerson, page_router

router = page_router()
SHOWN = 100
Seen = tuple[Event, Decision, Sequence[DecisionLink]]


@router.get("/calendar/decisions")
async def decisions(
    request: Request,
    database: Database,
    person: MaybePerson,
    q: Annotated[str, Query(max_length=200)] = "",
    state: Progress | Literal[""] = "",
    owner: Annotated[str, Query(max_length=40)] = "",
    about: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show what was decided, the newest first, and a form to search it."""
    today = clock.today(request.app.state.settings.zone)
    owner_id, about_id = (one if is_id(one) else None for one in (owner, about))
    wanted = DecisionFilter(today, q, state or None, owner_id, about_id)
    found = await database.read(found_decisions, person, wanted, Paging(SHOWN))
    return pages.page(
        request,
        "decisions.html",
        found=[(one, [about_of_row(link) for link in one.links]) for one in found[:SHOWN]],
        is_cut=len(found) > SHOWN,
        q=q,
        state=state,
        owner=owner,
        about=about if about_id else "",
        states=[("", say("All")), *words.options(words.DECISION_STATES)],
        organisations=[("", say("All")), *((one.id, one.name) for one in await database.read(queries.organisations))],
        is_searched=bool(q or state or owner or about),
    )


@router.get("/calendar/events/{event_id}/decisions/{decision_id}/about")
async def about(
    request: Request, database: Database, person: CurrentPerson, event_id: str, decision_id: str
) -> HTMLResponse:
    """Show what a decision is about, to be changed."""
    return _about(request, await database.read(look, event_id, decision_id, person))


@router.post("/calendar/events/{event_id}/decisions/{decision_id}/about")
async def link(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    decision_id: str,
    version: Annotated[int, Form()],
    address: Annotated[str, Form(max_length=500)] = "",
    title: Annotated[str, Form(max_length=300)] = "",
    drop: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Add one thing that a decision is about, by the address of its page, or take one away."""
    seen = await database.read(look, event_id, decision_id, person)
    kept = [about_of_row(row) for row in seen[2] if row.target_id != drop]
    added = None if drop else about_of_address(address, title.strip())
    typed = {"address": address, "title": title}
    if not drop and added is None:
        fault = Fault("address", say("Copy the address of a problem, an initiative or an event from here"))
        return _about(request, seen, typed, fault)
    try:
        await database.write(
            commands.link_decision,
            by=person,
            event_id=event_id,
            decision_id=decision_id,
            about=[*(one for one in kept if added is None or one.target_id != added.target_id), *_one(added)],
            version=version,
        )
    except InvalidInput as problem:
        error = problem.extra["errors"][0]
        field = "title" if error["pointer"].endswith("/title") else "address"
        return _about(request, seen, typed, Fault(field, say(error["detail"])))
    except ChangedMeanwhile:
        text = say("Somebody else wrote here meanwhile. Look at it in another tab, then save again.")
        return _about(request, seen, typed, Fault("address", text))
    return RedirectResponse(f"/calendar/events/{event_id}/decisions/{decision_id}/about", status_code=303)


def look(session: Session, event_id: str, decision_id: str, person: Person) -> Seen:
    """Read a decision of a meeting for one of its hosts' people, and what it is about."""
    event = queries.event_seen(session, event_id, person)
    must(may_change_event(person, tuple(event.host_ids)))
    links = decision_links(session, event_id, decision_id, person)
    return event, queries.decision(session, event_id, decision_id), links


def _one(added: About | None) -> list[About]:
    return [] if added is None else [added]


def _about(
    request: Request, seen: Seen, typed: dict[str, Any] | None = None, fault: Fault | None = None
) -> HTMLResponse:
    event, decision, links = seen
    return pages.page(
        request,
        "decision_about.html",
        status=422 if fault else 200,
        event=event,
        decision=decision,
        links=[about_of_row(row) for row in links],
        typed=typed or {},
        faults=[fault] if fault else [],
        wrong={fault.field: fault.text} if fault else {},
    )

"""The inbox: the open conflicts of one's own events, in plain words, to be settled."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.pages.frame import pages
from services.calendar.queries import ConflictCard
from shared import clock
from shared.paging import MOST, Paging
from shared.people import Person, may_speak_for_one
from shared.web import CurrentPerson, Database

router = APIRouter()
Waiting = tuple[ConflictCard, str]
"""A conflict, and which of its events is one's own."""
ORDER = ("blocking", "warning", "information")


@router.get("/calendar/inbox")
async def inbox(request: Request, database: Database, person: CurrentPerson, settled: str = "") -> HTMLResponse:
    """Show the open conflicts of the events that this person speaks for."""
    waiting = await database.read(look, person)
    return pages.page(request, "inbox.html", conflicts=waiting, settled=settled == "yes")


@router.post("/calendar/conflicts/{conflict_id}/accept")
async def accept(
    database: Database,
    person: CurrentPerson,
    conflict_id: str,
    because: Annotated[str, Form(min_length=1, max_length=500)],
    version: Annotated[int, Form()],
    event_id: Annotated[str, Form()],
    origin: Annotated[str, Form(alias="from")] = "event",
) -> RedirectResponse:
    """Accept a conflict with a reason, and lead back to where one came from."""
    await database.write(
        commands.accept_conflict,
        by=person,
        conflict_id=conflict_id,
        because=because.strip(),
        version=version,
        now=clock.now(),
    )
    back = "/calendar/inbox?settled=yes" if origin == "inbox" else f"/calendar/events/{event_id}?notice=accepted"
    return RedirectResponse(back, status_code=303)


def look(session: Session, person: Person) -> list[Waiting]:
    """Read the open conflicts that concern this person, the most serious first, then the earliest."""
    found: dict[str, Waiting] = {}
    for card in queries.conflicts(session, Paging(limit=MOST), state="open", seen_by=person):
        own = _own_event(session, card, person)
        if own and card.severity != "information":
            found[card.id] = (card, own)
    return sorted(found.values(), key=lambda one: (ORDER.index(one[0].severity), one[0].starts_at, one[0].id))


def _own_event(session: Session, card: ConflictCard, person: Person) -> str | None:
    for event_id in card.event_ids:
        if may_speak_for_one(person, tuple(queries.event(session, event_id).host_ids)):
            return event_id
    return None

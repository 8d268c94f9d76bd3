"""How severe conflicts are: what was decided for each kind, here or at one place, and to decide otherwise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.conflicts import KINDS, Kind, Level, faults_of_rule
from services.calendar.domain.permissions import may_decide_severity
from services.calendar.models import Venue
from services.calendar.pages import words
from services.calendar.pages.frame import pages
from shared.people import Person
from shared.problems import NotFound
from shared.web import CurrentPerson, Database, page_router

router = page_router()
ADDRESS = "/calendar/rules"


@dataclass(frozen=True)
class Decided:
    """What holds for one kind at one place: its level, and when it was decided, if it ever was."""

    kind: Kind
    level: str
    version: int
    changed_at: datetime | None
    levels: list[tuple[str, str]]


@dataclass(frozen=True)
class Rulebook:
    """The rules of one place, none is the whole neighbourhood; `venues` are those whose rules one may change."""

    venue: Venue | None
    decided: list[Decided]
    venues: list[Venue]
    may_decide: bool


@router.get(ADDRESS)
async def rules(
    request: Request, database: Database, person: CurrentPerson, venue: str = "", notice: str = ""
) -> HTMLResponse:
    """Show the rules of the neighbourhood, or of one venue."""
    book = await database.read(look, person, venue or None)
    return pages.page(request, "rules.html", book=book, notice=notice)


@router.post(ADDRESS)
async def decide(
    database: Database,
    person: CurrentPerson,
    kind: Annotated[Kind, Form()],
    level: Annotated[Level, Form()],
    version: Annotated[int, Form()],
    venue: Annotated[str, Form(max_length=36)] = "",
    because: Annotated[str, Form(max_length=500)] = "",
) -> RedirectResponse:
    """Decide how severe one kind of conflicts is."""
    await database.write(
        commands.set_conflict_rule,
        by=person,
        kind=kind,
        venue_id=venue or None,
        level=level,
        because=because.strip(),
        version=version,
    )
    query = urlencode({"venue": venue, "notice": kind} if venue else {"notice": kind})
    return RedirectResponse(f"{ADDRESS}?{query}#{kind}", status_code=303)


def look(session: Session, person: Person, venue_id: str | None) -> Rulebook:
    """Read the rules of one place; raises `NotFound` for a venue that is not known."""
    venue = queries.venue(session, venue_id)
    if venue_id and venue is None:
        raise NotFound
    return Rulebook(
        venue=venue,
        decided=[_decided(session, kind, venue_id) for kind in KINDS if _levels(kind, of_a_venue=venue is not None)],
        venues=[one for one in queries.venues(session) if may_decide_severity(person, one.organisation_id)],
        may_decide=may_decide_severity(person, venue.organisation_id if venue else None),
    )


def _decided(session: Session, kind: Kind, venue_id: str | None) -> Decided:
    row = queries.conflict_rule(session, kind, venue_id)
    return Decided(
        kind=kind,
        level=row.level if row else "standard",
        version=row.version if row else 0,
        changed_at=row.changed_at if row else None,
        levels=[(one, words.word(words.LEVELS, one)) for one in _levels(kind, of_a_venue=venue_id is not None)],
    )


def _levels(kind: Kind, *, of_a_venue: bool) -> list[Level]:
    """Give the levels that one can choose for a kind; none where it is no matter of one place."""
    return [one for one in get_args(Level) if not faults_of_rule(kind, one, of_a_venue=of_a_venue)]

"""The inbox: what waits for the reader, and for whom they wait: proposals, requests, conflicts, opportunities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.approval import WAITING
from services.calendar.domain.conflicts import SEVERITIES
from services.calendar.models import Venue
from services.calendar.pages.frame import pages
from services.calendar.queries import ConflictCard, OpportunityCard, RequestCard
from shared import clock
from shared.paging import MOST, Paging
from shared.people import Person, is_neighbourhood_coordinator, may_speak_for, may_speak_for_one
from shared.web import CurrentPerson, Database, page_router

router = page_router()
Waiting = tuple[ConflictCard, str]
"""A conflict, and which of its events is one's own."""


@dataclass(frozen=True)
class Inbox:
    """What waits for the reader, then what the reader waits for; requests for one slot are together in `asked`."""

    proposals: Sequence[OpportunityCard]
    asked: Sequence[Sequence[RequestCard]]
    countered: Sequence[RequestCard]
    conflicts: Sequence[Waiting]
    chances: Sequence[OpportunityCard]
    own_proposals: Sequence[OpportunityCard]
    own_requests: Sequence[RequestCard]
    venues: Sequence[Venue]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is to be done and nobody is waited for."""
        return not any((self.proposals, self.asked, self.countered, self.conflicts, self.chances, self.own_proposals,
                        self.own_requests))  # fmt: skip


@router.get("/calendar/inbox")
async def inbox(
    request: Request, database: Database, person: CurrentPerson, settled: str = "", notice: str = ""
) -> HTMLResponse:
    """Show what waits for the organisations that this person speaks for."""
    shown = await database.read(look, person)
    return pages.page(request, "inbox.html", inbox=shown, notice="settled" if settled == "yes" else notice)


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


def look(session: Session, person: Person) -> Inbox:
    """Read what waits for this person, and for whom they wait."""
    spoken_for = [one for one in person.roles if may_speak_for(person, one)]
    everyone = is_neighbourhood_coordinator(person)
    found = queries.opportunities_for(session, None if everyone else spoken_for, now=clock.now(), seen_by=person)
    answerable = {one.id for one in found if may_speak_for_one(person, hosts_of(one, one.asked_event_id))}
    requests = [
        card
        for card in queries.request_cards(session, Paging(limit=MOST), by=person, states=WAITING)
        if may_speak_for(person, card.row.owner_id) or may_speak_for_one(person, tuple(card.event.host_ids))
    ]
    asked = [card for card in requests if card.row.state == "open" and may_speak_for(person, card.row.owner_id)]
    countered = [
        card
        for card in requests
        if card.row.state == "countered" and may_speak_for_one(person, tuple(card.event.host_ids))
    ]
    return Inbox(
        proposals=[one for one in found if one.state == "proposed" and one.id in answerable],
        asked=together(asked),
        countered=countered,
        conflicts=_conflicts(session, person, None if everyone else spoken_for),
        chances=[one for one in found if one.state == "open"],
        own_proposals=[one for one in found if one.state == "proposed" and one.id not in answerable],
        own_requests=[card for card in requests if card not in asked and card not in countered],
        venues=queries.venues(session) if requests else (),
    )


def together(cards: Iterable[RequestCard]) -> list[list[RequestCard]]:
    """Put requests that want one slot side by side, in the order in which the first of each was asked."""
    groups: list[list[RequestCard]] = []
    for card in cards:
        met = [those for those in groups if any(one.id in card.rival_ids for one in those)]
        if not met:
            groups.append([card])
            continue
        first, *others = met
        first += [*(one for those in others for one in those), card]
        groups = [those for those in groups if those not in others]
    return groups


def hosts_of(card: OpportunityCard, event_id: str | None) -> tuple[str, ...]:
    """Name the hosts of one of an opportunity's events."""
    return dict(zip(card.event_ids, card.host_ids, strict=True)).get(event_id or "", ())


def _conflicts(session: Session, person: Person, organisation_ids: Sequence[str] | None) -> list[Waiting]:
    """Read the open conflicts that concern this person, the most serious first, then the earliest."""
    found: dict[str, Waiting] = {}
    for organisation_id in (None,) if organisation_ids is None else organisation_ids:
        cards = queries.conflicts(
            session, Paging(limit=MOST), state="open", organisation_id=organisation_id, seen_by=person
        )
        for card in cards:
            own = _own_event(session, card, person)
            if own and card.severity != "information":
                found[card.id] = (card, own)
    return sorted(found.values(), key=lambda one: (SEVERITIES.index(one[0].severity), one[0].starts_at, one[0].id))


def _own_event(session: Session, card: ConflictCard, person: Person) -> str | None:
    for event_id in card.event_ids:
        if may_speak_for_one(person, tuple(queries.event(session, event_id).host_ids)):
            return event_id
    return None

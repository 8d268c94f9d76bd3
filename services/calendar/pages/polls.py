"""Calling a meeting: the list of meetings and polls, the form of a poll, and one poll with the date it suggests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.commands.voting import Link
from services.calendar.domain.permissions import may_call_meeting
from services.calendar.domain.slots import Question
from services.calendar.models import Event, Organisation, Poll, Venue
from services.calendar.pages import words
from services.calendar.pages.advice import slot_value
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages, today_in, zone_of
from services.calendar.pages.poll_form import (
    OWN_DATES,
    TypedPoll,
    chosen_dates,
    faults_said,
    poll_plan_of,
    question_of_poll,
    reminders,
    typed_poll_of_form,
)
from services.calendar.pages.slots import FIRST_SHOWN_DAYS, MINUTES, length_in_words
from services.calendar.problems import EventBlocked
from services.calendar.queries import polls as looking
from services.calendar.queries.free_times import Answer, free_times, unknown_in
from services.calendar.queries.polls import PollCard
from services.calendar.queries.shown import shown_obstacles
from shared import clock
from shared.i18n import say, when
from shared.identifiers import is_id, new_id
from shared.paging import Paging
from shared.people import Person, is_partner, may_speak_for, must
from shared.problems import InvalidInput
from shared.reasons import sentence
from shared.web import CurrentPerson, Database, number_of, page_router

router = page_router()
CANDIDATES = 12
LISTED = 100
MEETINGS_AHEAD = timedelta(days=180)
FIELDS = {"invited": "guests", "closes_at": "closes_on", "remind_at": "remind", "venue_id": "venue"}


@dataclass(frozen=True)
class Offered:
    """What the form offers, and the dates that were found."""

    organisations: Sequence[Organisation]
    venues: Sequence[Venue]
    answer: Answer | None


@router.get("/calendar/meetings")
async def meetings(request: Request, database: Database, person: CurrentPerson) -> HTMLResponse:
    """List the meetings ahead, and the polls that find a date for others."""
    polls, ahead = await database.read(look_at_all, person)
    return pages.page(
        request,
        "meetings.html",
        person=person,
        open_polls=[one for one in polls if one.state == "open"],
        earlier=[one for one in reversed(polls) if one.state != "open"],
        meetings=ahead,
        now=clock.now(),
        may_call=any(may_speak_for(person, one) for one in person.roles) or may_call_meeting(person, ""),
        is_partner=is_partner(person),
        zone=zone_of(request).key,
    )


@router.get("/calendar/meetings/polls/new")
async def new_poll(request: Request, database: Database, person: CurrentPerson) -> HTMLResponse:
    """Show the empty form."""
    own = [one for one in person.roles if may_speak_for(person, one)]
    today = today_in(zone_of(request))
    typed = TypedPoll(
        organisation_id=own[0] if len(own) == 1 else "",
        first=(today + timedelta(days=7)).isoformat(),
        last=(today + timedelta(days=7 + FIRST_SHOWN_DAYS)).isoformat(),
        closes_on=(today + timedelta(days=5)).isoformat(),
        key=new_id(),
    )
    return await _form(request, database, person, typed)


@router.post("/calendar/meetings/polls")
async def open_poll(request: Request, database: Database, person: CurrentPerson) -> Response:
    """Look for dates, or open the poll and lead to it."""
    form = await request.form()
    typed = typed_poll_of_form(form)
    if form.get("do") != "save":
        question, faults = question_of_poll(typed, zone_of(request))
        return await _form(request, database, person, typed, faults, question)
    plan, faults = poll_plan_of(typed, zone_of(request), _minutes(typed))
    if plan is None:
        return await _form(request, database, person, typed, faults, status=422)
    key, days = typed.key if is_id(typed.key) else None, request.app.state.settings.horizon_days
    try:
        made = await database.write(commands.open_poll, by=person, plan=plan, horizon_days=days, poll_id=key)
    except InvalidInput as problem:
        faults = faults_said(problem.extra["errors"], FIELDS)
        return await _form(request, database, person, typed, faults, status=422)
    return RedirectResponse(f"/calendar/meetings/polls/{made.id}", status_code=303)


@router.get("/calendar/meetings/polls/{poll_id}")
async def poll(request: Request, database: Database, person: CurrentPerson, poll_id: str) -> HTMLResponse:
    """Show one poll: what it came to, and for who called it the date to choose."""
    return await _poll(request, database, person, poll_id)


@router.post("/calendar/meetings/polls/{poll_id}/links")
async def make_links(
    request: Request,
    database: Database,
    person: CurrentPerson,
    poll_id: str,
    whose: Annotated[str, Form(max_length=40)] = "",
) -> HTMLResponse:
    """Make links to hand out, and show them this once."""

    def make(session: Session) -> list[Link]:
        if whose == "open":
            return [commands.make_open_link(session, by=person, poll_id=poll_id)]
        one = whose if is_id(whose) else None
        return commands.make_links(session, by=person, poll_id=poll_id, invitation_id=one)

    made = await database.write(make)
    card = await database.read(looking.poll_card, poll_id, person)
    names = {one.invitation.id: one.name for one in card.invited}
    address = f"{request.app.state.settings.address}/calendar/polls/"
    links = [
        (names.get(one.id, "") if one else "", f"{address}{text}", _mail_address(card, one.mail, address + text))
        if one
        else ("", f"{address}{text}", "")
        for one, text in made
    ]
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return pages.page(request, "poll_links.html", headers=headers, person=person, card=card, links=links)


@router.post("/calendar/meetings/polls/{poll_id}/settle")
async def settle(
    request: Request,
    database: Database,
    person: CurrentPerson,
    poll_id: str,
    date_id: Annotated[str, Form(max_length=40)],
) -> Response:
    """Call the meeting at one date; where it is taken, show what takes it and what is free."""
    days = request.app.state.settings.horizon_days
    try:
        made = await database.write(
            commands.settle_poll, by=person, poll_id=poll_id, event_id=date_id, horizon_days=days
        )
    except EventBlocked as problem:
        return await _poll(request, database, person, poll_id, blocked=problem)
    return RedirectResponse(f"/calendar/events/{made.id}?notice=planned", status_code=303)


@router.post("/calendar/meetings/polls/{poll_id}/withdraw")
async def withdraw(database: Database, person: CurrentPerson, poll_id: str) -> RedirectResponse:
    """Call the poll off."""
    await database.write(commands.withdraw_poll, by=person, poll_id=poll_id)
    return RedirectResponse(f"/calendar/meetings/polls/{poll_id}", status_code=303)


@router.post("/calendar/meetings/polls/{poll_id}/vote")
async def vote_for(
    database: Database, person: CurrentPerson, poll_id: str, invitation_id: Annotated[str, Form(max_length=40)]
) -> RedirectResponse:
    """Lead somebody who is signed in to the answers of their organisation."""
    text = await database.write(commands.link_for_oneself, by=person, invitation_id=invitation_id)
    return RedirectResponse(f"/calendar/polls/{text}", status_code=303)


def look_at_all(session: Session, person: Person) -> tuple[Sequence[Poll], Sequence[Event]]:
    """Read the polls and the meetings ahead that somebody may see."""
    now = clock.now()
    wanted = queries.Filter(kind="meeting", from_at=now, until_at=now + MEETINGS_AHEAD, seen_by=person)
    ahead = queries.events(session, wanted, Paging(LISTED))
    polls = looking.polls(session, person, Paging(LISTED))
    return polls, [one for one in ahead if one.poll_id is None and one.status != "cancelled"]


def look(session: Session, question: Question | None) -> Offered:
    """Read what the form offers, and find dates where there is a question."""
    answer = None
    if question and not unknown_in(session, question):
        answer = free_times(session, question, now=clock.now(), most=CANDIDATES)
    return Offered(queries.organisations(session), queries.venues_offered(session), answer)


async def _form(
    request: Request,
    database: Database,
    person: Person,
    typed: TypedPoll,
    faults: Sequence[Fault] = (),
    question: Question | None = None,
    *,
    status: int = 200,
) -> HTMLResponse:
    """Show the form with everything that was typed; dates that were ticked stay beside those that were found."""
    must(any(may_speak_for(person, one) for one in person.roles) or may_call_meeting(person, ""))
    zone = zone_of(request)
    offered = await database.read(look, question)
    found = offered.answer.found if offered.answer else ()
    spans = sorted({*chosen_dates(typed, zone), *((one.starts_at, one.ends_at) for one in found)})
    ticked = set(typed.dates) or {slot_value(one.starts_at, one.ends_at) for one in found}
    own = [one for one in offered.organisations if may_call_meeting(person, one.id)]
    return pages.page(
        request,
        "poll_new.html",
        status=status,
        person=person,
        typed=replace(typed, own=(*typed.own, *[("", "")] * OWN_DATES)[:OWN_DATES]),
        faults=faults,
        wrong={fault.field: fault.text for fault in faults},
        dates=[(slot_value(*span), when(*span, zone.key)) for span in spans],
        ticked=ticked,
        obstacles=shown_obstacles(offered.answer) if offered.answer else [],
        is_answered=offered.answer is not None,
        own=[(one.id, one.name) for one in own],
        organisations=[(one.id, one.name) for one in offered.organisations],
        venues=[("", say("No place is needed")), *((one.id, one.name) for one in offered.venues)],
        lengths=[(str(one), length_in_words(one)) for one in MINUTES],
        visibilities=words.options(words.VISIBILITIES),
        reminders=reminders(),
    )


async def _poll(
    request: Request, database: Database, person: Person, poll_id: str, blocked: EventBlocked | None = None
) -> HTMLResponse:
    card = await database.read(looking.poll_card, poll_id, person)
    extra = blocked.extra if blocked else {}
    return pages.page(
        request,
        "poll.html",
        status=409 if blocked else 200,
        headers={"Cache-Control": "no-store"},
        person=person,
        card=card,
        zone=card.poll.zone,
        is_voting=card.poll.state == "open" and clock.now() < card.poll.closes_at,
        may_call=may_call_meeting(person, card.poll.organisation_id),
        now=clock.now(),
        sentence=sentence,
        blocked=[one["reason"] for one in extra.get("conflicts", ())],
        free=[(one["starts_at"], one["ends_at"]) for one in extra.get("slots", ())],
    )


def _minutes(typed: TypedPoll) -> int:
    found = number_of(typed.minutes)
    return found if found in MINUTES else 120


def _mail_address(card: PollCard, mail: str | None, link: str) -> str:
    """Write the address that opens a letter with the link in one's own mail program (RFC 6068)."""
    if not mail:
        return ""
    subject = say("When can you come? {title}", title=card.poll.title)
    body = say("Please say by this link when you can come: {link}", link=link)
    return f"mailto:{quote(mail)}?subject={quote(subject)}&body={quote(body)}"

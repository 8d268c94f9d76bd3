"""Voting by link without an account: the dates one under the other, and one's own answers, until the poll closes."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from services.calendar import commands
from services.calendar.domain.polls import CHOICES
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.problems import PollClosed
from services.calendar.queries import polls as looking
from services.calendar.queries.polls import Ballot
from shared import clock
from shared.i18n import say
from shared.web import Database, limit, page_router

router = page_router()
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
LONGEST_NAME = 200


@router.get("/calendar/polls/{secret}")
async def show(request: Request, database: Database, secret: str, notice: str = "") -> HTMLResponse:
    """Show the dates and one's answers; a poll that is over says so."""
    ballot = await database.read(looking.ballot, secret)
    return _page(request, ballot, secret, answers=ballot.answers, notice=notice)


@router.post("/calendar/polls/{secret}")
async def vote(request: Request, database: Database, secret: str) -> Response:
    """Take one's answers in the place of earlier ones; who comes by the group's link gets a link of their own."""
    await limit(request, "answer")
    ballot = await database.read(looking.ballot, secret)
    form = await request.form()
    answers, name = answers_of(form, ballot), str(form.get("name", "")).strip()[:LONGEST_NAME]
    faults = _faults(ballot, answers, name)
    if faults and ballot.is_open(clock.now()):
        return _page(request, ballot, secret, answers=answers, name=name, faults=faults, status=422)
    try:
        text, replaced = await database.write(take, secret, answers, name)
    except PollClosed:
        return _page(request, ballot, secret, answers=answers, is_late=True, status=409)
    notice = "replaced" if replaced else "joined" if text != secret else "voted"
    return RedirectResponse(f"/calendar/polls/{text}?notice={notice}", status_code=303, headers=PRIVATE)


def take(session: Session, secret: str, answers: dict[str, str], name: str) -> tuple[str, bool]:
    """Store the answers; gives the link of one's own and whether there were earlier ones."""
    now = clock.now()
    if looking.link_of(session, secret).invitation_id is None:
        secret = commands.join_poll(session, text=secret, name=name, now=now)
    return secret, commands.vote(session, text=secret, answers=answers, now=now)


def answers_of(form: FormData, ballot: Ballot) -> dict[str, str]:
    """Read the answers, by date; what is none of the three is none."""
    said = {one.event_id: str(form.get(f"date_{one.event_id}", "")) for one in ballot.dates}
    return {one: answer for one, answer in said.items() if answer in CHOICES}


def _faults(ballot: Ballot, answers: dict[str, str], name: str) -> list[Fault]:
    faults = []
    if ballot.invitation is None and not name:
        faults.append(Fault("name", say("Say your name, so that the others know whose answers these are.")))
    if not answers and ballot.dates:
        faults.append(Fault(f"date_{ballot.dates[0].event_id}", say("Answer for at least one date.")))
    return faults


def _page(
    request: Request,
    ballot: Ballot,
    secret: str,
    *,
    answers: object,
    name: str = "",
    notice: str = "",
    faults: Sequence[Fault] = (),
    is_late: bool = False,
    status: int = 200,
) -> HTMLResponse:
    zone = ZoneInfo(ballot.poll.zone)
    chosen = next((one for one in ballot.dates if one.event_id == ballot.poll.event_id), None)
    return pages.page(
        request,
        "vote.html",
        status=status,
        headers=PRIVATE,
        ballot=ballot,
        poll=ballot.poll,
        secret=secret,
        answers=answers,
        typed_name=name,
        notice=notice,
        faults=faults,
        wrong={fault.field: fault.text for fault in faults},
        is_open=ballot.is_open(clock.now()) and not is_late,
        is_late=is_late,
        chosen=chosen,
        dates=[(one.event_id, one.starts_at, one.ends_at) for one in ballot.dates],
        zone=zone.key,
        choices_said=[("yes", say("Yes")), ("if_needed", say("If need be")), ("no", say("No"))],
        closes_at=ballot.poll.closes_at.astimezone(zone),
    )

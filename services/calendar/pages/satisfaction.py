"""How was it? Three questions for whoever came, behind a link or QR code; and the page on which hosts ask and note."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.indicators.suppression import SMALLEST
from services.calendar.domain.indicators.wordings import WORDINGS
from services.calendar.domain.permissions import may_ask_satisfaction
from services.calendar.domain.plans import Satisfaction
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.queries import Questions, SatisfactionCard
from shared import clock
from shared.i18n import language, say
from shared.pages.qr import qr_svg
from shared.people import Person, must
from shared.problems import InvalidInput
from shared.web import CurrentPerson, Database, limit, number_of, page_router
from shared.web.requests import ANSWERED_COOKIE

router = page_router()
FORM_ID = re.compile(r"[0-9a-f]{32}")
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True)
class Asked:
    """One link as hosts see it: which date, where it leads, and what came of it as far as that may be told."""

    questions: Questions
    starts_at: datetime | None
    closes_at: datetime | None
    address: str
    is_closed: bool
    mean: float | None
    """Only when nobody answers any more, and of at least five people."""


@router.get("/calendar/satisfaction/{token}")
async def ask(request: Request, database: Database, token: str) -> HTMLResponse:
    """Ask the questions; say so when they are not open, or this device has answered."""
    asked = await database.read(queries.questions, token)
    return _questions(request, asked)


@router.post("/calendar/satisfaction/{token}")
async def answer(request: Request, database: Database, token: str) -> Response:
    """Take an answer; nothing is kept of who gave it."""
    await limit(request, "answer")
    asked = await database.read(queries.questions, token)
    form = await request.form()
    count = len(WORDINGS[asked.wording_id].questions)
    marks = [number_of(str(form.get(f"mark_{number}", ""))) or 0 for number in range(1, count + 1)]
    missing = [number for number, mark in enumerate(marks, start=1) if not 1 <= mark <= 5]
    if missing and asked.is_open(clock.now()):
        faults = [Fault(f"mark_{number}", say("Please answer question {number}", number=number)) for number in missing]
        return _questions(request, asked, faults=faults, marks=marks, status=422)
    if ANSWERED_COOKIE not in request.cookies:
        given = str(form.get("form", ""))
        form_id = given if FORM_ID.fullmatch(given) else secrets.token_hex(16)
        await database.write(commands.answer_questions, token=token, form_id=form_id, marks=marks, now=clock.now())
    response = RedirectResponse(f"/calendar/satisfaction/{token}", status_code=303)
    _remember_answer(request, response, asked)
    return response


@router.get("/calendar/events/{event_id}/satisfaction")
async def asking(request: Request, database: Database, person: CurrentPerson, event_id: str) -> HTMLResponse:
    """Show hosts the links and QR codes, and the form for what was counted on paper."""
    card, dates = await database.read(look, event_id, person)
    must(may_ask_satisfaction(person, tuple(card.event.host_ids)))
    address = request.app.state.settings.address
    return pages.page(
        request,
        "asking.html",
        event=card.event,
        asked=[_asked(one, address) for one in card.asked],
        together=card.together,
        dates=dates,
        qr=qr_svg,
        wordings=[(one.id, " / ".join(_said(one.questions))) for one in WORDINGS.values()],
        smallest=SMALLEST,
    )


@router.post("/calendar/events/{event_id}/satisfaction")
async def open_link(
    database: Database,
    person: CurrentPerson,
    event_id: str,
    recurrence: Annotated[str, Form(max_length=20)] = "",
) -> RedirectResponse:
    """Make the link to the questions about one date."""
    await database.write(commands.open_link, by=person, event_id=event_id, recurrence=number_of(recurrence))
    return RedirectResponse(f"/calendar/events/{event_id}/satisfaction", status_code=303)


@router.post("/calendar/events/{event_id}/satisfaction/paper")
async def note_paper(
    request: Request,
    database: Database,
    person: CurrentPerson,
    event_id: str,
    version: Annotated[str, Form(max_length=20)] = "",
    participants: Annotated[str, Form(max_length=10)] = "",
    n: Annotated[str, Form(max_length=10)] = "",
    mean: Annotated[str, Form(max_length=10)] = "",
    wording_id: Annotated[str, Form(max_length=100)] = "",
) -> RedirectResponse:
    """Note who came, and what was counted on paper."""
    await database.write(
        commands.write_paper_totals,
        by=person,
        event_id=event_id,
        version=number_of(version),
        participants=_count(participants, "participants"),
        satisfaction=_totals(n, mean, wording_id),
        horizon_days=request.app.state.settings.horizon_days,
    )
    return RedirectResponse(f"/calendar/events/{event_id}", status_code=303)


def look(session: Session, event_id: str, person: Person) -> tuple[SatisfactionCard, list[tuple[str, datetime]]]:
    """Read an event with its links, and the dates about which there is none yet, where it has several."""
    card = queries.satisfaction_card(session, event_id, clock.now(), person)
    if not queries.repeats(card.event):
        return card, []
    asked, zone = {one.recurrence for one in card.asked}, ZoneInfo(card.event.zone)
    dates = [
        (str(one.recurrence), datetime.fromtimestamp(one.start, zone))
        for one in queries.dates_to_ask_about(session, event_id, clock.now())
        if one.recurrence not in asked
    ]
    return card, sorted(dates, key=lambda pair: pair[1])


def _questions(
    request: Request,
    asked: Questions,
    *,
    faults: Sequence[Fault] = (),
    marks: Sequence[int] = (),
    status: int = 200,
) -> HTMLResponse:
    now = clock.now()
    wording = WORDINGS[asked.wording_id]
    return pages.page(
        request,
        "satisfaction.html",
        status=status,
        headers=PRIVATE,
        asked=asked,
        is_open=asked.is_open(now),
        is_early=asked.start is not None and now.timestamp() < asked.start,
        has_answered=ANSWERED_COOKIE in request.cookies,
        questions=_said(wording.questions),
        scale=[(str(mark), f"{mark} – {text}") for mark, text in enumerate(_said(wording.scale), start=1)],
        form_id=secrets.token_hex(16),
        marks=marks or [0] * len(wording.questions),
        faults=faults,
    )


def _remember_answer(request: Request, response: Response, asked: Questions) -> None:
    """Have the device say that it has answered, at this address alone and no longer than the questions are open."""
    left = timedelta(seconds=(asked.closes or 0) - clock.now().timestamp())
    response.set_cookie(
        ANSWERED_COOKIE,
        "yes",
        max_age=max(0, int(left.total_seconds())),
        path=f"/calendar/satisfaction/{asked.token}",
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.is_secure,
    )


def _asked(one: Questions, address: str) -> Asked:
    now, zone = clock.now(), ZoneInfo(one.zone)

    def local(seconds: int | None) -> datetime | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(zone)

    told = one.told(now)
    return Asked(
        questions=one,
        starts_at=local(one.start),
        closes_at=local(one.closes),
        address=f"{address}/calendar/satisfaction/{one.token}",
        is_closed=one.is_closed(now),
        mean=told.total / told.n if told else None,
    )


def _said(texts: Sequence[object]) -> list[str]:
    """Give texts of a wording in the reader's language."""
    return [text[language.get()] for text in texts if isinstance(text, dict)]


def _count(text: str, field: str) -> int | None:
    """Read how many, empty is none; raises `InvalidInput`."""
    if not text.strip():
        return None
    found = number_of(text.strip())
    if found is None or found > 1_000_000:
        raise InvalidInput((f"/{field}", "Give a whole number"))
    return found


def _totals(n: str, mean: str, wording_id: str) -> Satisfaction | None:
    """Read what was counted on paper, nothing where nobody was asked; raises `InvalidInput`."""
    count = _count(n, "n")
    if not count and mean.strip():
        raise InvalidInput(("/n", "Say how many people answered"))
    if not count:
        return None
    try:
        average = float(mean.strip().replace(",", "."))
    except ValueError:
        average = 0.0
    if not 1 <= average <= 5:
        raise InvalidInput(("/mean", "A mean lies between 1 and 5"))
    return Satisfaction(count, average, wording_id)

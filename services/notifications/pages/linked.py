"""People ask, from a letter and without signing in: what a button does, whether they mean it, and what came of it.

Programs that look into mail follow every link, so following one alone changes nothing.
"""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notifications import commands, queries
from services.notifications.commands.linked import AGAIN
from services.notifications.domain.buttons import BUTTONS, MOST_WORDS, NEEDS_WORDS, QUESTIONS, SAID, TAKES_WORDS
from services.notifications.queries import ButtonSeen
from services.notifications.schemas import alert_shown
from shared import clock, web
from shared.i18n import say
from shared.pages import Pages
from shared.problems import InvalidInput

router = web.page_router()
pages = Pages("notifications")

PAGE = "/notifications/act"
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
GLANCE_SECONDS = 0.1
"""Another process may hear the answer: so often one looks."""
Key = Annotated[str, Query(max_length=200)]


@router.get(PAGE + "/{action}")
async def ask_to_act(request: Request, database: web.Database, action: str, press: Key = "") -> HTMLResponse:
    """Show what a button of a letter does, and ask; or what came of it."""
    return _page(request, await database.read(queries.button, action=action, key=press, now=clock.now()), press)


@router.post(PAGE + "/{action}", response_model=None)
async def act(
    request: Request,
    database: web.Database,
    action: str,
    press: Key = "",
    because: Annotated[str, Form(max_length=MOST_WORDS * 2)] = "",
) -> Response:
    """Do what a button of a letter stands for, and lead back to what came of it; nobody need be signed in."""
    await web.limit(request, "answer")
    try:
        row = await database.write(commands.press_button, action=action, key=press, because=because, now=clock.now())
    except InvalidInput as refusal:
        opened = await database.read(queries.button, action=action, key=press, now=clock.now())
        return _page(request, opened, press, because=because, fault=say(refusal.extra["errors"][0]["detail"]))
    if row.state == "asked":
        await _answered(request, database, action, press)
    return RedirectResponse(f"{PAGE}/{action}?{urlencode({'press': press})}", 303, headers=PRIVATE)


async def _answered(request: Request, database: web.Database, action: str, key: str) -> None:
    """Wait for the answer of the service whose thing it is, so long that one need not look again."""
    loop = asyncio.get_running_loop()
    until = loop.time() + request.app.state.settings.answer_wait_seconds
    while (left := until - loop.time()) > 0:
        opened = await database.read(queries.button, action=action, key=key, now=clock.now())
        if opened.press is None or opened.press.state != "asked":
            return
        await database.changed(min(left, GLANCE_SECONDS))


def _page(request: Request, opened: ButtonSeen, key: str, *, because: str = "", fault: str = "") -> HTMLResponse:
    state = opened.press.state if opened.press else None
    return pages.page(
        request,
        "act.html",
        status=422 if fault else 200,
        headers=PRIVATE,
        action=f"{PAGE}/{opened.action}?{urlencode({'press': key})}",
        alert=alert_shown(opened.about),
        question=say(QUESTIONS[opened.action]),
        button_words=say(BUTTONS[opened.action]),
        state=state,
        said=say(SAID[state]) if state else "",
        may_press=state is None or state in AGAIN,
        takes_words=opened.action in TAKES_WORDS,
        needs_words=opened.action in NEEDS_WORDS,
        because=because,
        fault=fault,
    )

"""The keys with which programs speak for somebody, and the address of their own calendar feed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries, schemas
from services.registry.commands import MadeKey
from services.registry.domain.api_keys import LONGEST_KEY_LIFETIME
from services.registry.pages import words
from services.registry.problems import TooManyKeys
from services.registry.schemas import Identifier
from services.registry.schemas.keys import KeyBody
from shared import clock, web
from shared.database import Database
from shared.i18n import say
from shared.pages import Pages
from shared.paging import Paging, page_of
from shared.people import Person
from shared.problems import InvalidInput

router = web.page_router()
templates = Pages("registry")

PAGE = "/registry/account/keys"
MINE = Paging(limit=200)
LIFETIMES: dict[str, str] = {"30": "a month", "90": "three months", "365": "a year", "730": "two years"}
"""Days, and what they are called."""
NOTICES = {"ended": "It is ended. Whoever has it gets nothing any more."}
WRONG = {"name": "Give the key a name, so that you recognise it later.", "scopes": "Choose what it may do."}
Everybody = Annotated[bool, Query()]


@router.get(PAGE)
async def my_keys(request: Request, database: web.Database, person: web.CurrentPerson, notice: str = "") -> Response:
    """Show somebody's keys and their feed, and ask what a new key shall be for."""
    return await _page(request, database, person, notice=say(NOTICES[notice]) if notice in NOTICES else "")


@router.get(f"{PAGE}/everybody")
async def everybodys_keys(
    request: Request, database: web.Database, person: web.CurrentPerson, paging: web.Paging
) -> Response:
    """Show administrators whose keys there are, so that they can end one."""
    rows = await database.read(queries.api_keys, viewer=person, paging=paging, everybody=True)
    shown, cursor = page_of(paging, rows, lambda card: card.id)
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "keys-of-everybody.html",
        keys=shown,
        scopes=words.said(words.SCOPES),
        next=f"{PAGE}/everybody?{following}" if following else None,
    )


@router.post(PAGE)
async def make_key(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[tuple[str, ...], Form()] = (),
    days: Annotated[int, Form(ge=1, le=LONGEST_KEY_LIFETIME.days)] = 365,
) -> Response:
    """Make a key and show it, this once; a page with it is kept by nobody."""
    asked = {"name": name, "scopes": scopes, "days": str(days)}
    try:
        body = KeyBody.model_validate(
            {"name": name, "scopes": scopes, "expires_at": clock.now() + timedelta(days=days)}
        )
        made = await database.write(commands.make_key, by=person, plan=body.plan())
    except ValidationError as error:
        fields = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        return await _page(request, database, person, asked=asked, errors={one: say(WRONG[one]) for one in fields})
    except (InvalidInput, TooManyKeys) as problem:
        return await _page(
            request, database, person, asked=asked, errors={"name": say(problem.detail, **problem.values)}
        )
    return await _page(request, database, person, made=made)


@router.get(f"{PAGE}/feed")
async def to_my_keys() -> Response:
    """Send who changes the language of the page with a new address, or comes back to it, to their keys."""
    return RedirectResponse(PAGE, status_code=303)


@router.post(f"{PAGE}/feed")
async def make_feed(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Make a new address of one's feed, which ends the old one, and show it, this once."""
    made = await database.write(commands.make_feed, by=person)
    return await _page(request, database, person, made=made)


@router.post(f"{PAGE}/{{key_id}}/revoke")
async def revoke_key(
    database: web.Database, person: web.CurrentPerson, key_id: Identifier, everybody: Everybody = False
) -> Response:
    """End a key, or the address of a feed."""
    await database.write(commands.revoke_key, by=person, key_id=key_id)
    return RedirectResponse(f"{PAGE}/everybody" if everybody else f"{PAGE}?notice=ended", 303)


async def _page(
    request: Request,
    database: Database,
    person: Person,
    *,
    made: MadeKey | None = None,
    asked: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
    notice: str = "",
) -> Response:
    cards = await database.read(queries.api_keys, viewer=person, paging=MINE)
    living = [card for card in cards if card.state == "valid"]
    is_feed = made is not None and made.card.kind == "feed"
    return templates.page(
        request,
        "keys.html",
        status=422 if errors else 200,
        keys=[card for card in living if card.kind == "program"],
        feed=next((card for card in living if card.kind == "feed"), None),
        ended=[card for card in cards if card.state != "valid"],
        key=made.text if made and not is_feed else None,
        address=schemas.feed_address(request.app.state.settings.address, made) if made and is_feed else None,
        scopes=words.said(words.SCOPES),
        lifetimes=words.said(LIFETIMES),
        asked=asked or {"name": "", "scopes": (), "days": "365"},
        errors=errors or {},
        notice=notice,
    )

"""People ask: what they follow, by its kind or by where it is."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notifications import commands, queries
from services.notifications.domain.topics import RADII_M, TOPIC_KINDS, Area, Topic
from services.notifications.problems import NoSuchTopic
from services.notifications.schemas.topics import (
    TOPIC_KIND_NAMES,
    AreaForm,
    middles_to_choose,
    topic_shown,
    topics_to_choose,
)
from shared import web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person
from shared.problems import InvalidInput

router = web.page_router()
pages = Pages("notifications")
NO_MIDDLE = InvalidInput(("/around", "Choose a place or an institution, or put a pin on the map."))


@router.get("/notifications/topics")
async def show_topics(request: Request, database: web.Database, person: web.CurrentPerson) -> HTMLResponse:
    """Show what somebody follows, and what else there is."""
    return await _page(request, database, person, AreaForm())


@router.post("/notifications/topics")
async def follow_topic(
    database: web.Database, person: web.CurrentPerson, topic: Annotated[str, Form(max_length=130)]
) -> RedirectResponse:
    """Follow what was chosen, `kind:value`; raises `NoSuchTopic` for what cannot be chosen."""
    kind, _, value = topic.partition(":")
    chosen = next((Topic(one, value) for one in TOPIC_KINDS if one == kind), None)
    if chosen is None:
        raise NoSuchTopic
    await database.write(commands.follow, by=person, topic=chosen)
    return RedirectResponse("/notifications/topics", 303)


@router.post("/notifications/topics/areas", response_model=None)
async def follow_area(
    request: Request, database: web.Database, person: web.CurrentPerson, form: Annotated[AreaForm, Form()]
) -> Response:
    """Follow what lies within some metres of a place, an institution, or a point."""
    try:
        area, name = await _chosen(database, form)
        await database.write(commands.follow, by=person, topic=Topic("area", area.value), name=name)
    except InvalidInput as refusal:
        return await _page(request, database, person, form, faults=refusal.extra["errors"])
    return RedirectResponse("/notifications/topics", 303)


@router.post("/notifications/topics/{topic_id}/remove")
async def unfollow_topic(database: web.Database, person: web.CurrentPerson, topic_id: str) -> RedirectResponse:
    """Follow something no more."""
    await database.write(commands.unfollow, by=person, topic_id=topic_id)
    return RedirectResponse("/notifications/topics", 303)


async def _chosen(database: web.Database, form: AreaForm) -> tuple[Area, str]:
    """Give the area that was chosen, and what it lies around. Raises `InvalidInput`, `NoSuchTopic`."""
    if (area := form.typed_area()) is not None:
        return area, ""
    if not form.around:
        raise NO_MIDDLE
    return await database.read(queries.area_around, around=form.around, radius_m=form.radius)


async def _page(
    request: Request,
    database: web.Database,
    person: Person,
    typed: AreaForm,
    faults: Sequence[dict[str, str]] = (),
) -> HTMLResponse:
    names = await database.read(queries.topic_names)
    followed = [topic_shown(one, names) for one in await database.read(queries.followed_topics, by=person)]
    return pages.page(
        request,
        "topics.html",
        status=422 if faults else 200,
        followed=followed,
        kinds={kind: say(name) for kind, name in TOPIC_KIND_NAMES.items()},
        groups=topics_to_choose(names),
        middles=middles_to_choose(await database.read(queries.middles)),
        radii=RADII_M,
        typed=typed,
        errors=[{"field": one["pointer"].strip("/"), "text": say(one["detail"])} for one in faults],
    )

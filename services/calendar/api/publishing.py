"""`meetings/{event_id}/publications`: the minutes of a meeting as they were published, version by version."""

from typing import Annotated

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.domain.held import query_of
from services.calendar.models import MinutesVersion
from services.calendar.queries import publishing as looking
from services.calendar.schemas import Identifier, Page
from services.calendar.schemas.after import PublicationAnswer, PublishedMinutesAnswer, PublishingBody
from services.calendar.schemas.fields import HeldOn
from shared import i18n, web
from shared.people import Person

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Which publication; the first one is 1.")]


@router.get("/meetings/{event_id}/publications", response_model=Page[PublicationAnswer], responses=web.refuses(409))
async def list_publications(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    event_id: EventId,
    held_on: HeldOn = None,
) -> Response:
    """List the publications of a meeting's minutes that one may read, the first one first."""
    rows = await database.read(_publications, event_id, person, paging, held_on)
    return web.listing(
        request, paging, rows, show=PublicationAnswer.of, key=lambda row: row.version, sorted_by="version"
    )


@router.get(
    "/meetings/{event_id}/publications/{number}", response_model=PublishedMinutesAnswer, responses=web.refuses(409)
)
async def get_publication(
    database: web.Database, person: web.MaybePerson, event_id: EventId, number: Number, held_on: HeldOn = None
) -> Response:
    """Give the minutes of a meeting as they were published once."""
    card = await database.read(looking.minutes_card, event_id, person, held_on)
    row = card.version(number)
    return web.answer(PublishedMinutesAnswer.of(row), version=row.version)


@router.post(
    "/meetings/{event_id}/publications",
    status_code=201,
    response_model=PublishedMinutesAnswer,
    responses=web.refuses(409),
)
async def publish_minutes(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    event_id: EventId,
    body: PublishingBody,
    held_on: HeldOn = None,
) -> Response:
    """Publish what is written about a meeting, in the language of the request; later ones need a reason."""
    return await web.create(
        request,
        database,
        commands.publish_minutes,
        by=by,
        event_id=event_id,
        audience=body.audience,
        reason=body.reason,
        language=i18n.language.get(),
        held_on=held_on,
        show=PublishedMinutesAnswer.of,
        location=lambda row: f"/calendar/api/v1/meetings/{event_id}/publications/{row.version}{query_of(row.held_on)}",
    )


def _publications(
    session: Session, event_id: str, person: Person | None, paging: web.PagingValues, held_on: str | None
) -> list[MinutesVersion]:
    rows = sorted(looking.minutes_card(session, event_id, person, held_on).versions, key=lambda row: row.version)
    after = 0 if paging.after is None else paging.last_seen(MinutesVersion.version)[0]
    return [row for row in rows if row.version > after][: paging.rows]

"""`meetings/{event_id}/items` and `…/minutes`: the agenda of a meeting, and what is written down of each item."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.models import AgendaItem
from services.calendar.queries import agenda_items as looking
from services.calendar.queries.agenda_items import Offered, Section
from services.calendar.queries.held import held
from services.calendar.queries.publishing import ItemReader, item_reader, may_read_written
from services.calendar.schemas import Identifier
from services.calendar.schemas.agenda_items import (
    ItemAnswer,
    ItemBody,
    ItemChange,
    OfferedAnswer,
    OfferedList,
    SectionAnswer,
    SectionBody,
    SectionId,
    SectionList,
)
from services.calendar.schemas.fields import HeldOn
from shared import clock, web
from shared.paging import Paging
from shared.people import Person, must
from shared.problems import NotFound

router = web.api_router("calendar")
EventId = Annotated[Identifier, Path()]
ItemId = Annotated[Identifier, Path()]
PROPOSER = ItemReader(takes_part=True, reads_minutes=True)
"""Whoever has just proposed an item belongs to those who meet."""


@router.get("/meetings/{event_id}/items", response_model=web.Page[ItemAnswer], responses=web.refuses(409))
async def list_items(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    event_id: EventId,
    held_on: HeldOn = None,
) -> Response:
    """List a meeting's agenda in its order; who takes part sees what is proposed and was refused too."""
    rows, reader = await database.read(_items, event_id, person, paging, held_on)
    return web.listing(
        request,
        paging,
        rows,
        show=lambda row: ItemAnswer.of(row, reader),
        key=lambda row: (row.position, row.id),
        sorted_by="position, id",
    )


@router.post("/meetings/{event_id}/items", status_code=201, response_model=ItemAnswer, responses=web.refuses(409))
async def propose_item(
    request: Request,
    database: web.Database,
    by: web.CurrentPerson,
    event_id: EventId,
    body: ItemBody,
    held_on: HeldOn = None,
) -> Response:
    """Propose an item for the agenda, as a host or who is invited; a host's is accepted at once."""
    return await web.create(
        request,
        database,
        commands.propose_item,
        by=by,
        event_id=event_id,
        plan=body.plan(),
        held_on=held_on,
        show=lambda row: ItemAnswer.of(row, PROPOSER),
    )


@router.get("/meetings/{event_id}/items/{item_id}", response_model=ItemAnswer, responses=web.refuses(409))
async def get_item(database: web.Database, person: web.MaybePerson, event_id: EventId, item_id: ItemId) -> Response:
    """Give one item."""
    row, reader = await database.read(_item, event_id, item_id, person)
    return web.answer(ItemAnswer.of(row, reader), version=row.version)


@router.patch("/meetings/{event_id}/items/{item_id}", response_model=ItemAnswer, responses=web.refuses(409))
async def change_item(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    item_id: ItemId,
    body: ItemChange,
) -> Response:
    """Change an item, accept, refuse or withdraw it, or put it at another place of the agenda."""
    row = await database.write(
        commands.change_item, by=by, event_id=event_id, item_id=item_id, changes=body.changes(), version=version
    )
    reader = await database.read(_reader, event_id, by)
    return web.answer(ItemAnswer.of(row, reader), version=row.version)


@router.get("/meetings/{event_id}/offered", response_model=OfferedList, responses=web.refuses(409))
async def list_offered(
    request: Request, database: web.Database, by: web.CurrentPerson, event_id: EventId, held_on: HeldOn = None
) -> Response:
    """List what those who take part could put on the agenda: open decisions, overdue first; problems, initiatives."""
    today = clock.now().astimezone(ZoneInfo(request.app.state.settings.zone)).date()
    found = await database.read(_offered, event_id, by, today, held_on)
    return web.answer(OfferedList(items=[OfferedAnswer.of(one) for one in found]))


@router.get("/meetings/{event_id}/minutes", response_model=SectionList, responses=web.refuses(409))
async def list_sections(
    database: web.Database, person: web.CurrentPerson, event_id: EventId, held_on: HeldOn = None
) -> Response:
    """List the minutes of a meeting as they are written now, by sections: items in their order, then `general`.

    They are for who hosts or leads it or is invited; others read `publications`.
    """
    found = await database.read(_sections, event_id, person, held_on)
    return web.tagged(web.answer(SectionList(items=[SectionAnswer.of(one, person) for one in found])))


@router.get("/meetings/{event_id}/minutes/{section_id}", response_model=SectionAnswer, responses=web.refuses(409))
async def get_section(
    database: web.Database,
    person: web.CurrentPerson,
    event_id: EventId,
    section_id: Annotated[SectionId, Path()],
    held_on: HeldOn = None,
) -> Response:
    """Give one section of the minutes as it is written now, with the ETag to write it with."""
    section = await database.read(_section, event_id, section_id, person, held_on)
    return web.answer(SectionAnswer.of(section, person), version=section.version)


@router.put("/meetings/{event_id}/minutes/{section_id}", response_model=SectionAnswer, responses=web.refuses(409))
async def write_section(
    database: web.Database,
    by: web.CurrentPerson,
    version: web.IfMatch,
    event_id: EventId,
    section_id: Annotated[SectionId, Path()],
    body: SectionBody,
    held_on: HeldOn = None,
) -> Response:
    """Write a section of the minutes. What somebody else wrote there since is told in the 412, and stays."""
    section = await database.write(
        commands.write_section,
        by=by,
        event_id=event_id,
        section_id=section_id,
        text=body.text,
        version=version,
        held_on=held_on,
    )
    return web.answer(SectionAnswer.of(section, by), version=section.version)


def _items(
    session: Session, event_id: str, person: Person | None, paging: Paging, held_on: str | None
) -> tuple[list[AgendaItem], ItemReader]:
    rows = looking.agenda_items(session, event_id, person, paging, held_on)
    return list(rows), _reader(session, event_id, person)


def _item(session: Session, event_id: str, item_id: str, person: Person | None) -> tuple[AgendaItem, ItemReader]:
    row = looking.agenda_item(session, event_id, item_id, person)
    return row, _reader(session, event_id, person)


def _reader(session: Session, event_id: str, person: Person | None) -> ItemReader:
    return item_reader(session, looking.meeting_seen(session, event_id, person), person)


def _offered(session: Session, event_id: str, by: Person, today: date, held_on: str | None) -> list[Offered]:
    event = looking.meeting_seen(session, event_id, by)
    must(looking.may_take_part(session, event, by))
    return looking.offered(session, held(session, event, held_on), by, today)


def _sections(session: Session, event_id: str, person: Person | None, held_on: str | None) -> list[Section]:
    """Give what is written to those who read it unpublished. Raises `NotFound`, `NotAMeeting`, `NotAllowed`."""
    event = looking.meeting_seen(session, event_id, person)
    must(may_read_written(session, event, person))
    return looking.sections(session, event_id, held(session, event, held_on).held_on)


def _section(session: Session, event_id: str, section_id: str, person: Person | None, held_on: str | None) -> Section:
    """Give one of them; raises `NotFound` where there is none."""
    found = next((one for one in _sections(session, event_id, person, held_on) if one.id == section_id), None)
    if found is None:
        raise NotFound
    return found

"""`exports`: what is here as tables that can be imported again, and organisations as cards for address books."""

import asyncio
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Path, Query, Request, Response

from services.registry import commands, queries
from services.registry.domain.organisation_cells import cells_of, headings, in_order
from services.registry.domain.tables import OWNED, TableKind
from services.registry.domain.themes import Taxonomy
from services.registry.domain.vcards import organisation_vcard
from services.registry.domain.workbooks import write_workbook
from services.registry.schemas import Identifier
from shared import i18n, web
from shared.database import Database
from shared.i18n import say
from shared.people import Person
from shared.spreadsheets import csv_of

router = web.api_router("registry")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VCARD = "text/vcard"
TITLES: dict[TableKind, str] = {
    "organisations": "Institutions",
    "venues": "Venues",
    "resources": "Resources",
    "needs": "Needs",
}
"""Of sheets and files (gettext sources)."""
For = Annotated[
    Literal["programs", "excel"],
    Query(alias="for", description="`excel`: as a Polish Excel opens it, with `;`, decimal commas and a mark."),
]


def produces(kind: str) -> dict[str, Any]:
    """Say in the document which kind of file is answered."""
    return {"response_class": Response, "responses": {200: {"content": {kind: {}}}}}


@router.get("/exports/{table}.csv", **produces("text/csv"))
async def export_table(
    request: Request, database: web.Database, by: web.CurrentPerson, table: TableKind, target: For = "programs"
) -> Response:
    """Give all organisations, venues, resources or needs as CSV, with the columns that an import reads.

    The headings are in the reader's language.
    """
    is_excel = target == "excel"
    heading, rows = await _table(request, database, by, table)
    cells = [[_with_comma(cell) for cell in row] for row in rows] if is_excel else rows
    data = await asyncio.to_thread(csv_of, heading, cells, delimiter=";" if is_excel else ",", with_mark=is_excel)
    return web.attachment(Response(data, media_type="text/csv; charset=utf-8"), _name("csv", table))


@router.get("/exports/{table}.xlsx", **produces(XLSX))
async def export_workbook(
    request: Request, database: web.Database, by: web.CurrentPerson, table: TableKind
) -> Response:
    """Give the same as a workbook."""
    heading, rows = await _table(request, database, by, table)
    data = await asyncio.to_thread(write_workbook, heading, rows, say(TITLES[table]))
    return web.attachment(Response(data, media_type=XLSX), _name("xlsx", table))


@router.get("/exports/organisations.vcf", **produces(VCARD))
async def export_cards(request: Request, database: web.Database, by: web.CurrentPerson) -> Response:
    """Give all organisations as cards for an address book (vCard 4.0, RFC 6350)."""
    rows = await _exported(request, database, by)
    known = await database.read(queries.taxonomy)
    cards = b"".join(_card(request, row, known) for row in rows)
    return web.attachment(Response(cards, media_type=VCARD), _name("vcf"))


@router.get("/organisations/{organisation_id}/card.vcf", **produces(VCARD))
async def export_card(
    request: Request,
    database: web.Database,
    by: web.MaybePerson,
    organisation_id: Annotated[Identifier, Path()],
) -> Response:
    """Give one organisation as a card, with the contacts that whoever asks may see."""
    door = web.door_of(request)
    how: dict[str, Any] = {"viewer": by, "organisation_id": organisation_id}
    row = await commands.disclose(database, by, door, queries.exported_organisation, **how)
    known = await database.read(queries.taxonomy)
    return web.attachment(Response(_card(request, row, known), media_type=VCARD), f"{row.organisation.name}.vcf")


async def _exported(request: Request, database: Database, by: Person) -> list[queries.Exported]:
    """Read all organisations; what this discloses of people is noted before the file leaves."""
    return await commands.disclose(database, by, web.door_of(request), queries.exported_organisations, viewer=by)


async def _table(
    request: Request, database: Database, by: Person, table: TableKind
) -> tuple[list[str], list[list[Any]]]:
    """Give the headings and the rows of one table in the reader's language."""
    language = i18n.language.get()
    if table == "organisations":
        found = await _exported(request, database, by)
        return headings(language), [in_order(cells_of(one.organisation, one.contacts, language)) for one in found]
    owned = OWNED[table]
    things = await database.read(queries.exported_things, viewer=by, kind=table)
    heading = list(owned.headings.values() if language == "pl" else owned.headings)
    zone = ZoneInfo(request.app.state.settings.zone)
    return heading, [owned.cells(one.thing, one.named, language, zone) for one in things]


def _with_comma(cell: Any) -> Any:
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell


def _card(request: Request, row: queries.Exported, known: Taxonomy) -> bytes:
    address = f"{request.app.state.settings.address}{commands.organisation_address(row.organisation.id)}"
    themes = [known.name_of(code, i18n.language.get()) for code in row.organisation.themes]
    return organisation_vcard(row.organisation, row.contacts, address, themes)


def _name(ending: str, table: TableKind = "organisations") -> str:
    return f"{say(TITLES[table]).lower()}.{ending}"

"""Resources as rows of a table: read from what offices write, and written so that they are read again."""

from typing import Any

from services.registry.domain.cells import POINT, Cells, Note
from services.registry.domain.owned_rows import (
    DESCRIPTION,
    KEY,
    OWNER,
    PLACED,
    TERMS,
    OwnedTable,
    terms_of,
    terms_written,
)
from services.registry.domain.plans import ResourcePlan
from services.registry.domain.row_words import RESOURCE_KINDS, written

LONGEST_UNIT = 30
MOST = 1_000_000
LENT = {word: kind for word, kind in RESOURCE_KINDS.items() if kind != "space"}


def _plan(cells: Cells, name: str) -> ResourcePlan:
    latitude, longitude = cells.point()
    return ResourcePlan(
        name=name,
        organisation_id="",
        kind=cells.one_of("kind", LENT, "equipment"),
        quantity=cells.whole("quantity", 1, MOST, 1),
        unit=cells.text("unit", LONGEST_UNIT),
        availability=cells.hours("availability"),
        latitude=latitude,
        longitude=longitude,
        **terms_of(cells),
    )


def _missing(cells: Cells) -> Note | None:
    """A space is a venue and has a table of its own; what kind a thing is, nobody should guess."""
    if "kind" in cells.said:
        return None
    text = "Say the kind: equipment, skill, volunteers, money or knowledge; a space stands in the table of venues"
    return Note(text, column="kind", value=cells.values.get("kind", "")[:100])


def _written(kept: Any, language: str) -> dict[str, Any]:
    return {
        "name": kept.name,
        "kind": written(kept.kind, language),
        "quantity": kept.quantity,
        "unit": kept.unit,
        "availability": kept.availability,
        "latitude": kept.latitude,
        "longitude": kept.longitude,
        **terms_written(kept, language),
    }


RESOURCES = OwnedTable(
    name="name",
    columns={
        "key": KEY,
        "name": ("name", "resource", "nazwa", "zasob", "nazwa zasobu", "co"),
        "kind": ("kind", "type", "rodzaj", "typ"),
        **OWNER,
        "quantity": ("quantity", "ilosc", "liczba", "ile", "sztuk"),
        "unit": ("unit", "jednostka"),
        "description": DESCRIPTION,
        "availability": ("availability", "dostepnosc", "kiedy dostepne", "kiedy"),
        **{column: PLACED[column] for column in POINT},
        **TERMS,
    },
    read=_plan,
    write=_written,
    missing=_missing,
)

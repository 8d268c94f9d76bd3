"""Needs as rows of a table: read from what offices write, and written so that they are read again."""

from collections.abc import Sequence
from typing import Any

from services.registry.domain.cells import LONGEST_LINE, Cells, Note, joined
from services.registry.domain.owned_rows import DESCRIPTION, KEY, OWNER, PLACED, OwnedTable
from services.registry.domain.plans import NeedPlan
from services.registry.domain.resource_rows import MOST
from services.registry.domain.row_words import RESOURCE_KINDS, URGENCIES, WEEKDAYS_WRITTEN, written


def _plan(cells: Cells, name: str) -> NeedPlan:
    latitude, longitude = cells.point()
    starts_at, ends_at = cells.instant("starts_at"), cells.instant("ends_at")
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        cells.note("It would end before it begins; its end was left out", "ends_at")
        ends_at = None
        cells.said.discard("ends_at")
    return NeedPlan(
        title=name,
        organisation_id="",
        kind=cells.one_of("kind", RESOURCE_KINDS, "equipment"),
        quantity=cells.whole("quantity", 1, MOST, 1),
        until_on=cells.day("until_on"),
        description=cells.text("description"),
        themes=cells.words("themes"),
        address=cells.address(),
        latitude=latitude,
        longitude=longitude,
        starts_at=starts_at,
        ends_at=ends_at,
        weekdays=cells.weekdays("weekdays"),
        hours=cells.text("hours", LONGEST_LINE),
        urgency=cells.one_of("urgency", URGENCIES, "normal"),
    )


def _missing(cells: Cells) -> Note | None:
    if "kind" in cells.said:
        return None
    text = "Say the kind: space, equipment, skill, volunteers, money or knowledge"
    return Note(text, column="kind", value=cells.values.get("kind", "")[:100])


def _written(kept: Any, language: str) -> dict[str, Any]:
    return {
        "title": kept.title,
        "kind": written(kept.kind, language),
        "quantity": kept.quantity,
        "until_on": None if kept.until_on is None else kept.until_on.isoformat(),
        "description": kept.description,
        "themes": joined(kept.themes),
        "address": kept.address,
        "latitude": kept.latitude,
        "longitude": kept.longitude,
        "starts_at": kept.starts_at,
        "ends_at": kept.ends_at,
        "weekdays": _days(kept.weekdays, language),
        "hours": kept.hours,
        "urgency": written(kept.urgency, language),
        "status": written(kept.status, language),
        "outcome": kept.outcome,
    }


def _days(weekdays: Sequence[int], language: str) -> str:
    return ", ".join(WEEKDAYS_WRITTEN[language][number - 1] for number in weekdays)


NEEDS = OwnedTable(
    name="title",
    columns={
        "key": KEY,
        "title": ("title", "name", "need", "tytul", "nazwa", "potrzeba", "czego potrzeba"),
        "kind": ("kind", "type", "rodzaj", "typ"),
        **OWNER,
        "quantity": ("quantity", "ilosc", "liczba", "ile", "sztuk"),
        "description": DESCRIPTION,
        "until_on": ("until_on", "do kiedy", "aktualne do", "wazne do"),
        "starts_at": ("starts_at", "poczatek", "od"),
        "ends_at": ("ends_at", "koniec", "do"),
        "weekdays": ("weekdays", "dni", "dni tygodnia"),
        "hours": ("hours", "godziny", "o ktorej"),
        "urgency": ("urgency", "pilnosc", "pilne"),
        "themes": ("themes", "tematy"),
        "venue": ("venue", "miejsce", "sala"),
        **PLACED,
        "status": ("status", "stan"),
    },
    also=("outcome",),
    read=_plan,
    write=_written,
    inside="venue",
    reference="venue_id",
    missing=_missing,
)

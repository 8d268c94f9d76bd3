"""Venues as rows of a table: read from what offices write, and written so that they are read again."""

from typing import Any

from services.registry.domain.cells import Cells, joined
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
from services.registry.domain.plans import VenuePlan
from services.registry.domain.row_words import written

MINUTES = 24 * 60
MOST_PEOPLE = 1_000_000


def _plan(cells: Cells, name: str) -> VenuePlan:
    latitude, longitude = cells.point()
    return VenuePlan(
        name=name,
        organisation_id="",
        address=cells.address(),
        latitude=latitude,
        longitude=longitude,
        capacity=cells.whole("capacity", 1, MOST_PEOPLE, None),
        one_at_a_time=cells.truth("one_at_a_time", True),
        set_up_minutes=cells.whole("set_up_minutes", 0, MINUTES, 0),
        clear_up_minutes=cells.whole("clear_up_minutes", 0, MINUTES, 0),
        opening_hours=cells.hours("opening_hours"),
        equipment=cells.words("equipment"),
        step_free=cells.truth("step_free", None),
        confidential=cells.truth("confidential", False),
        **terms_of(cells),
    )


def _written(kept: Any, language: str) -> dict[str, Any]:
    return {
        "name": kept.name,
        "address": kept.address,
        "latitude": kept.latitude,
        "longitude": kept.longitude,
        "capacity": kept.capacity,
        "one_at_a_time": written(kept.one_at_a_time, language),
        "set_up_minutes": kept.set_up_minutes,
        "clear_up_minutes": kept.clear_up_minutes,
        "opening_hours": kept.opening_hours,
        "equipment": joined(kept.equipment),
        "step_free": written(kept.step_free, language),
        "confidential": written(kept.confidential, language),
        **terms_written(kept, language),
    }


VENUES = OwnedTable(
    name="name",
    columns={
        "key": KEY,
        "name": ("name", "venue", "nazwa", "sala", "miejsce", "nazwa sali", "nazwa miejsca"),
        **OWNER,
        "inside": ("inside", "wewnatrz", "w budynku", "czesc"),
        **PLACED,
        "description": DESCRIPTION,
        "capacity": ("capacity", "liczba miejsc", "pojemnosc", "ile osob"),
        "one_at_a_time": ("one_at_a_time", "jedno naraz", "jedno wydarzenie naraz"),
        "set_up_minutes": ("set_up_minutes", "przygotowanie", "przygotowanie min"),
        "clear_up_minutes": ("clear_up_minutes", "sprzatanie", "sprzatanie min"),
        "opening_hours": ("opening_hours", "godziny", "godziny otwarcia", "czynne"),
        "equipment": ("equipment", "wyposazenie"),
        "step_free": ("step_free", "bez schodow", "dostepne bez schodow"),
        "confidential": ("confidential", "adres poufny", "poufne"),
        **TERMS,
    },
    read=_plan,
    write=_written,
    inside="inside",
    reference="inside_venue_id",
)

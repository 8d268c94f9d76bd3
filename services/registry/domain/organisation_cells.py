"""An organisation as a row of a table: what an export writes is what an import reads again."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.registry.domain.cells import joined
from services.registry.domain.organisation_rows import OrganisationRow, row_of
from services.registry.domain.plans import Changes, Visibility
from services.registry.domain.row_words import written

HEADINGS: Mapping[str, str] = {
    "key": "klucz",
    "nip": "nip",
    "regon": "regon",
    "name": "nazwa",
    "kind": "rodzaj",
    "description": "opis",
    "address": "adres",
    "latitude": "szerokość",
    "longitude": "długość",
    "audiences": "odbiorcy",
    "themes": "tematy",
    "phone": "telefon",
    "email": "e-mail",
    "website": "www",
    "visibility": "widoczność",
}
"""The columns of an export, with their Polish headings; the English ones are the names of the fields."""

LEVELS: tuple[Visibility, ...] = ("private", "coordinators", "partners", "public")
"""From the fewest who see it to the most."""


class Kept(Protocol):
    """An organisation as it is kept."""

    id: Any
    external_key: Any
    name: Any
    nip: Any
    regon: Any
    kind: Any
    description: Any
    address: Any
    latitude: Any
    longitude: Any
    audiences: Any
    themes: Any


class KeptContact(Protocol):
    """A contact as it is kept."""

    kind: Any
    value: Any
    visibility: Any


def headings(language: str) -> list[str]:
    """Name the columns in the reader's language; both are read again."""
    return list(HEADINGS.values() if language == "pl" else HEADINGS)


def cells_of(row: Kept, contacts: Sequence[KeptContact] = (), language: str = "en") -> dict[str, Any]:
    """Write an organisation with these contacts, by column; the level is that of the most private of them."""
    levels = [contact.visibility for contact in contacts if contact.kind in ("phone", "email", "website")]
    visibility = min(levels, key=LEVELS.index, default="")
    values: dict[str, list[str]] = {"phone": [], "email": [], "website": []}
    for contact in contacts:
        values.get(contact.kind, []).append(contact.value)
    return {
        "key": row.external_key or row.id,
        "nip": row.nip or "",
        "regon": row.regon or "",
        "name": row.name,
        "kind": written(row.kind, language),
        "description": row.description,
        "address": row.address,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "audiences": joined([written(one, language) for one in row.audiences]),
        "themes": joined(row.themes),
        **{kind: joined(some) for kind, some in values.items()},
        "visibility": written(visibility, language),
    }


def differences(row: OrganisationRow, kept: Kept) -> Changes:
    """Give the fields in which a row of a table differs from what is kept, as far as the table has columns for them.

    What is kept is read as it would be exported: so an export that nobody changed never changes anything.
    """
    if row.plan is None:
        return {}
    cells = {field: "" if cell is None else str(cell).strip() for field, cell in cells_of(kept).items()}
    before = row_of(0, cells).plan
    return {
        field: getattr(row.plan, field)
        for field in sorted(row.fields)
        if before is None or getattr(before, field) != getattr(row.plan, field)
    }


def in_order(cells: Mapping[str, Any]) -> list[Any]:
    """Give the cells in the order of the headings."""
    return [cells[field] for field in HEADINGS]

"""What tables of venues, resources and needs share: each row is of something that one organisation has or lacks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from services.registry.domain.cells import LONGEST_LINE, LONGEST_NAME, USUAL_ZONE, Cells, Note, joined
from services.registry.domain.organisation_rows import hash_of_cells
from services.registry.domain.plans import Changes, NeedPlan, ResourcePlan, VenuePlan
from services.registry.domain.row_words import COSTS_PER, LENDS_TO, OFFER_STATUSES, written
from services.registry.domain.words import folded

OwnedPlan = VenuePlan | ResourcePlan | NeedPlan
Read = Callable[[Cells, str], OwnedPlan]
"""Makes the plan of a row with this name; whose it is and where it lies is looked up later."""
KEY = ("key", "external_key", "id", "klucz", "identyfikator")
OWNER: Mapping[str, tuple[str, ...]] = {
    "organisation_key": (
        "organisation_key",
        "organisation_id",
        "klucz organizacji",
        "id organizacji",
        "nip organizacji",
        "nip",
        "regon organizacji",
        "regon",
    ),
    "organisation": (
        "organisation",
        "owner",
        "organizacja",
        "instytucja",
        "nazwa organizacji",
        "nazwa instytucji",
        "czyje",
        "wlasciciel",
    ),
}
PLACED: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "adres", "ulica"),
    "postcode": ("postcode", "kod", "kod pocztowy"),
    "city": ("city", "miasto", "miejscowosc"),
    "latitude": ("latitude", "lat", "szerokosc", "szerokosc geograficzna"),
    "longitude": ("longitude", "lon", "lng", "dlugosc", "dlugosc geograficzna"),
}
TERMS: Mapping[str, tuple[str, ...]] = {
    "needs_approval": ("needs_approval", "za zgoda", "wymaga zgody"),
    "conditions": ("conditions", "warunki"),
    "cost": ("cost", "koszt", "cena", "oplata"),
    "cost_pln": ("cost_pln", "koszt zl", "koszt w zl", "cena zl", "cena w zl", "kwota"),
    "cost_per": ("cost_per", "koszt za", "cena za"),
    "lends_to": ("lends_to", "komu", "dla kogo", "kto moze pozyczyc"),
    "themes": ("themes", "tematy"),
    "status": ("status", "stan"),
}
DESCRIPTION = ("description", "opis")
IN_POLISH = {
    "key": "klucz",
    "name": "nazwa",
    "organisation_key": "klucz organizacji",
    "organisation": "organizacja",
    "inside": "wewnątrz",
    "address": "adres",
    "latitude": "szerokość",
    "longitude": "długość",
    "description": "opis",
    "capacity": "liczba miejsc",
    "one_at_a_time": "jedno naraz",
    "set_up_minutes": "przygotowanie min",
    "clear_up_minutes": "sprzątanie min",
    "opening_hours": "godziny otwarcia",
    "equipment": "wyposażenie",
    "step_free": "bez schodów",
    "confidential": "adres poufny",
    "needs_approval": "wymaga zgody",
    "conditions": "warunki",
    "cost": "koszt",
    "cost_pln": "koszt zł",
    "cost_per": "koszt za",
    "lends_to": "komu",
    "themes": "tematy",
    "status": "stan",
    "kind": "rodzaj",
    "quantity": "ilość",
    "unit": "jednostka",
    "availability": "dostępność",
    "title": "tytuł",
    "until_on": "do kiedy",
    "starts_at": "początek",
    "ends_at": "koniec",
    "weekdays": "dni tygodnia",
    "hours": "godziny",
    "urgency": "pilność",
    "venue": "miejsce",
    "outcome": "co z tego wyszło",
}
"""How an export in Polish calls its columns; what is not here is read alone."""


@dataclass(frozen=True)
class OwnedRow:
    """One row of the file: its line, a key that stays the same, and either a plan or the reason for none.

    `owners` are the ways in which it names its organisation, the surest first; `inside` names the venue that it lies
    in, as it was typed. `missing` is why nothing new can be made of it. `fields` as in a row of organisations.
    """

    line: int
    key: str
    name: str = ""
    plan: OwnedPlan | None = None
    repairs: tuple[Note, ...] = ()
    refusal: Note | None = None
    content_hash: str = ""
    fields: frozenset[str] = frozenset()
    raw_key: str = ""
    owners: tuple[str, ...] = ()
    inside: str = ""
    missing: Note | None = None
    is_over: bool = False
    """Whether it says of a need that it is over: such a one is not stated anew."""


class Kept(Protocol):
    """A venue, resource or need as it is kept."""

    id: Any
    version: Any
    organisation_id: Any


@dataclass(frozen=True)
class Named:
    """What stands in the cells of an export for what is kept elsewhere: keys of tables, and names."""

    key: str
    organisation_key: str
    organisation: str
    inside: str = ""


@dataclass(frozen=True)
class OwnedTable:
    """One of these tables: its columns with the headings they may have, and how a row is read and written.

    `name` is the column that must be there, `inside` the one that names a venue, `reference` the field of the plan
    that it decides; `also` are columns that are only written.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    read: Read
    write: Callable[[Any, str], dict[str, Any]]
    inside: str = ""
    reference: str = ""
    also: tuple[str, ...] = ()
    missing: Callable[[Cells], Note | None] = field(default=lambda cells: None)

    @cached_property
    def headings(self) -> Mapping[str, str]:
        """Name the columns of an export, each with its heading in Polish; the English one is its name."""
        return {column: IN_POLISH[column] for column in (*self.columns, *self.also) if column in IN_POLISH}

    def row(
        self, line: int, values: Mapping[str, str], notes: Sequence[Note] = (), zone: ZoneInfo = USUAL_ZONE
    ) -> OwnedRow:
        """Read one row from its cells by field; `notes` are what is known to be wrong with them already.

        A time without an offset is by the clocks of `zone`.
        """
        cells = Cells(values, notes, zone)
        name = cells.name(self.name)
        owners = tuple(text for text in (values.get(column, "") for column in OWNER) if text)
        raw = values.get("key", "")
        key = raw or f"name:{folded(owners[0] if owners else '')}/{folded(name)}"
        if not name:
            return OwnedRow(line, raw[:LONGEST_NAME], refusal=Note("The name is missing", column=self.name))
        if len(name) > LONGEST_NAME or len(raw) > LONGEST_NAME:
            refusal = Note("The name is longer than 200 letters", column=self.name, value=name[:100])
            return OwnedRow(line, raw[:LONGEST_NAME], refusal=refusal)
        plan, missing = self.read(cells, name), self.missing(cells)
        if self.inside:
            cells.said |= {self.reference} if self.inside in values else set()
        return OwnedRow(
            line,
            key,
            name,
            plan,
            tuple(cells.repairs),
            content_hash=hash_of_cells(values),
            fields=frozenset(cells.said & vars(plan).keys()),
            raw_key=raw,
            owners=owners,
            inside=values.get(self.inside, ""),
            missing=missing,
            is_over=folded(values.get("status", "")) in OVER,
        )

    def cells(self, kept: Any, named: Named, language: str = "en", zone: ZoneInfo = USUAL_ZONE) -> list[Any]:
        """Write what is kept as a row of an export, instants by the clocks of `zone`."""
        values = {
            "key": named.key,
            "organisation_key": named.organisation_key,
            "organisation": named.organisation,
            self.inside: named.inside,
            **self.write(kept, language),
        }
        return [_told(values[column], zone) for column in self.headings]

    def differences(self, row: OwnedRow, kept: Any) -> Changes:
        """Give the fields in which a row differs from what is kept, read as it would be exported."""
        cells = self.write(kept, "en")
        as_exported = {column: "" if cell is None else str(cell).strip() for column, cell in cells.items()}
        before = vars(self.row(0, as_exported).plan or row.plan)
        if self.reference:
            before = {**before, self.reference: getattr(kept, self.reference)}
        after = vars(row.plan)
        return {name: after[name] for name in sorted(row.fields) if before[name] != after[name]}


def _told(cell: Any, zone: ZoneInfo) -> Any:
    """Write an instant with its offset, so that none is told twice."""
    return cell.astimezone(zone).isoformat(" ") if isinstance(cell, datetime) else cell


OVER = frozenset({"met", "closed", "zaspokojona", "zamknieta"})


def terms_of(cells: Cells) -> dict[str, Any]:
    """Read on which terms something is lent."""
    amount, per = cells.amount("cost_pln"), cells.one_of("cost_per", COSTS_PER, None)
    if amount is not None and per is None:
        cells.note("The amount does not say what it is for (an hour, a day, once); it was left out", "cost_pln")
        amount = None
        cells.said -= {"cost_pln", "cost_per"}
    return {
        "description": cells.text("description"),
        "needs_approval": cells.truth("needs_approval", False),
        "conditions": cells.text("conditions"),
        "cost": cells.text("cost", LONGEST_LINE),
        "cost_pln": amount,
        "cost_per": per if amount is not None else None,
        "lends_to": cells.one_of("lends_to", LENDS_TO, "everyone"),
        "themes": cells.words("themes"),
        "status": cells.one_of("status", OFFER_STATUSES, "offered"),
    }


def terms_written(kept: Any, language: str) -> dict[str, Any]:
    """Write the terms of what is lent."""
    return {
        "description": kept.description,
        "needs_approval": written(kept.needs_approval, language),
        "conditions": kept.conditions,
        "cost": kept.cost,
        "cost_pln": kept.cost_pln,
        "cost_per": written(kept.cost_per, language),
        "lends_to": written(kept.lends_to, language),
        "themes": joined(kept.themes),
        "status": written(kept.status, language),
    }

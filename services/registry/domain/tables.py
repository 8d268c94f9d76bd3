"""Reading a table of organisations as offices write them: UTF-8 or cp1250, comma or semicolon, decimal commas."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from services.registry.domain.consents import checked_value
from services.registry.domain.organisations import is_at_zero
from services.registry.domain.plans import ContactPlan, OrganisationPlan
from services.registry.domain.words import folded
from services.registry.problems import FileRefused, FileTooLarge
from shared.messages.calendar import Audience
from shared.messages.registry import OrganisationKind
from shared.problems import InvalidInput
from shared.spreadsheets import original

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
LONGEST_NAME = 200
LONGEST_CONTACT = 300

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "external_key", "id", "klucz", "identyfikator", "nip", "regon"),
    "name": ("name", "nazwa", "organisation", "organizacja"),
    "kind": ("kind", "type", "rodzaj", "typ"),
    "description": ("description", "opis"),
    "address": ("address", "adres"),
    "latitude": ("latitude", "lat", "szerokosc", "szerokosc geograficzna"),
    "longitude": ("longitude", "lon", "lng", "dlugosc", "dlugosc geograficzna"),
    "audiences": ("audiences", "odbiorcy"),
    "themes": ("themes", "tematy"),
    "phone": ("phone", "telefon", "tel"),
    "email": ("email", "e-mail", "mail", "poczta"),
    "website": ("website", "www", "strona", "strona www"),
    "visibility": ("visibility", "widocznosc", "widocznosc kontaktow"),
}
"""Every column that is read, with the headings it may have (compared as `domain.words` folds them)."""

KINDS: Mapping[str, OrganisationKind] = {
    "public_institution": "public_institution",
    "instytucja publiczna": "public_institution",
    "ngo": "ngo",
    "organizacja pozarzadowa": "ngo",
    "stowarzyszenie": "ngo",
    "fundacja": "ngo",
    "school": "school",
    "szkola": "school",
    "przedszkole": "school",
    "housing_association": "housing_association",
    "spoldzielnia": "housing_association",
    "spoldzielnia mieszkaniowa": "housing_association",
    "wspolnota mieszkaniowa": "housing_association",
    "company": "company",
    "firma": "company",
    "council": "council",
    "rada dzielnicy": "council",
    "informal_group": "informal_group",
    "grupa nieformalna": "informal_group",
    "other": "other",
    "inne": "other",
}
VISIBILITIES = {
    "public": "public",
    "publiczne": "public",
    "partners": "partners",
    "partnerzy": "partners",
    "coordinators": "coordinators",
    "koordynatorzy": "coordinators",
    "private": "private",
    "prywatne": "private",
}
AUDIENCES: tuple[Audience, ...] = get_args(Audience)


@dataclass(frozen=True)
class Note:
    """What was wrong with a row, as an English gettext source and its values."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OrganisationRow:
    """One row of the file: its line, a key that stays the same, and either a plan or the reason for none."""

    line: int
    key: str
    plan: OrganisationPlan | None = None
    contacts: tuple[ContactPlan, ...] = ()
    repairs: tuple[Note, ...] = ()
    refusal: Note | None = None
    content_hash: str = ""


def read_organisations(data: bytes) -> list[OrganisationRow]:
    """Read a CSV file (RFC 4180, and what spreadsheets make of it).

    One bad row is refused or repaired with a note. Raises `FileRefused` when there is no table with names in it,
    `FileTooLarge` over 5 MB or 10,000 rows.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLarge
    records = _records(_text(data))
    _, heading = next(records, (0, []))
    columns = _columns(heading or [])
    if "name" not in columns:
        raise FileRefused("The first line must name the columns, one of them “name”.")
    rows: list[OrganisationRow] = []
    first_lines: dict[str, int] = {}
    for line, cells in records:
        if cells is not None and not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            raise FileTooLarge
        rows.append(_row(line, cells, columns, len(heading or []), first_lines))
    return rows


def _text(data: bytes) -> str:
    """Decode the file; a byte-order mark decides, else UTF-8, else the code page of Polish Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1250"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileRefused("This is not a text file in UTF-8 or cp1250.")


def _records(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Split into records, each with the line it begins on; None stands for one that cannot be read."""
    lines = text.splitlines(keepends=True)
    skipped = 0
    if lines and folded(lines[0]).startswith("sep="):
        skipped = 1
    body = "".join(lines[skipped:])
    heading = lines[skipped] if len(lines) > skipped else ""
    delimiter = max(";,\t", key=heading.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None


def _columns(heading: list[str]) -> dict[str, int]:
    """Say at which place each column stands that we can read."""
    places = {folded(cell).strip(): place for place, cell in reversed(list(enumerate(heading)))}
    found: dict[str, int] = {}
    for column, names in COLUMNS.items():
        place = next((places[name] for name in names if name in places), None)
        if place is not None:
            found[column] = place
    return found


def _row(
    line: int, cells: list[str] | None, columns: dict[str, int], width: int, first_lines: dict[str, int]
) -> OrganisationRow:
    if cells is None:
        return OrganisationRow(line, "", refusal=Note("This row cannot be read"))
    values = {column: original(cells[place]).strip() for column, place in columns.items() if place < len(cells)}
    name = " ".join(values.get("name", "").split())
    key = values.get("key") or f"name:{folded(name)}"
    if not name:
        return OrganisationRow(line, values.get("key", ""), refusal=Note("The name is missing"))
    if len(name) > LONGEST_NAME or len(key) > LONGEST_NAME:
        return OrganisationRow(line, key[:LONGEST_NAME], refusal=Note("The name is longer than 200 letters"))
    if any(cell.strip() for cell in cells[width:]):
        return OrganisationRow(line, key, refusal=Note("There are more cells than columns"))
    if key in first_lines:
        return OrganisationRow(line, key, refusal=Note("The same stands in line {line}", {"line": first_lines[key]}))
    first_lines[key] = line
    repairs: list[Note] = []
    plan = _plan(name, values, repairs)
    contacts = _contacts(values, repairs)
    content = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
    return OrganisationRow(line, key, plan, contacts, tuple(repairs), content_hash=content)


def _plan(name: str, values: Mapping[str, str], repairs: list[Note]) -> OrganisationPlan:
    latitude, longitude = _point(values.get("latitude", ""), values.get("longitude", ""), repairs)
    audiences = _list(values.get("audiences", ""))
    known = tuple(one for one in (folded(word) for word in audiences) if one in AUDIENCES)
    if len(known) < len(audiences):
        repairs.append(Note("An unknown audience was left out"))
    return OrganisationPlan(
        name=name,
        kind=_kind(values.get("kind", ""), repairs),
        description=values.get("description", ""),
        address=values.get("address", "")[:300],
        latitude=latitude,
        longitude=longitude,
        audiences=known,
        themes=_list(values.get("themes", "")),
    )


def _kind(text: str, repairs: list[Note]) -> OrganisationKind:
    kind = KINDS.get(folded(text))
    if kind is None and text:
        repairs.append(Note("The kind “{kind}” is not known; “other” was taken", {"kind": text[:100]}))
    return kind or "other"


def _point(latitude: str, longitude: str, repairs: list[Note]) -> tuple[float | None, float | None]:
    """Read a point in WGS 84 degrees; both or none, and put right when they stand in each other's column."""
    if not latitude and not longitude:
        return None, None
    north, east = _degrees(latitude), _degrees(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        repairs.append(Note("The coordinates cannot be read and were left out"))
        return None, None
    if is_at_zero(north, east):
        repairs.append(Note("The point 0, 0 lies in the ocean and was left out"))
        return None, None
    if 14 <= north <= 25 and 48 <= east <= 55:  # Poland lies at 49-55° N, 14-25° E
        repairs.append(Note("Latitude and longitude were exchanged"))
        return east, north
    return north, east


def _degrees(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").replace("°", "").replace("\u00a0", "").strip())
    except ValueError:
        return None


def _contacts(values: Mapping[str, str], repairs: list[Note]) -> tuple[ContactPlan, ...]:
    """Read the ways to reach the organisation; they stay private unless the row says otherwise."""
    visibility: Any = VISIBILITIES.get(folded(values.get("visibility", "")), "private")
    contacts: list[ContactPlan] = []
    kinds: tuple[Any, ...] = ("phone", "email", "website")
    for kind in kinds:
        value = values.get(kind, "")
        if not value:
            continue
        try:
            checked = checked_value(kind, value)
        except InvalidInput:
            checked = ""
        if not checked or len(checked) > LONGEST_CONTACT:
            repairs.append(Note("The {kind} cannot be read and was left out", {"kind": kind}))
            continue
        contacts.append(ContactPlan(kind=kind, value=checked, visibility=visibility))
    return tuple(contacts)


def _list(text: str) -> tuple[str, ...]:
    """Split a cell that holds several words, by bar, semicolon or comma."""
    for mark in "|;":
        text = text.replace(mark, ",")
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))

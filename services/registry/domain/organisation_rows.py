"""One row of a table of organisations: what it says of one, with every repair and refusal named."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.registry.domain.consents import checked_value
from services.registry.domain.numbers import PLACES, polish_number
from services.registry.domain.organisations import is_at_zero
from services.registry.domain.plans import ContactKind, ContactPlan, OrganisationPlan
from services.registry.domain.row_words import AUDIENCES, KINDS, VISIBILITIES
from services.registry.domain.words import folded
from shared.messages.registry import OrganisationKind
from shared.problems import InvalidInput

LONGEST_NAME = 200
LONGEST_ADDRESS = 300
LONGEST_TEXT = 10_000
LONGEST_CONTACT = 300
LONGEST_WORD = 60
MOST_WORDS = 20
MOST_CONTACTS = 10
POINT = ("latitude", "longitude")
SEPARATORS: Mapping[ContactKind, re.Pattern[str]] = {
    "phone": re.compile(r"[|;,\n]|\s+(?:lub|albo|oraz|or|and)\s+"),
    "email": re.compile(r"[|;,\s]+"),
    "website": re.compile(r"[|;\s]+|,\s+"),
}
SAID_BEFORE = re.compile(r"^(?:tel/fax|telefon|tel|kom|fax|faks|mailto)\s*[.:]?\s*", re.IGNORECASE)
"""What people write before a number or an address in the same cell."""


@dataclass(frozen=True)
class Note:
    """What was wrong with a row: an English gettext source and its values, and the column and cell it is about."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class OrganisationRow:
    """One row of the file: its line, a key that stays the same, and either a plan or the reason for none.

    `fields` are those of the plan that the table has columns for: of an organisation that is here no other changes.
    `identifiers` are NIP and REGON as digits; `raw_key` is the key as it was typed.
    """

    line: int
    key: str
    plan: OrganisationPlan | None = None
    contacts: tuple[ContactPlan, ...] = ()
    repairs: tuple[Note, ...] = ()
    refusal: Note | None = None
    content_hash: str = ""
    fields: frozenset[str] = frozenset()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    raw_key: str = ""


def row_of(line: int, values: Mapping[str, str], notes: Sequence[Note] = ()) -> OrganisationRow:
    """Read one row from its cells by field; `notes` are what is known to be wrong with them already."""
    repairs = list(notes)
    name = " ".join(values.get("name", "").split())
    identifiers = _identifiers(values, repairs)
    raw = values.get("key") or values.get("nip") or values.get("regon") or ""
    key = values.get("key") or identifiers.get("nip") or identifiers.get("regon") or raw or f"name:{folded(name)}"
    if not name:
        return OrganisationRow(line, raw[:LONGEST_NAME], refusal=Note("The name is missing", column="name"))
    if len(name) > LONGEST_NAME or len(key) > LONGEST_NAME:
        refusal = Note("The name is longer than 200 letters", column="name", value=name[:100])
        return OrganisationRow(line, key[:LONGEST_NAME], refusal=refusal)
    plan = _plan(name, values, identifiers, repairs)
    contacts = _contacts(values, repairs)
    content = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
    return OrganisationRow(
        line,
        key,
        plan,
        contacts,
        tuple(repairs),
        content_hash=content,
        fields=_fields(values),
        identifiers=identifiers,
        raw_key=raw,
    )


def _fields(values: Mapping[str, str]) -> frozenset[str]:
    """Name the fields of a plan that these cells decide; an empty cell says nothing of the kind or a number."""
    fields = {"name", "description", "audiences", "themes"} & values.keys()
    fields |= {kind for kind in ("kind", *PLACES) if values.get(kind)}
    fields |= {"address"} if {"address", "postcode", "city"} & values.keys() else set()
    return frozenset(fields | (set(POINT) if set(POINT) <= values.keys() else set()))


def _identifiers(values: Mapping[str, str], repairs: list[Note]) -> dict[str, str]:
    """Read NIP and REGON; zeros that a spreadsheet took from the front are put back where the check digit agrees."""
    found: dict[str, str] = {}
    for kind in PLACES:
        text = values.get(kind, "")
        number = polish_number(kind, text)
        if number:
            found[kind] = number
            if len(number) > sum(letter.isdigit() for letter in text):
                repairs.append(Note("Zeros that were lost at the front were put back", column=kind, value=text[:100]))
        elif text:
            repairs.append(Note("The check digit is wrong; look at this number", column=kind, value=text[:100]))
    return found


def _plan(
    name: str, values: Mapping[str, str], identifiers: Mapping[str, str], repairs: list[Note]
) -> OrganisationPlan:
    latitude, longitude = _point(values.get("latitude", ""), values.get("longitude", ""), repairs)
    return OrganisationPlan(
        name=name,
        kind=_kind(values.get("kind", ""), repairs),
        description=_cut(values.get("description", ""), LONGEST_TEXT, "description", repairs),
        address=_cut(_address(values, repairs), LONGEST_ADDRESS, "address", repairs),
        latitude=latitude,
        longitude=longitude,
        audiences=_audiences(values.get("audiences", ""), repairs),
        themes=_themes(values.get("themes", ""), repairs),
        nip=identifiers.get("nip"),
        regon=identifiers.get("regon"),
    )


def _cut(text: str, most: int, column: str, repairs: list[Note]) -> str:
    clean = "".join(letter for letter in text if letter >= " " or letter in "\n\t")
    if len(clean) > most:
        repairs.append(Note("This text is too long; its end was left out", column=column, value=clean[:100]))
    return clean[:most]


def _address(values: Mapping[str, str], repairs: list[Note]) -> str:
    """Join street, postcode and town; a postcode that is a number again gets its zero and its hyphen back."""
    code = values.get("postcode", "")
    digits = "".join(letter for letter in code if letter.isdigit())
    if digits and (len(digits) == 4 or (code == digits and len(digits) == 5)):
        written = f"{digits.zfill(5)[:2]}-{digits.zfill(5)[2:]}"
        repairs.append(Note("The postcode was read as {code}", {"code": written}, "postcode", code[:100]))
        code = written
    town = " ".join(part for part in (code, values.get("city", "")) if part)
    return ", ".join(part for part in (values.get("address", ""), town) if part)


def _kind(text: str, repairs: list[Note]) -> OrganisationKind:
    kind = KINDS.get(folded(text))
    if kind is None and text:
        note = Note("The kind “{kind}” is not known; “other” was taken", {"kind": text[:100]}, "kind", text[:100])
        repairs.append(note)
    return kind or "other"


def _audiences(text: str, repairs: list[Note]) -> tuple[str, ...]:
    words = _list(text)
    known = {word: AUDIENCES.get(folded(word)) for word in words}
    if strange := [word for word, code in known.items() if code is None]:
        repairs.append(Note("An unknown audience was left out", column="audiences", value=", ".join(strange)[:100]))
    return tuple(dict.fromkeys(code for code in known.values() if code))


def _themes(text: str, repairs: list[Note]) -> tuple[str, ...]:
    words = _list(text)
    kept = tuple(word for word in words if len(word) <= LONGEST_WORD)[:MOST_WORDS]
    if len(kept) < len(words):
        left = [word for word in words if word not in kept]
        note = Note("At most 20 themes of 60 letters fit; the rest was left out", column="themes")
        repairs.append(Note(note.text, column="themes", value=", ".join(left)[:100]))
    return kept


def _point(latitude: str, longitude: str, repairs: list[Note]) -> tuple[float | None, float | None]:
    """Read a point in WGS 84 degrees; both or none, and put right when they stand in each other's column."""
    if not latitude and not longitude:
        return None, None
    north, east = _degrees(latitude), _degrees(longitude)
    typed = f"{latitude} {longitude}".strip()[:100]
    if north is None or east is None or abs(north) > 90 or abs(east) > 180 or is_at_zero(north, east):
        note = Note("The coordinates cannot be read and were left out", column="latitude", value=typed)
        repairs.append(note)
        return None, None
    if 14 <= north <= 25 and 48 <= east <= 55:  # Poland lies at 49-55° N, 14-25° E
        repairs.append(Note("Latitude and longitude were exchanged", column="latitude", value=typed))
        return east, north
    return north, east


def _degrees(text: str) -> float | None:
    plain = text.replace(",", ".").replace("°", "").replace("\u00a0", "").strip().rstrip("NEne ")
    try:
        return float(plain) if plain.isascii() and "_" not in plain and plain.lower() not in ("nan", "inf") else None
    except ValueError:
        return None


def _contacts(values: Mapping[str, str], repairs: list[Note]) -> tuple[ContactPlan, ...]:
    """Read the ways to reach the organisation; they stay private unless the row says otherwise."""
    level = VISIBILITIES.get(folded(values.get("visibility", "")))
    if level is None and values.get("visibility"):
        text = "Who may see the contacts cannot be read; they stay private"
        repairs.append(Note(text, column="visibility", value=values["visibility"][:100]))
    contacts: dict[tuple[str, str], ContactPlan] = {}
    for kind in SEPARATORS:
        for value in _values_of(kind, values.get(kind, "")):
            if checked := _checked(kind, value):
                contacts.setdefault(
                    (kind, checked), ContactPlan(kind=kind, value=checked, visibility=level or "private")
                )
                continue
            note = Note("The {kind} cannot be read and was left out", {"kind": kind}, kind, value[:100])
            repairs.append(note)
    if len(contacts) > MOST_CONTACTS:
        repairs.append(Note("More than ten contacts stand in one row; the first ten were taken"))
    return tuple(contacts.values())[:MOST_CONTACTS]


def _values_of(kind: ContactKind, text: str) -> list[str]:
    """Split a cell that holds several numbers or addresses."""
    parts = [SAID_BEFORE.sub("", part.strip()).strip() for part in SEPARATORS[kind].split(text)]
    if kind == "phone":
        parts = [number for part in parts for number in _numbers(part)]
    return [part for part in parts if part]


def _numbers(part: str) -> list[str]:
    """Split two whole numbers with a slash or nothing but a space between them (nine digits each)."""
    halves = [half.strip() for half in part.split("/")]
    if len(halves) > 1 and all(sum(map(str.isdigit, half)) >= 9 for half in halves):
        return halves
    digits = re.sub(r"[\s-]", "", part)
    if digits.isdecimal() and len(digits) in (18, 27):
        return [digits[place : place + 9] for place in range(0, len(digits), 9)]
    return [part]


def _checked(kind: ContactKind, value: str) -> str:
    """Give the value as it is kept, or nothing where it is none of this kind."""
    try:
        checked = checked_value(kind, value)
    except InvalidInput:
        return ""
    return checked if len(checked) <= LONGEST_CONTACT and checked.isprintable() else ""


def _list(text: str) -> tuple[str, ...]:
    """Split a cell that holds several words: by bars where there are any, else by semicolons and commas."""
    parts = text.split("|") if "|" in text else text.replace(";", ",").split(",")
    return tuple(dict.fromkeys(word.strip() for word in parts if word.strip()))

"""One row of a table of organisations: what it says of one, with every repair and refusal named."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.registry.domain.cells import LONGEST_NAME, Cells, Note, listed
from services.registry.domain.consents import checked_value
from services.registry.domain.numbers import PLACES, polish_number
from services.registry.domain.plans import ContactKind, ContactPlan, OrganisationPlan
from services.registry.domain.row_words import AUDIENCES, KINDS, VISIBILITIES
from services.registry.domain.words import folded
from shared.messages.registry import OrganisationKind
from shared.problems import InvalidInput

LONGEST_CONTACT = 300
MOST_CONTACTS = 10
SEPARATORS: Mapping[ContactKind, re.Pattern[str]] = {
    "phone": re.compile(r"[|;,\n]|\s+(?:lub|albo|oraz|or|and)\s+"),
    "email": re.compile(r"[|;,\s]+"),
    "website": re.compile(r"[|;\s]+|,\s+"),
}
LEFT_OUT: Mapping[ContactKind, str] = {
    "phone": "This is no telephone number; it was left out",
    "email": "This is no mail address; it was left out",
    "website": "This is no address of a website; it was left out",
}
SAID_BEFORE = re.compile(r"^(?:tel/fax|telefon|tel|kom|fax|faks|mailto)\s*[.:]?\s*", re.IGNORECASE)
"""What people write before a number or an address in the same cell."""


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
    cells = Cells(values, notes)
    name = " ".join(values.get("name", "").split())
    identifiers = _identifiers(values, cells.repairs)
    raw = values.get("key") or values.get("nip") or values.get("regon") or ""
    key = values.get("key") or identifiers.get("nip") or identifiers.get("regon") or raw or f"name:{folded(name)}"
    if not name:
        return OrganisationRow(line, raw[:LONGEST_NAME], refusal=Note("The name is missing", column="name"))
    if len(name) > LONGEST_NAME or len(key) > LONGEST_NAME:
        refusal = Note("The name is longer than 200 letters", column="name", value=name[:100])
        return OrganisationRow(line, key[:LONGEST_NAME], refusal=refusal)
    plan = _plan(name, cells, identifiers)
    contacts = _contacts(values, cells.repairs)
    return OrganisationRow(
        line,
        key,
        plan,
        contacts,
        tuple(cells.repairs),
        content_hash=hash_of_cells(values),
        fields=_fields(cells),
        identifiers=identifiers,
        raw_key=raw,
    )


def hash_of_cells(values: Mapping[str, str]) -> str:
    """Hash what a row says, to know it again."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()


def _fields(cells: Cells) -> frozenset[str]:
    """Name the fields of a plan that these cells decide; an empty cell says nothing of the kind or a number."""
    values = cells.values
    fields = cells.said | ({"name", "audiences"} & values.keys())
    return frozenset(fields | {kind for kind in ("kind", *PLACES) if values.get(kind)})


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


def _plan(name: str, cells: Cells, identifiers: Mapping[str, str]) -> OrganisationPlan:
    values, repairs = cells.values, cells.repairs
    latitude, longitude = cells.point()
    return OrganisationPlan(
        name=name,
        kind=_kind(values.get("kind", ""), repairs),
        description=cells.text("description"),
        address=cells.address(),
        latitude=latitude,
        longitude=longitude,
        audiences=_audiences(values.get("audiences", ""), repairs),
        themes=cells.words("themes"),
        nip=identifiers.get("nip"),
        regon=identifiers.get("regon"),
        point_source=None if latitude is None else "import",
    )


def _kind(text: str, repairs: list[Note]) -> OrganisationKind:
    kind = KINDS.get(folded(text))
    if kind is None and text:
        note = Note("The kind “{kind}” is not known; “other” was taken", {"kind": text[:100]}, "kind", text[:100])
        repairs.append(note)
    return kind or "other"


def _audiences(text: str, repairs: list[Note]) -> tuple[str, ...]:
    words = listed(text)
    known = {word: AUDIENCES.get(folded(word)) for word in words}
    if strange := [word for word, code in known.items() if code is None]:
        repairs.append(Note("An unknown audience was left out", column="audiences", value=", ".join(strange)[:100]))
    return tuple(dict.fromkeys(code for code in known.values() if code))


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
            repairs.append(Note(LEFT_OUT[kind], column=kind, value=value[:100]))
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

"""vCard 4.0 (RFC 6350): a person or an organisation as every address book reads them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from services.registry.domain.own_data import OwnData

LONGEST_LINE = 75
"""Octets of a line without its line break (§3.2)."""


class Reached(Protocol):
    """A way to reach somebody."""

    @property
    def kind(self) -> Any:
        """Its kind, one of `ContactKind`."""

    @property
    def label(self) -> Any:
        """What it is called."""

    @property
    def value(self) -> Any:
        """The number or address."""


def vcard_of(data: OwnData, now: datetime) -> bytes:
    """Write a person with their contacts and roles as a vCard in UTF-8, lines folded and ended by CRLF (§3.2)."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        f"UID:urn:uuid:{data.id}",
        f"FN:{escaped(data.name)}",
        f"LANG:{data.language}",
        f"REV:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        *(f"ORG:{escaped(one.organisation_name)}" for one in data.roles),
        *(f"ROLE:{escaped(one.role)}" for one in data.roles),
        *(_contact(one) for one in data.contacts),
        "END:VCARD",
    ]
    return _written(lines)


def organisation_vcard(row: Any, contacts: Iterable[Reached], address: str, themes: Sequence[str] = ()) -> bytes:
    """Write an organisation (§6.1.4) with these contacts, its place (RFC 5870), themes and the page where it stands."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"UID:urn:uuid:{row.id}",
        f"FN:{escaped(row.name)}",
        f"ORG:{escaped(row.name)}",
        *([f"ADR:;;{escaped(row.address)};;;;"] if row.address else []),
        *([f"GEO:geo:{row.latitude},{row.longitude}"] if row.latitude is not None else []),
        *([f"CATEGORIES:{','.join(escaped(theme) for theme in themes)}"] if themes else []),
        *([f"NOTE:{escaped(row.description)}"] if row.description else []),
        *(_contact(one) for one in contacts),
        f"SOURCE:{address}",
        "END:VCARD",
    ]
    return _written(lines)


def _written(lines: Iterable[str]) -> bytes:
    return b"".join(folded(line) + b"\r\n" for line in lines)


def escaped(text: str) -> str:
    """Write a text value: backslash, comma, semicolon and line breaks are escaped (§3.4, §4)."""
    for plain, written in (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> bytes:
    """Fold a line of more than 75 octets: the rest begins with a space, and no letter is cut in two (§3.2)."""
    parts: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode()
        if len(parts[-1]) + len(octets) > LONGEST_LINE:
            parts.append(b" ")
        parts[-1] += octets
    return b"\r\n".join(parts)


def _contact(one: Reached) -> str:
    """Write one way to reach somebody: TEL as text (§6.4.1), EMAIL, URL, ADR with a street alone (§6.3.1), or NOTE."""
    value = escaped(one.value)
    if one.kind == "phone":
        return f"TEL;VALUE=text:{value}"
    if one.kind == "email":
        return f"EMAIL:{value}"
    if one.kind == "website":
        return f"URL:{one.value}" if one.value.isascii() and " " not in one.value else f"NOTE:{value}"
    if one.kind == "address":
        return f"ADR:;;{value};;;;"
    return f"NOTE:{escaped(f'{one.label}: {one.value}' if one.label else one.value)}"

"""Places as cards for address books (vCard 4.0, RFC 6350): organisations as such, all else as locations."""

from collections.abc import Iterator, Sequence

from services.map.schemas.contacts import Contact
from services.map.schemas.files.told import absolute, card_of
from services.map.schemas.places import Place

LONGEST_LINE = 75
ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})


def written(places: Sequence[Place], name: str, address: str) -> bytes:
    """Write a card for each place, with the contacts that everybody may see."""
    return b"".join(folded(line) for place in places for line in _lines(place, address))


def folded(line: str) -> bytes:
    """Break a line at 75 octets, never within a letter (§3.2)."""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"


def _lines(place: Place, address: str) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"UID:urn:uuid:{place.id}"
    yield f"KIND:{'org' if place.kind == 'organisation' else 'location'}"
    yield f"FN:{_text(place.name)}"
    if place.organisation_name:
        yield f"ORG:{_text(place.organisation_name)}"
    if place.address:
        yield f"ADR:;;{_text(place.address)};;;;"
    if place.has_point:
        yield f"GEO:geo:{place.latitude},{place.longitude}"
    for contact in place.contacts:
        yield _reached(contact)
    if place.description:
        yield f"NOTE:{_text(place.description)}"
    yield f"CATEGORIES:{place.kind}"
    yield f"URL:{absolute(place.url, address) or card_of(place, address)}"
    yield f"SOURCE:{card_of(place, address)}"
    yield "END:VCARD"


def _reached(contact: Contact) -> str:
    """Write a number as an address to be called (§6.4.1, RFC 3966), a mail address as text (§6.4.2)."""
    if contact.kind == "phone":
        return f'TEL;VALUE=uri;TYPE="voice,work":{contact.link}'
    return f"EMAIL;TYPE=work:{_text(contact.value)}"


def _text(text: str) -> str:
    visible = "".join(letter for letter in text if letter >= " " or letter in "\n\t")
    return visible.translate(ESCAPED)

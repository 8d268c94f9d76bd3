"""The kinds of values that requests consist of, and what they must be like."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from shared.identifiers import is_id
from shared.messages.calendar import Audience

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)
"""Stands for an instant that an edit did not name, and is never read."""


def _without_control_characters(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        raise ValueError("Control characters do not belong in a text")
    return text


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not an identifier")
    return text


def _on_the_calendar(instant: datetime) -> datetime:
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("This date is too far away")
    return instant


Identifier = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"format": "uuid"})]
Clean = AfterValidator(_without_control_characters)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Clean]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), Clean]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), Clean]
Purpose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean]
Instant = Annotated[AwareDatetime, AfterValidator(_on_the_calendar)]
Paragraphs = Annotated[str, StringConstraints(max_length=10_000), Clean]
Words = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=60), Clean], ...], Field(max_length=20)
]
Latitude = Annotated[float | None, Field(ge=-90, le=90)]
Longitude = Annotated[float | None, Field(ge=-180, le=180)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Audiences = Annotated[tuple[Audience, ...], Field(max_length=6)]

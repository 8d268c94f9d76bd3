"""The kinds of fields that requests have, with their limits."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, PlainSerializer, StringConstraints

from services.calendar.domain.plans import LONGEST_BUFFER_MINUTES, Audience
from shared.identifiers import is_id

T = TypeVar("T")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _without_control_characters(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        raise ValueError("Control characters do not belong in a text")
    return text


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not an identifier")
    return text


def _day(text: str | None) -> str | None:
    if text is not None and not _DAY.fullmatch(text):
        raise ValueError("A day is written as 2026-12-31")
    return date.fromisoformat(text).isoformat() if text else None


def _within_reach(moment: datetime) -> datetime:
    if not 1970 <= moment.year <= 2200:
        raise ValueError("This year is out of reach")
    return moment


Identifier = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"format": "uuid"})]
Clean = AfterValidator(_without_control_characters)
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Clean]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Clean]
Paragraphs = Annotated[str, StringConstraints(max_length=20_000), Clean]
Lines = Annotated[tuple[Line, ...], Field(max_length=50)]
Theme = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Clean]
Themes = Annotated[tuple[Theme, ...], Field(max_length=20)]
Audiences = Annotated[tuple[Audience, ...], Field(max_length=6)]
Identifiers = Annotated[tuple[Identifier, ...], Field(max_length=50)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Moments = Annotated[tuple[AwareDatetime, ...], Field(max_length=1000)]
Latitude = Annotated[float | None, Field(ge=-90, le=90)]
Longitude = Annotated[float | None, Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
Minutes = Annotated[int | None, Field(ge=0, le=LONGEST_BUFFER_MINUTES)]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), Clean]
HeldOn = Annotated[
    str | None,
    AfterValidator(_day),
    Query(
        json_schema_extra={"format": "date"},
        description="Which date of a meeting that repeats: the day that its rule gives it, also where it was moved."
        " Where none is named, the one that goes on or comes next is meant, else the last.",
    ),
]
"""A query parameter of every address of a meeting."""
MeetingDay = Annotated[str, AfterValidator(_day), Path(json_schema_extra={"format": "date"})]
AtDate = Annotated[
    date | None,
    BeforeValidator(lambda name: name or None),
    Field(description="Which date of a meeting that repeats; null where it is held once."),
]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]

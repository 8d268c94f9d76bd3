"""What people typed into forms: points, lists, and which field a fault belongs to."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form
from pydantic import ValidationError

from shared.i18n import say

Text = Annotated[str, Form(max_length=10_000)]
Several = Annotated[tuple[str, ...], Form()]
Version = Annotated[int, Form()]


def point_of(typed: str) -> dict[str, Any]:
    """Part "50.0885, 19.9110"; what is no pair of numbers stays as it is, to be refused."""
    if not typed.strip():
        return {"latitude": None, "longitude": None}
    latitude, _, longitude = typed.partition(",")
    return {"latitude": latitude.strip(), "longitude": longitude.strip()}


def written_point(latitude: float | None, longitude: float | None) -> str:
    """Write a point as it is typed."""
    return "" if latitude is None or longitude is None else f"{latitude}, {longitude}"


def changed_meanwhile() -> str:
    """Say that somebody else was faster; what was typed stays, and saved again it wins knowingly."""
    return say("Somebody else changed this meanwhile. Look at it in another tab, then save again.")


def wrong_fields(wrong: ValidationError, sentences: Mapping[str, str]) -> dict[str, str]:
    """Give a sentence for each field that is wrong; what has none is about the point."""
    fields = [str(error["loc"][0]) if error["loc"] else "point" for error in wrong.errors()]
    return {field: sentences[field] for field in fields if field in sentences} or {
        "point": say("Write two numbers with a comma between them, for example 50.0885, 19.9110.")
    }

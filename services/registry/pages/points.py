"""A point in a form: one field with two numbers, as any map gives them."""

from typing import Any

from shared.i18n import say


def numbers_of(point: str) -> tuple[Any, Any]:
    """Part "50.0885, 19.9110"; what is no pair of numbers stays as it is, to be refused."""
    if not point.strip():
        return None, None
    latitude, _, longitude = point.partition(",")
    return latitude.strip(), longitude.strip()


def text_of(latitude: float | None, longitude: float | None) -> str:
    """Write a point as the field holds it."""
    return "" if latitude is None else f"{latitude}, {longitude}"


def not_a_point() -> str:
    """Say how a point is written."""
    return say("Write two numbers with a comma between them, for example 50.0885, 19.9110.")

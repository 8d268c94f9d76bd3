"""Which cards somebody should look at again, and why."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.messages.base import Reason

ReviewReason = Literal["not_confirmed", "no_contact", "no_point", "no_opening_hours", "no_description", "unknown_kind"]
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class CardFacts:
    """What is known of a card: since when it was not looked at, and what it has."""

    confirmed_on: date
    has_contact: bool
    has_point: bool
    has_opening_hours: bool
    has_description: bool
    has_kind: bool


def review_reasons(card: CardFacts, today: date) -> tuple[Reason, ...]:
    """Say why a card should be looked at again, the weightiest reason first; none where all is well."""
    found: list[tuple[ReviewReason, bool]] = [
        ("no_contact", not card.has_contact),
        ("no_point", not card.has_point),
        ("no_opening_hours", not card.has_opening_hours),
        ("no_description", not card.has_description),
        ("unknown_kind", not card.has_kind),
    ]
    lacking = tuple(Reason(code=code) for code, is_so in found if is_so)
    if not is_due(card.confirmed_on, today):
        return lacking
    return (Reason(code="not_confirmed", values={"since": card.confirmed_on.isoformat()}), *lacking)


def is_due(confirmed_on: date, today: date) -> bool:
    """Say whether a card was not confirmed for a year."""
    return confirmed_on <= due_before(today)


def due_before(today: date) -> date:
    """Give the last day of confirming that is a year ago."""
    return today - A_YEAR

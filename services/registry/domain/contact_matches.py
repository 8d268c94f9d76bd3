"""Which contacts of an organisation a row of a table adds or changes: a number that is there stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.registry.domain.organisation_rows import OrganisationRow
from services.registry.domain.plans import ContactPlan

LAST_DIGITS = 9


class Kept(Protocol):
    """A contact as it is kept."""

    id: Any
    kind: Any
    value: Any
    external_key: Any


@dataclass(frozen=True)
class Following:
    """A contact to be added under this key of its cell, or (`contact_id`) the one that gets another value."""

    plan: ContactPlan
    external_key: str
    contact_id: str | None = None


def following_contacts(row: OrganisationRow, kept: Sequence[Kept]) -> list[Following]:
    """Give what a row adds or changes. A contact that the row does not name stays: whoever exported may not see all."""
    found: list[Following] = []
    places: dict[str, int] = {}
    known = {(one.kind, compared(one.kind, one.value)) for one in kept}
    said = {(plan.kind, compared(plan.kind, plan.value)) for plan in row.contacts}
    by_key = {one.external_key: one for one in kept if one.external_key}
    for plan in row.contacts:
        places[plan.kind] = places.get(plan.kind, 0) + 1
        if (plan.kind, compared(plan.kind, plan.value)) in known:
            continue
        key = _key_of(row.key, plan.kind, places[plan.kind])
        before = by_key.get(key)
        if before is not None and (before.kind, compared(before.kind, before.value)) not in said:
            found.append(Following(plan, key, before.id))
            continue
        while key in by_key or key in {one.external_key for one in found}:
            places[plan.kind] += 1
            key = _key_of(row.key, plan.kind, places[plan.kind])
        found.append(Following(plan, key))
    return found


def compared(kind: str, value: str) -> str:
    """Bring a value to what tells it from others: of a number the last digits, of an address the letters."""
    if kind == "phone":
        digits = "".join(letter for letter in value if letter.isdecimal())
        return digits[-LAST_DIGITS:] if len(digits) >= LAST_DIGITS and "w" not in value.lower() else digits
    return value.strip().casefold().rstrip("/")


def _key_of(key: str, kind: str, place: int) -> str:
    return f"{key}#{kind}" if place == 1 else f"{key}#{kind}{place}"

"""What not all who may see an event are told of it: its money, and answers of so few that one could be known."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.calendar.domain.indicators.suppression import SMALLEST
from services.calendar.domain.permissions import may_ask_satisfaction, may_see_costs
from shared.people import Person

Stored = Mapping[str, Any]


def told_funding(funding: Sequence[Stored], person: Person | None) -> Sequence[Stored]:
    """Give the money of an event to who may see what organisations have."""
    return funding if may_see_costs(person) else ()


def told_outcome(outcome: Stored | None, person: Person | None, host_ids: Sequence[str]) -> Stored | None:
    """Give an outcome; what fewer than five people answered, the hosts who asked them alone are told."""
    return {**(outcome or {}), "satisfaction": None} if is_kept_back(outcome, person, host_ids) else outcome


def is_kept_back(outcome: Stored | None, person: Person | None, host_ids: Sequence[str]) -> bool:
    """Say whether there are answers that are not told."""
    asked = (outcome or {}).get("satisfaction") or {"n": SMALLEST}
    return asked["n"] < SMALLEST and not may_ask_satisfaction(person, tuple(host_ids))


def told_changes(changes: Stored, person: Person | None, host_ids: Sequence[str]) -> Stored:
    """Give one line of a history with no more than what is told of the event itself."""
    told = dict(changes)
    if "funding" in told:
        told["funding"] = [told_funding(one, person) for one in told["funding"]]
    if "outcome" in told:
        told["outcome"] = [told_outcome(one, person, host_ids) for one in told["outcome"]]
    return told

"""What must be so of anything that is lent, whichever door it comes through."""

from collections.abc import Mapping
from typing import Any

from services.registry.domain.hours import understood_hours
from services.registry.domain.organisations import AT_ZERO, is_at_zero
from shared.problems import InvalidInput

HOURS = ("opening_hours", "availability")


def checked_terms(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was named of an offer, as it is kept; `before` is what stood. Raises `InvalidInput` with every fault.

    An amount says for what: an hour, a day, or once; without an amount nothing is counted.
    """
    after, faults = dict(changes), []
    for field in HOURS:
        if field in after:
            try:
                after[field] = understood_hours(after[field], f"/{field}")
            except InvalidInput as refusal:
                faults += [(one["pointer"], one["detail"]) for one in refusal.extra["errors"]]
    if is_at_zero(after.get("latitude"), after.get("longitude")):
        faults.append(("/latitude", AT_ZERO))
    if {"cost_pln", "cost_per"} & after.keys():
        amount = after.get("cost_pln", before.get("cost_pln"))
        per = after.get("cost_per", before.get("cost_per"))
        if amount is not None and per is None:
            faults.append(("/cost_per", "Say what the amount is for: an hour, a day, or once"))
        after |= {"cost_pln": None if amount is None else round(amount, 2), "cost_per": None if amount is None else per}
    if faults:
        raise InvalidInput(*faults)
    return after

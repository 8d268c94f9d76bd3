"""The participation path: residents find out, are asked, are consulted, and work on it themselves, in this order."""

from collections.abc import Mapping
from datetime import date
from typing import get_args

from services.registry.domain.plans import Stage

STAGES: tuple[Stage, ...] = get_args(Stage)


def out_of_order(held: Mapping[Stage, date]) -> Stage | None:
    """Give the first step that is said to be earlier than one before it, or none; steps may be skipped."""
    latest = date.min
    for stage in STAGES:
        on = held.get(stage)
        if on is None:
            continue
        if on < latest:
            return stage
        latest = on
    return None


def next_stage(held: Mapping[Stage, date]) -> Stage | None:
    """Give the step that comes after the last one that was taken, or none."""
    taken = [place for place, stage in enumerate(STAGES) if stage in held]
    following = taken[-1] + 1 if taken else 0
    return STAGES[following] if following < len(STAGES) else None

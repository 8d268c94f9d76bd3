"""Every figure with its name and its one written definition, which stands beside what computes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from services.calendar.domain.indicators import counting, money, rhythm, satisfaction, solving, venue_use

VERSION: Final = 2
"""Counted up with every change of what a figure means: a frozen period says by which it was counted."""
Shape = Literal["count", "share", "sum", "mean"]
"""A share is `value` out of `of`; a sum or mean is over `of` reports."""
Unit = Literal["", "hours", "złoty"]


@dataclass(frozen=True)
class Definition:
    """What a figure is called, what it says, and how it is read; names and sentences are gettext source strings."""

    code: str
    name: str
    sentence: str
    shape: Shape
    unit: Unit = ""


DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {
        one.code: one
        for one in (
            Definition("events", "Events", counting.EVENTS, "count"),
            Definition("dates", "Dates of events", counting.DATES, "count"),
            Definition("joint_events", "Common actions", counting.JOINT, "share"),
            Definition("active_organisations", "Active organisations", counting.ORGANISATIONS, "share"),
            Definition("participants", "Participants", counting.PARTICIPANTS, "sum"),
            Definition("satisfaction", "Satisfaction", satisfaction.SATISFACTION, "mean"),
            Definition("conflicts_solved", "Conflicts solved before the day", solving.CONFLICTS, "share"),
            Definition("opportunities_taken", "Opportunities taken", solving.OPPORTUNITIES, "share"),
            Definition("meeting_months", "Months with a leaders’ meeting", rhythm.MEETINGS, "share"),
            Definition("regularity", "Regularity of meetings", rhythm.REGULARITY, "share"),
            Definition("venue_hours", "Use of venues", venue_use.VENUES, "share", "hours"),
            Definition("cost", "Cost", money.COST, "sum", "złoty"),
        )
    }
)

"""Free slots: `nearest` moves one event to where nothing is in its way; `search` finds a time for many at once.

`demands` says what may be asked for, `days` turns taken time into hours of one day, `search` sweeps and ranks,
`relaxing` says what excludes everything where nothing is free, `rooms` which venues fit.
"""

from services.calendar.domain.slots.demands import (
    Demand,
    Found,
    Hours,
    Participant,
    ParticipantKind,
    Question,
    Relaxation,
    Room,
    Series,
    is_rule_of_days,
)
from services.calendar.domain.slots.nearest import (
    REACH_DAYS,
    WANTED,
    Slot,
    Wish,
    in_the_way,
    moved,
    nearest,
    same_day_shifts,
)
from services.calendar.domain.slots.relaxing import why_nothing
from services.calendar.domain.slots.rooms import Fit, Lack, Needs, ranked, unmet
from services.calendar.domain.slots.search import LONGEST_WINDOW_DAYS, search
from services.calendar.domain.slots.spans import Span, Taken

__all__ = [
    "LONGEST_WINDOW_DAYS",
    "REACH_DAYS",
    "WANTED",
    "Demand",
    "Fit",
    "Found",
    "Hours",
    "Lack",
    "Needs",
    "Participant",
    "ParticipantKind",
    "Question",
    "Relaxation",
    "Room",
    "Series",
    "Slot",
    "Span",
    "Taken",
    "Wish",
    "in_the_way",
    "is_rule_of_days",
    "moved",
    "nearest",
    "ranked",
    "same_day_shifts",
    "search",
    "unmet",
    "why_nothing",
]

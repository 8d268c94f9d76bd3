"""What the platform is for: conflicts solved before the day, and opportunities taken."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.calendar.domain.indicators.rows import Disagreement, Figure

CONFLICTS: Final = (
    "Of the conflicts, blocking or warning, whose first date was in the period and has come, those that were resolved"
    " or accepted with a reason before that date began."
)
OPPORTUNITIES: Final = (
    "Of the opportunities found for dates in the period, those that were accepted; one that went away by itself"
    " because an event moved or was cancelled does not count."
)


def conflicts_solved(rows: Sequence[Disagreement]) -> Figure:
    """Count conflicts that were gone or settled in time."""
    solved = sum(row.solved_at is not None and row.solved_at < row.start for row in rows)
    return Figure("conflicts_solved", solved, len(rows))


def opportunities_taken(states: Mapping[str, int]) -> Figure:
    """Count opportunities by their state."""
    found = sum(count for state, count in states.items() if state != "gone")
    return Figure("opportunities_taken", states.get("accepted", 0), found)

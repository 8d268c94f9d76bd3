"""How content people were: answers given by link and totals counted on paper, each to the wording that was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.calendar.domain.indicators.counting import is_due
from services.calendar.domain.indicators.rows import Answers, Counted, Figure, Way
from services.calendar.domain.indicators.suppression import SMALLEST

SATISFACTION: Final = (
    "Mean of all answers on a scale from 1 (not at all) to 5 (very much), each answer counting the same, whether given"
    " by link or on paper. Answers by link count when the link is closed; answers of fewer than five people about one"
    " date do not count, so that nobody’s own answer can be worked out."
)


@dataclass(frozen=True)
class WordingRow:
    """How many answered one wording in one way, and how content they were on average."""

    wording_id: str
    way: Way
    n: int
    mean: float


def answers_of(events: Sequence[Counted], by_link: Sequence[Answers]) -> tuple[Answers, ...]:
    """Give what counts: whole groups of at least five, so that no difference of two periods shows fewer people."""
    on_paper = [
        Answers(row.id, "paper", wording_id, n, n * mean)
        for row in events
        if is_due(row) and row.paper
        for n, mean, wording_id in [row.paper]
    ]
    return tuple(one for one in (*by_link, *on_paper) if one.n >= SMALLEST)


def satisfaction(events: Sequence[Counted], by_link: Sequence[Answers]) -> Figure:
    """Give the mean, of so many answers; `missing` events are over and nothing counts of them."""
    counted = answers_of(events, by_link)
    n = sum(one.n for one in counted)
    heard = {one.event_id for one in counted}
    missing = sum(is_due(row) and row.id not in heard for row in events)
    is_hidden = not n and (bool(by_link) or any(is_due(row) and row.paper and row.paper[0] for row in events))
    mean = round(sum(one.total for one in counted) / n, 4) if n else None
    return Figure("satisfaction", mean, n or None, missing, hidden=is_hidden)


def by_wording(events: Sequence[Counted], by_link: Sequence[Answers]) -> tuple[WordingRow, ...]:
    """Give n and mean of each wording and way."""
    groups: dict[tuple[str, Way], tuple[int, float]] = {}
    for one in answers_of(events, by_link):
        n, total = groups.get((one.wording_id, one.way), (0, 0.0))
        groups[one.wording_id, one.way] = n + one.n, total + one.total
    return tuple(
        WordingRow(wording_id, way, n, round(total / n, 4)) for (wording_id, way), (n, total) in sorted(groups.items())
    )

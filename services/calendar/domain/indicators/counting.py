"""Events, common actions, organisations and participants, counted."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.calendar.domain.indicators.rows import Counted, Figure
from services.calendar.domain.indicators.suppression import withheld

EVENTS: Final = (
    "Events, confirmed or done, with at least one date in the period that was not cancelled; a series counts once,"
    " however many dates it has. Tentative and cancelled events do not count, nor do those from calendars that are"
    " followed."
)
DATES: Final = (
    "Dates of these events that begin in the period and were not cancelled; a weekly course has one each week."
)
JOINT: Final = "Of the events, those that two or more organisations host together; a joint event counts once."
ORGANISATIONS: Final = "Of all registered organisations, those that host at least one of the events."
PARTICIPANTS: Final = (
    "How many people came, added up over the events whose last date is in the period and over, as their hosts reported"
    " it. Events that reported nothing are said beside it and are not guessed."
)


@dataclass(frozen=True)
class KindRow:
    """One kind of events: how many, their dates, those with several hosts, and who came as far as it may be said."""

    kind: str
    events: int
    dates: int
    joint: int
    participants: int | None
    hidden: bool = False


def events(rows: Sequence[Counted]) -> Figure:
    """Count events."""
    return Figure("events", len(rows))


def dates(rows: Sequence[Counted]) -> Figure:
    """Count dates."""
    return Figure("dates", sum(row.dates for row in rows))


def joint_events(rows: Sequence[Counted]) -> Figure:
    """Count common actions among events."""
    return Figure("joint_events", sum(map(is_joint, rows)), len(rows))


def active_organisations(rows: Sequence[Counted], registered: Collection[str]) -> Figure:
    """Count who hosts; an organisation that hosts but is registered no more counts on both sides."""
    active = {host for row in rows for host in row.host_ids}
    return Figure("active_organisations", len(active), len(active | set(registered)))


def participants(rows: Sequence[Counted]) -> tuple[Figure, dict[str, int], frozenset[str]]:
    """Add up who came: the figure, the sums by kind, and the kinds whose sum is kept back."""
    due = [row for row in rows if is_due(row)]
    came: Counter[str] = Counter()
    for row in due:
        if row.participants is not None:
            came[row.kind] += row.participants
    reported = sum(row.participants is not None for row in due)
    kept_back, total_too = withheld(came)
    total = sum(came.values()) if reported else None
    figure = Figure("participants", None if total_too else total, reported, len(due) - reported, hidden=total_too)
    return figure, dict(came), kept_back


def by_kind(rows: Sequence[Counted]) -> tuple[KindRow, ...]:
    """Count each kind, the most frequent first."""
    _, came, kept_back = participants(rows)
    kinds: dict[str, list[Counted]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    return tuple(
        KindRow(
            kind=kind,
            events=len(some),
            dates=sum(row.dates for row in some),
            joint=sum(map(is_joint, some)),
            participants=None if kind in kept_back else came.get(kind),
            hidden=kind in kept_back,
        )
        for kind, some in sorted(kinds.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )


def is_joint(row: Counted) -> bool:
    """Say whether an event is a common action."""
    return len(row.host_ids) > 1


def is_due(row: Counted) -> bool:
    """Say whether an event's outcome belongs to the period, and can be known."""
    return row.ends and row.over

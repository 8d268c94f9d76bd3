"""Where nothing is free: which demand excludes everything, and what would be free without it."""

from collections.abc import Iterator
from dataclasses import replace

from services.calendar.domain.slots.demands import EVERY_DAY, Demand, Hours, Obstacle, Participant, Relaxation
from services.calendar.domain.slots.search import search

SHORTEST_MINUTES = 30
MOST = 3


def why_nothing(demand: Demand) -> list[Relaxation]:
    """Name what is in the way of a demand that nothing suits: what helps when it is dropped, else what alone excludes.

    Where no single demand is in the way, the window is: nothing is free in it for long enough.
    """
    dropped = [(obstacle, name, search(eased, 1)) for obstacle, name, eased in _eased(demand)]
    helpful = [
        Relaxation(obstacle, name, _is_alone(demand, obstacle, name), found[0])
        for obstacle, name, found in dropped
        if found
    ]
    if helpful:
        return sorted(helpful, key=lambda one: not one.alone)[:MOST]
    # half the length would not help either: that is the window's fault
    others = [(obstacle, name) for obstacle, name, _ in dropped if obstacle != "length"]
    alone = [Relaxation(*one, True) for one in others if _is_alone(demand, *one)]
    return alone[:MOST] or [Relaxation("window")]


def _eased(demand: Demand) -> Iterator[tuple[Obstacle, str, Demand]]:
    """Drop one demand after the other; what was not demanded is not dropped."""
    hours = demand.hours
    if hours.weekdays != EVERY_DAY:
        yield "weekdays", "", replace(demand, hours=replace(hours, weekdays=EVERY_DAY))
    if (hours.begins, hours.ends) != (Hours.begins, Hours.ends):
        yield "hours", "", replace(demand, hours=replace(hours, begins=Hours.begins, ends=Hours.ends))
    if not hours.holidays:
        yield "holidays", "", replace(demand, hours=replace(hours, holidays=True))
    for one in demand.participants:
        if one.required:
            others = tuple(other for other in demand.participants if other is not one)
            yield _obstacle_of(one), one.name, replace(demand, participants=others)
    if demand.rooms is not None:
        name = demand.rooms[0].name if len(demand.rooms) == 1 else ""
        yield "venue", name, replace(demand, rooms=None)
    if demand.length_minutes > SHORTEST_MINUTES:
        yield "length", "", replace(demand, length_minutes=max(SHORTEST_MINUTES, demand.length_minutes // 2))


def _obstacle_of(one: Participant) -> Obstacle:
    return "resource" if one.kind == "resource" else "participant"


def _is_alone(demand: Demand, obstacle: Obstacle, name: str) -> bool:
    """Say whether this demand leaves nothing even where it is the only one."""
    hours = Hours(holidays=obstacle != "holidays" or demand.hours.holidays)
    if obstacle == "weekdays":
        hours = replace(hours, weekdays=demand.hours.weekdays)
    if obstacle == "hours":
        hours = replace(hours, begins=demand.hours.begins, ends=demand.hours.ends)
    only = replace(
        demand,
        hours=hours,
        participants=tuple(
            one for one in demand.participants if (_obstacle_of(one), one.name) == (obstacle, name) and one.required
        ),
        rooms=demand.rooms if obstacle == "venue" else None,
    )
    return not search(only, 1)

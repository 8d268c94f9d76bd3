"""Opportunities: which two events of different hosts would gain by being joined or coordinated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import EVERYONE, Dated, Party, theme_keys
from services.calendar.domain.places import metres_between
from shared.messages import Reason

MOST = 3
"""So many opportunities an event has at most."""
NEAR_M = 500
MARGIN_SECONDS = 90 * 60
DATES_LOOKED_AT = 12
"""Only the next dates of a series are looked at: a chance a year ahead is no advice."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One claim of another event near one of our dates: `kind` says in what respect."""

    kind: str
    other_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Chance:
    """An opportunity as found; `span` is the other event's date that it is about."""

    other_id: str
    score: int
    reason: Reason
    span: tuple[int, int]


@dataclass
class _Sight:
    """What was seen of one other event."""

    near: bool = False
    audience: bool = False
    theme: bool = False
    span: tuple[int, int] = field(default=(0, 0))


def find(
    party: Party, neighbours: Iterable[Neighbour], parties: Mapping[str, Party], clashing: frozenset[str]
) -> list[Chance]:
    """Find the best chances of one event; not with its own hosts' events, nor with those it blocks (`clashing`)."""
    sights: dict[str, _Sight] = {}
    for neighbour in sorted(neighbours, key=lambda one: (one.start, one.end, one.other_id)):
        sight = sights.setdefault(neighbour.other_id, _Sight(span=(neighbour.start, neighbour.end)))
        sight.near |= neighbour.kind == "cell"
        sight.audience |= neighbour.kind == "audience"
        sight.theme |= neighbour.kind == "theme"
    chances = [
        chance
        for other_id, sight in sights.items()
        if other_id not in clashing and may_join(party, parties[other_id])
        for chance in [_chance(party, parties[other_id], sight)]
        if chance is not None
    ]
    return sorted(chances, key=lambda chance: (-chance.score, chance.span, chance.other_id))


def may_join(one: Party, other: Party) -> bool:
    """Say whether these two have hosts, and none in common: an organisation needs no advice to talk to itself."""
    return bool(one.host_ids) and bool(other.host_ids) and not set(one.host_ids) & set(other.host_ids)


def _chance(party: Party, other: Party, sight: _Sight) -> Chance | None:
    """Weigh what two events share; the strongest of it is the reason."""
    distance = metres_between(party.point, other.point)
    audiences = sorted((set(party.audiences) & set(other.audiences)) - {EVERYONE})
    themes = sorted(set(theme_keys(party.themes)) & set(theme_keys(other.themes)))
    values = {"one": party.title, "other": other.title}
    weighed: list[tuple[int, Reason]] = []
    if sight.near and distance is not None and distance <= NEAR_M:
        weighed.append((40, Reason(code="same_site", values={**values, "metres": round(distance)})))
    if sight.theme and themes:
        weighed.append((30, Reason(code="same_theme_week", values={**values, "themes": themes})))
    if sight.audience and audiences:
        weighed.append((20, Reason(code="same_audience_week", values={**values, "audiences": audiences})))
    if not weighed:
        return None
    return Chance(other.id, sum(points for points, _ in weighed), weighed[0][1], sight.span)


def week_of(dated: Dated, zone: str) -> tuple[int, int]:
    """Give the local week, Monday to Monday, in which an occurrence starts, as seconds."""
    local = datetime.fromtimestamp(dated.start, ZoneInfo(zone))
    monday = local.replace(hour=0, minute=0, second=0) - timedelta(days=local.weekday())
    return int(monday.timestamp()), int((monday + timedelta(days=7)).timestamp())

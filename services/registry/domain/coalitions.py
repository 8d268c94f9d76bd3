"""Coalitions that suggest themselves: organisations share a problem and complete each other, or act together often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from services.registry.domain.matches import BY_KIND_ALONE, stems
from shared.messages.base import Reason
from shared.messages.registry import ResourceKind

FEWEST = 2
"""A coalition has at least so many organisations."""
NEAR_M = 500
"""Problems that are nearer than this, in metres, and alike are one to those who live there."""
REPEATED = 3
"""So many events together in a year are no accident."""
MOST_COMPLEMENTS = 3
"""So many needs are named with what answers them."""
EARTH_RADIUS_M = 6_371_000


@dataclass(frozen=True)
class Shared:
    """A problem as far as coalitions ask: what it says, what it is about, where it is, and who supports it."""

    id: str
    title: str
    supporter_ids: tuple[str, ...]
    themes: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Thing:
    """Something that an organisation lacks, or something that it can give."""

    organisation_id: str
    kind: ResourceKind
    name: str


@dataclass(frozen=True)
class Coalition:
    """Organisations that could join, and why."""

    organisation_ids: tuple[str, ...]
    reasons: tuple[Reason, ...]


def around_problem(
    problem: Shared,
    others: Iterable[Shared],
    lacked: Sequence[Thing],
    offered: Sequence[Thing],
    names: Mapping[str, str],
) -> Coalition | None:
    """Give the coalition that a problem calls for, or none.

    Those who support it, or one near it that is alike, are its organisations; it is a coalition when one of them has
    what another lacks. `names` are of organisations, by id.
    """
    alike = [one for one in others if one.id != problem.id and is_alike(problem, one)]
    ids = sorted({*problem.supporter_ids, *(one for other in alike for one in other.supporter_ids)})
    if len(ids) < FEWEST:
        return None
    complements = _complements(ids, lacked, offered, names)
    if not complements:
        return None
    shared = {"problem": problem.title, "organisations": [names.get(one, one) for one in ids]}
    reasons = [Reason(code="coalition_shared_problem", values=shared)]
    near = [Reason(code="coalition_alike", values={"one": problem.title, "other": one.title}) for one in alike[:1]]
    return Coalition(tuple(ids), (*reasons, *near, *complements))


def of_joint_events(one_id: str, other_id: str, together: int, names: Mapping[str, str]) -> Coalition | None:
    """Give the coalition of two organisations that held so many events together in a year, or none."""
    if together < REPEATED:
        return None
    values = {"one": names.get(one_id, one_id), "other": names.get(other_id, other_id), "events": together}
    return Coalition(tuple(sorted((one_id, other_id))), (Reason(code="coalition_events", values=values),))


def is_alike(one: Shared, other: Shared) -> bool:
    """Say whether two problems are near each other and about the same: a theme in common, or words of their names."""
    if metres_between(one, other) > NEAR_M:
        return False
    return bool(set(one.themes) & set(other.themes)) or len(stems(one.title) & stems(other.title)) >= 1


def metres_between(one: Shared, other: Shared) -> float:
    """Give the way between two points over the surface of a sphere (haversine); endless where there is no point."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return float("inf")
    height = sin(radians(other.latitude - one.latitude) / 2) ** 2
    width = sin(radians(other.longitude - one.longitude) / 2) ** 2
    shrink = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, height + shrink * width)))


def _complements(
    ids: Sequence[str], lacked: Sequence[Thing], offered: Sequence[Thing], names: Mapping[str, str]
) -> list[Reason]:
    """Name what some of these lack and others of them have, one offer for each need."""
    found = []
    for need in lacked:
        answers = [one for one in offered if one.organisation_id in ids and _answers(need, one)]
        if need.organisation_id in ids and answers:
            values = {
                "need": need.name,
                "who": names.get(need.organisation_id, need.organisation_id),
                "offer": answers[0].name,
                "by": names.get(answers[0].organisation_id, answers[0].organisation_id),
            }
            found.append(Reason(code="coalition_complement", values=values))
    return found[:MOST_COMPLEMENTS]


def _answers(need: Thing, offer: Thing) -> bool:
    if need.kind != offer.kind or need.organisation_id == offer.organisation_id:
        return False
    return need.kind in BY_KIND_ALONE or bool(stems(need.name) & stems(offer.name))

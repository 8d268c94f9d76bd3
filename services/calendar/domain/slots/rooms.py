"""Rooms: which venues have what is needed, and how well each fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.calendar.domain.claims import Site
from services.calendar.domain.places import Point, metres_between

Lack = Literal["capacity", "equipment", "step_free", "near"]


@dataclass(frozen=True)
class Needs:
    """What a venue must have; `near` is where it should be, at most `within_m` metres away if that is said."""

    capacity: int = 0
    equipment: tuple[str, ...] = ()
    step_free: bool = False
    near: Point | None = None
    within_m: int | None = None


@dataclass(frozen=True)
class Fit:
    """A venue with what matters for choosing it."""

    site: Site
    equipment: tuple[str, ...] = ()
    step_free: bool | None = None
    organisation_id: str = ""

    def metres_from(self, point: Point | None) -> int | None:
        """Measure how far it is, where both places are known."""
        metres = metres_between(self.site.point, point)
        return None if metres is None else round(metres)


def lacks(room: Fit, needs: Needs) -> list[Lack]:
    """List what a venue lacks; a venue that does not say how many it holds, or how one gets in, lacks it."""
    found: list[Lack] = []
    if needs.capacity and (room.site.capacity or 0) < needs.capacity:
        found.append("capacity")
    if not {one.casefold() for one in needs.equipment} <= {one.casefold() for one in room.equipment}:
        found.append("equipment")
    if needs.step_free and not room.step_free:
        found.append("step_free")
    if needs.within_m is not None and needs.near is not None:
        metres = room.metres_from(needs.near)
        if metres is None or metres > needs.within_m:
            found.append("near")
    return found


def fits(room: Fit, needs: Needs) -> bool:
    """Say whether a venue has all that is needed."""
    return not lacks(room, needs)


def ranked(rooms: Iterable[Fit], needs: Needs) -> list[Fit]:
    """List the venues that fit, the best first: near, and not much larger than needed."""
    fitting = [room for room in rooms if fits(room, needs)]
    return sorted(fitting, key=lambda room: (_far(room, needs), _spare(room, needs), room.site.name, room.site.id))


def unmet(rooms: Sequence[Fit], needs: Needs) -> list[Lack]:
    """Name the needs without which some venue would fit; all of them, where none alone is in the way."""
    lacking = [set(lacks(room, needs)) for room in rooms]
    every: tuple[Lack, ...] = ("capacity", "equipment", "step_free", "near")
    alone = [lack for lack in every if {lack} in lacking]
    return alone or [lack for lack in every if any(lack in one for one in lacking)]


def _far(room: Fit, needs: Needs) -> int:
    """Tell nearness in steps of a hundred metres; a place nobody knows comes last."""
    metres = room.metres_from(needs.near)
    return 0 if needs.near is None else 1_000 if metres is None else metres // 100


def _spare(room: Fit, needs: Needs) -> int:
    return max(0, (room.site.capacity or 0) - needs.capacity)

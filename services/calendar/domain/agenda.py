"""The agenda of a meeting: what an item of it says, who may say what becomes of it, and whether all of it fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

ItemState = Literal["proposed", "accepted", "refused", "withdrawn"]
AboutKind = Literal["decision", "problem", "initiative"]
DecisionState = Literal["agreed", "postponed", "dropped"]

MOST_ITEMS = 100
"""One meeting has so many items at most, those that were refused among them."""
LONGEST_ITEM_MINUTES = 600
BY_HOSTS: dict[ItemState, frozenset[ItemState]] = {
    "proposed": frozenset({"accepted", "refused"}),
    "accepted": frozenset({"refused"}),
    "refused": frozenset({"accepted"}),
    "withdrawn": frozenset(),
}
"""What those who host the meeting may make of an item."""
BY_PROPOSER: dict[ItemState, frozenset[ItemState]] = {
    "proposed": frozenset({"withdrawn"}),
    "accepted": frozenset({"withdrawn"}),
    "refused": frozenset(),
    "withdrawn": frozenset(),
}
"""What whoever proposed an item may make of it."""


@dataclass(frozen=True)
class About:
    """What an item is about: a decision of an earlier meeting, a problem, or an initiative."""

    kind: AboutKind
    id: str


@dataclass(frozen=True)
class ItemPlan:
    """What one says of an item: its owner is the organisation, or the person, who leads it at the meeting.

    `proposed_for_id` is the organisation in whose name it is proposed; none means the proposer's own.
    """

    title: str
    description: str = ""
    owner_id: str | None = None
    owner_person_id: str | None = None
    minutes_planned: int | None = None
    proposed_for_id: str | None = None
    about: About | None = None


class Timed(Protocol):
    """Something that is planned to take so many minutes, or nobody said."""

    @property
    def minutes_planned(self) -> int | None:
        """How long, in minutes."""


LINE = 300


@dataclass(frozen=True)
class Balance:
    """How many minutes the items take together, and how many the meeting has."""

    planned: int
    length: int

    @property
    def over(self) -> int:
        """Say by how many minutes the items go beyond the meeting; 0 where they fit."""
        return max(0, self.planned - self.length)


def balance(items: Iterable[Timed], length: int) -> Balance:
    """Set the minutes of some items against the length of their meeting, in minutes."""
    return Balance(sum(one.minutes_planned or 0 for one in items), length)


def may_become(before: ItemState, after: ItemState, *, hosts: bool, proposer: bool) -> bool:
    """Say whether an item may pass from one state to another, by who asks."""
    allowed = (BY_HOSTS[before] if hosts else frozenset()) | (BY_PROPOSER[before] if proposer else frozenset())
    return after in allowed


def begins_after(items: Sequence[Timed]) -> list[int | None]:
    """Say after how many minutes each item begins; none from the first on whose length before it nobody said."""
    begins: list[int | None] = []
    passed: int | None = 0
    for one in items:
        begins.append(passed)
        passed = None if passed is None or one.minutes_planned is None else passed + one.minutes_planned
    return begins


def points_in_short(titles: Sequence[str]) -> str:
    """Give the titles of an agenda as one line of at most `LINE` letters; "…" stands for what does not fit."""
    line = "; ".join(titles)
    return line if len(line) <= LINE else f"{line[: LINE - 1].rstrip('; ')}…"


def described(description: str, points: Sequence[tuple[str, int | None]]) -> str:
    """Write an agenda below what an event says of itself, in plain text: "1. Ławki (10 min)"."""
    lines = (
        f"{number}. {title}" + (f" ({minutes} min)" if minutes else "")
        for number, (title, minutes) in enumerate(points, 1)
    )
    return "\n\n".join(filter(None, (description, "\n".join(lines))))


def placed(ids: Sequence[str], item_id: str, position: int) -> list[str]:
    """Put one of some ids at a position, the first is 1; one beyond the end means the end."""
    others = [one for one in ids if one != item_id]
    at = min(max(position, 1), len(ids)) - 1
    return [*others[:at], item_id, *others[at:]]

"""Joining: what one event of two hosts is made of, and what the hosts of one event propose to those of the other."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from services.calendar.domain.claims import theme_keys
from services.calendar.domain.plans import Borrowed, EventPlan, Funding, Visibility
from services.calendar.domain.series import is_series, shifted
from shared.messages import calendar as language

T = TypeVar("T")
Way = language.Way
OF_TIME = ("starts_at", "ends_at", "zone", "all_day", "floating", "rrule", "rdates", "exdates", "overrides")
OF_PLACE = ("venue_id", "latitude", "longitude", "set_up_minutes", "clear_up_minutes")
OPEN_TO: tuple[Visibility, ...] = ("hosts", "partners", "public")
"""Who may read an event: the fewest first."""


@dataclass(frozen=True)
class Terms:
    """Which of two events goes on (`keep_id`), and when and where: as one of them is, or elsewhere.

    `starts_at` and `ends_at` come together, or not at all; `venue_id` is a new venue.
    """

    keep_id: str
    time_of_id: str
    place_of_id: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue_id: str | None = None

    def kept(self) -> dict[str, Any]:
        """Give the terms as JSON can hold them."""
        return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in asdict(self).items()}

    @staticmethod
    def of(kept: Mapping[str, Any]) -> "Terms":
        """Read terms that were kept as JSON."""
        times = {name: datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at") if kept[name]}
        return Terms(**{**kept, **times})


@dataclass(frozen=True)
class ProposalPlan:
    """What somebody proposes: in the name of the hosts of `event_id`, with a message, on these terms.

    What is none is as the command finds it: the side for which the person speaks, the event that was planned first, its
    time and its place.
    """

    way: Way = "join"
    message: str = ""
    event_id: str | None = None
    keep_id: str | None = None
    time_of_id: str | None = None
    place_of_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue_id: str | None = None


def is_like(one: EventPlan, other: EventPlan) -> bool:
    """Say whether these can become one: both repeat, or neither does."""
    return is_series(one) == is_series(other)


def changes_of_joining(
    plans: Mapping[str, EventPlan], terms: Terms, stocks: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Give what the event that goes on is changed to, as `EventPlan` names it; `plans` are the two, by id.

    People and borrowed things are added up, the latter to no more than there is (`stocks`, by resource id). All else
    is united, and what can be said once is as the event that goes on says it. No more may read it than may read both,
    and it is confirmed where one of them was. Raises UnclearRule where a series gets a new time and its rule does not
    say on which days.
    """
    kept = plans[terms.keep_id]
    other = next(plan for event_id, plan in plans.items() if event_id != terms.keep_id)
    return {
        **time_and_place(plans, terms),
        "status": "confirmed" if "confirmed" in (kept.status, other.status) else kept.status,
        "visibility": min(kept.visibility, other.visibility, key=OPEN_TO.index),
        "host_ids": _united(kept.host_ids, other.host_ids),
        "leader_ids": _united(kept.leader_ids, other.leader_ids),
        "audiences": _united(kept.audiences, other.audiences),
        "themes": _united_themes(kept.themes, other.themes),
        "needs": _united(kept.needs, other.needs),
        "problem_ids": _united(kept.problem_ids, other.problem_ids),
        "initiative_id": kept.initiative_id or other.initiative_id,
        "description": "\n\n".join(_united((kept.description.strip(),), (other.description.strip(),))).strip(),
        "accessibility": kept.accessibility or other.accessibility,
        "expected_participants": _sum(kept.expected_participants, other.expected_participants),
        "borrowed": _borrowed(kept, other, stocks or {}),
        "funding": (*_funding(kept), *_funding(other)),
    }


def time_and_place(plans: Mapping[str, EventPlan], terms: Terms) -> dict[str, Any]:
    """Give when and where the joint event is; a new time moves every date of a series. Raises UnclearRule."""
    when, where = plans[terms.time_of_id], plans[terms.place_of_id]
    if terms.starts_at and terms.ends_at:
        new = {"starts_at": terms.starts_at, "ends_at": terms.ends_at, "all_day": False, "floating": False}
        when = shifted(when, new)
    changes = {name: getattr(when, name) for name in OF_TIME} | {name: getattr(where, name) for name in OF_PLACE}
    if terms.venue_id:
        changes |= {"venue_id": terms.venue_id, "latitude": None, "longitude": None}
    return changes


def _united(ours: tuple[T, ...], theirs: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*ours, *theirs)))


def _united_themes(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Unite themes; case does not make two of one."""
    return (*ours, *(one for one in theirs if not set(theme_keys([one])) & set(theme_keys(ours))))


def _sum(ours: int | None, theirs: int | None) -> int | None:
    return None if ours is None and theirs is None else (ours or 0) + (theirs or 0)


def _borrowed(kept: EventPlan, other: EventPlan, stocks: Mapping[str, int]) -> tuple[Borrowed, ...]:
    total: Counter[str] = Counter()
    for one in (*kept.borrowed, *other.borrowed):
        total[one.resource_id] += one.quantity
    return tuple(Borrowed(key, max(1, min(quantity, stocks.get(key, quantity)))) for key, quantity in total.items())


def _funding(plan: EventPlan) -> tuple[Funding, ...]:
    """Say of each line which host brings it, where there is no doubt."""
    owner = plan.host_ids[0] if len(plan.host_ids) == 1 else None
    return tuple(replace(line, organisation_id=line.organisation_id or owner) for line in plan.funding)

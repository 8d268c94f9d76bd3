"""What somebody who is invited said last: the last word about a date counts, of it alone or of all of the meeting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, cast

from services.calendar.domain.held import ALL

Answer = Literal["yes", "maybe", "no", "delegated", "countered"]


@dataclass(frozen=True)
class Said:
    """Whether they come: `delegated`, somebody else comes; `countered`, they propose `starts_at` to `ends_at`.

    `held_on` names the one date that it was said of, and is empty where it was said of all.
    """

    answer: Answer
    version: int
    held_on: str = ALL
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def kept(self) -> dict[str, Any]:
        """Give it as it is kept, without the date, which is its key."""
        times = {name: at.isoformat() for name in ("starts_at", "ends_at") if (at := getattr(self, name))}
        return {"answer": self.answer, "version": self.version, **times}

    @classmethod
    def of(cls, held_on: str, kept: Mapping[str, Any]) -> Self:
        """Read what is kept."""
        times = {name: datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at") if name in kept}
        return cls(kept["answer"], kept["version"], held_on, **times)


def last_said(answer: str | None, version: int, replies: Mapping[str, Mapping[str, Any]], held_on: str) -> Said | None:
    """Give the last word about one date; `answer` is the plain one to all, `version` its number among all answers."""
    told = [Said.of(day, replies[day]) for day in dict.fromkeys((ALL, held_on)) if day in replies]
    if answer:
        told.append(Said(cast(Answer, answer), version))
    return max(told, key=lambda one: one.version, default=None)

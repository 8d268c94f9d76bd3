"""Filters: what the calendar's views can be narrowed to, read from the address and written into it again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Query

from services.calendar.pages import words
from services.calendar.queries import NOBODY, Filter
from shared.identifiers import is_id
from shared.reasons import AUDIENCE_LABELS


@dataclass(frozen=True)
class Chosen:
    """What was chosen, as text; what is empty does not matter. `q` are words to look for."""

    q: str = ""
    organisation: str = ""
    venue: str = ""
    audience: str = ""
    theme: str = ""
    kind: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Give what is not empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def filter(self) -> Filter:
        """Make the query's filter; of an id that is none there is nothing."""
        return Filter(
            organisation_id=_id(self.organisation),
            venue_id=_id(self.venue),
            audience=self.audience or None,
            theme=self.theme or None,
            kind=self.kind or None,
            words=self.q or None,
        )

    def query(self, **more: object) -> str:
        """Write the filters into an address, with what else it says; empty without both."""
        text = urlencode({**self.values, **{name: value for name, value in more.items() if value}})
        return f"?{text}" if text else ""

    def feed(self, address: str) -> str:
        """Give the address that a calendar app subscribes to: the same filters, by `webcal:`."""
        query = urlencode(self.values)
        return f"webcal://{urlsplit(address).netloc}/calendar/feed.ics" + (f"?{query}" if query else "")


def _id(text: str) -> str | None:
    return (text if is_id(text) else NOBODY) if text else None


def chosen_of(
    q: Annotated[str, Query(max_length=200)] = "",
    organisation: str = "",
    venue: str = "",
    audience: str = "",
    theme: Annotated[str, Query(max_length=100)] = "",
    kind: str = "",
) -> Chosen:
    """Read the filters; a kind or an audience that nobody knows is none."""
    return Chosen(
        q=q.strip(),
        organisation=organisation,
        venue=venue,
        audience=audience if audience in AUDIENCE_LABELS else "",
        theme=theme.strip(),
        kind=kind if kind in words.KINDS else "",
    )


Filters = Annotated[Chosen, Depends(chosen_of)]


@dataclass(frozen=True)
class Window:
    """The days that a view shows; `name` where they were chosen by a word, as `today`."""

    first: date
    days: int
    name: str = ""

    @property
    def last(self) -> date:
        """Give the last day."""
        return self.first + timedelta(days=self.days - 1)


def window_of(name: str, today: date, first: date | None, days: int) -> Window:
    """Give the days of a word (`today`, `week`, `weekend`), else `days` from `first` or from today."""
    sunday = today + timedelta(days=6 - today.weekday())
    begins: Mapping[str, tuple[date, date]] = {
        "today": (today, today),
        "week": (today, sunday),
        "weekend": (max(today, sunday - timedelta(days=1)), sunday),
    }
    if name not in begins:
        return Window(first or today, days)
    start, end = begins[name]
    return Window(start, (end - start).days + 1, name)

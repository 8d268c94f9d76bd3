"""Filters: what the map's pages can be narrowed to, read from the address and written into it again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request

from services.map import queries
from services.map.domain import areas
from services.map.domain.folding import folded
from services.map.domain.themes import Theme, meant
from services.map.models import KINDS
from services.map.pages.frame import zone_of
from services.map.problems import NotAnArea
from shared.i18n import language, say

DEFAULT_WALK, LONGEST_WALK = 15, 120
"""Minutes."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen; what is empty does not matter. `near` is a point in text, `free_…` are RFC 3339 or local."""

    q: str = ""
    kind: tuple[str, ...] = ()
    near: str = ""
    within_minutes: str = ""
    theme: str = ""
    audience: str = ""
    lends: str = ""
    free_from: str = ""
    free_until: str = ""
    open_now: bool = False
    step_free: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """Give what is not empty, as it stands in an address."""
        return {name: "true" if value is True else value for name, value in asdict(self).items() if value}

    @property
    def count(self) -> int:
        """Say how many filters are set beside the words."""
        return len([name for name in self.values if name != "q"]) + max(0, len(self.kind) - 1)

    def query(self, **more: object) -> str:
        """Write the filters into an address, with what else it says; empty without both."""
        text = urlencode({**self.values, **{name: value for name, value in more.items() if value}}, doseq=True)
        return f"?{text}" if text else ""

    def query_of_programs(self, zone: ZoneInfo) -> str:
        """Write the filters as the API reads them: instants with their offset."""
        times = {name: getattr(self, name) for name in ("free_from", "free_until")}
        instants = {name: instant.isoformat() for name, text in times.items() if (instant := _instant(text, zone))}
        return replace(self, free_from="", free_until="").query(**instants)

    def wanted(self, zone: ZoneInfo) -> queries.Wanted:
        """Make the query's filter. Raises `NotAnArea` where `near` is no point."""
        minutes = _minutes(self.within_minutes)
        return queries.Wanted(
            kinds=self.kind,
            text=self.q,
            near=_point(self.near),
            within_m=areas.metres_walked(minutes or DEFAULT_WALK),
            themes=(self.theme,) if self.theme else (),
            audiences=(self.audience,) if self.audience else (),
            lends=self.lends,
            free_from=_instant(self.free_from, zone),
            free_until=_instant(self.free_until, zone),
            open_now=self.open_now,
            step_free=self.step_free,
            zone=str(zone),
        )


def chosen_of(
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[tuple[str, ...], Query()] = (),
    near: Annotated[str, Query(max_length=60)] = "",
    within_minutes: Annotated[str, Query(max_length=10)] = "",
    theme: Annotated[str, Query(max_length=100)] = "",
    audience: Annotated[str, Query(max_length=40)] = "",
    lends: Annotated[str, Query(max_length=100)] = "",
    free_from: Annotated[str, Query(max_length=40)] = "",
    free_until: Annotated[str, Query(max_length=40)] = "",
    open_now: Annotated[str, Query(max_length=10)] = "",
    step_free: Annotated[str, Query(max_length=10)] = "",
) -> Chosen:
    """Read the filters; a kind that nobody knows is none, a number or time that is none does not matter."""
    return Chosen(
        q=q.strip(),
        kind=tuple(one for one in KINDS if one in kind),
        near=near.strip(),
        within_minutes=within_minutes,
        theme=theme.strip(),
        audience=audience.strip(),
        lends=lends.strip(),
        free_from=free_from,
        free_until=free_until,
        open_now=open_now in YES,
        step_free=step_free in YES,
    )


YES = ("true", "on", "1")
Filters = Annotated[Chosen, Depends(chosen_of)]


def wanted_of(request: Request, chosen: Chosen) -> queries.Wanted:
    """Make the query's filter of what a page was asked for."""
    return chosen.wanted(zone_of(request))


def theme_chosen(chosen: Chosen, themes: Sequence[Theme]) -> str:
    """Give the code of the theme that is chosen by whichever of its words; a word that is of none stays as it is."""
    found = meant(chosen.theme, themes)
    return found[0].code if found else chosen.theme


def theme_options(chosen: Chosen, themes: Sequence[Theme]) -> list[tuple[str, str]]:
    """Give the themes to choose from by name, none first; the word that was asked for too, where it is of none."""
    tongue = language.get()
    named = sorted(((one.code, one.name(tongue)) for one in themes), key=lambda option: folded(option[1]))
    word = theme_chosen(chosen, themes)
    free = [] if not word or word in dict(named) else [(word, word)]
    return [("", say("All themes")), *free, *named]


def _point(text: str) -> areas.Point | None:
    try:
        return areas.read_point(text) if text else None
    except ValueError:
        raise NotAnArea("near", "Give latitude,longitude in degrees, for instance 50.0885,19.9189") from None


def _minutes(text: str) -> int | None:
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return min(minutes, LONGEST_WALK) or None


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """Read an instant; one without an offset is on the neighbourhood's clock."""
    try:
        instant = datetime.fromisoformat(text) if text else None
        return instant.replace(tzinfo=zone) if instant and instant.tzinfo is None else instant
    except ValueError:
        return None

"""Which places somebody asks for, as conditions of SQL; every filter can be combined with every other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from services.map.domain.areas import Box, Point
from services.map.domain.cells import ranges
from services.map.domain.folding import tag, words
from services.map.domain.themes import words_about
from services.map.models import EventAtPlace, KnownEvent, KnownOccurrence, Place
from services.map.queries.free import taken_venues
from services.map.queries.lent import resources_taken
from services.map.queries.themes import themes
from shared import opening
from shared.messages.registry import ResourceKind

RESOURCE_KINDS = frozenset(get_args(ResourceKind))
A_WEEK = timedelta(days=7)
A_MOMENT = timedelta(minutes=1)
SHAPES = 256
"""So many shapes of conditions and statements are kept."""
PLACE = Place.__table__.c
OWNER = Place.__table__.alias("owner").c
AT_PLACE, EVENT, DATE = EventAtPlace.__table__.c, KnownEvent.__table__.c, KnownOccurrence.__table__.c


@dataclass(frozen=True)
class Wanted:
    """Which places somebody asks for; what is left out does not restrict.

    A theme is a code, a name or a synonym of the registry's, which has the narrower ones with it, or any other word.
    `lends` are words of what should be lent; a kind of resource among them asks for that kind. Opening hours are those
    on the clocks of `zone`.
    """

    kinds: tuple[str, ...] = ()
    text: str = ""
    box: Box | None = None
    near: Point | None = None
    within_m: int = 1000
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    open_now: bool = False
    step_free: bool = False
    lends: str = ""
    free_from: datetime | None = None
    free_until: datetime | None = None
    this_week: bool = False
    zone: str = "Europe/Warsaw"


@dataclass(frozen=True)
class Conditions:
    """Conditions that hold together, and the values that this question has for the parameters they name.

    A condition is made once and used by every question of its shape: what is asked is the same object then, by which
    the whole statement is found again. To write one down takes longer than the database takes to answer it.
    """

    clauses: tuple[Any, ...]
    values: Mapping[str, Any]

    def __add__(self, other: Conditions) -> Conditions:
        return Conditions(self.clauses + other.clauses, {**self.values, **other.values})


def conditions(session: Session, wanted: Wanted, now: datetime) -> Conditions:
    """Say in SQL which places are wanted, apart from where they are."""
    found = Conditions(STANDS, {"now": now})
    if wanted.kinds:
        found += Conditions((OF_KINDS,), {"kinds": wanted.kinds})
    for n, word in enumerate(words(wanted.text)):
        found += Conditions((_tells_of(f"word{n}"),), {f"word{n}": _around(word)})
    if wanted.themes:
        found += _tagged("theme", _theme_tags(session, wanted.themes))
    if wanted.audiences:
        found += _tagged("audience", [tag("audience", one) for one in wanted.audiences])
    if wanted.step_free:
        found += Conditions((STEP_FREE,), {})
    if wanted.lends.strip():
        found += _lends(wanted.lends)
    if wanted.open_now:
        found += Conditions((OPEN,), {"open": _open_now(session, wanted.zone, now)})
    if wanted.free_from is not None and wanted.free_until is not None:
        found += _free(session, wanted, wanted.free_from, wanted.free_until)
    if wanted.this_week:
        found += Conditions((THIS_WEEK,), {"week_ends": now + A_WEEK})
    return found


def lies_in(box: Box, name: str = "box") -> Conditions:
    """Say that a point lies in a box, its edges included; `name` tells it from another box of the same statement."""
    edges = {"west": box.west, "south": box.south, "east": box.east, "north": box.north}
    clause = _inside(name, crosses_the_date_line=box.crosses_the_date_line)
    return Conditions((clause,), {f"{name}_{edge}": value for edge, value in edges.items()})


def may_lie_in(box: Box, most: int = 6) -> Conditions:
    """Say that a point lies in a cell of those that cover a box: what the index on cells is asked."""
    found = ranges(box, most=most)
    lows = {f"low{n}": low for n, (low, _) in enumerate(found)}
    return Conditions((_in_ranges(len(found)),), {**lows, **{f"high{n}": high for n, (_, high) in enumerate(found)}})


@lru_cache(SHAPES)
def _inside(name: str, *, crosses_the_date_line: bool) -> ColumnElement[bool]:
    east_and_west = PLACE.longitude >= bindparam(f"{name}_west"), PLACE.longitude <= bindparam(f"{name}_east")
    between = or_(*east_and_west) if crosses_the_date_line else and_(*east_and_west)
    return and_(PLACE.latitude.between(bindparam(f"{name}_south"), bindparam(f"{name}_north")), between)


@lru_cache(SHAPES)
def _in_ranges(number: int) -> ColumnElement[bool]:
    return or_(*(PLACE.cell.between(bindparam(f"low{n}"), bindparam(f"high{n}")) for n in range(number)))


@lru_cache(SHAPES)
def _tells_of(word: str) -> ColumnElement[bool]:
    """Find a word in a place, in whose it is, or in what is on there next."""
    return or_(
        _has(PLACE.search_text, word),
        exists().where(OWNER.id == PLACE.organisation_id, _has(OWNER.sort_text, word)),
        _has_event_ahead(_has(EVENT.search_text, word)),
    )


def _tagged(name: str, tags: Sequence[str]) -> Conditions:
    """Find any of some themes or audiences in a place, in whose it is, or in what is on there next."""
    patterns = {f"{name}{n}": _around(one) for n, one in enumerate(tags)}
    return Conditions((_is_tagged(tuple(patterns)),), patterns)


@lru_cache(SHAPES)
def _is_tagged(names: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(
        _has_any(PLACE.tags, names),
        exists().where(OWNER.id == PLACE.organisation_id, _has_any(OWNER.tags, names)),
        _has_event_ahead(_has_any(EVENT.tags, names)),
    )


def _has_any(column: ColumnElement[str], names: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(_has(column, name) for name in names))


def _has(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Say that a text contains another: the parameter's value is written by `_around`."""
    return column.like(bindparam(name), escape="/")


def _around(word: str) -> str:
    """Write the pattern of a text that has a word somewhere, whatever its letters mean to LIKE."""
    escaped = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"


def _theme_tags(session: Session, asked: Sequence[str]) -> list[str]:
    """Give the tags of what is asked for: a theme has those of its other words and of the narrower ones too."""
    known = themes(session)
    return sorted({tag("theme", word) for one in asked for word in words_about(one, known)})


def _lends(said: str) -> Conditions:
    """Find what can be borrowed by its kind, and by words that its name, description or equipment must have."""
    asked = said.split()
    kinds = sorted(RESOURCE_KINDS.intersection(asked))
    rest = words(" ".join(one for one in asked if one not in RESOURCE_KINDS))
    patterns = {f"lent{n}": _around(word) for n, word in enumerate(rest)}
    found = Conditions((LENDS_OF_KIND,), {"lends": kinds}) if kinds else Conditions((LENDS,), {})
    return found + Conditions(tuple(_has_lent(name) for name in patterns), patterns)


def _free(session: Session, wanted: Wanted, since: datetime, until: datetime) -> Conditions:
    """Find venues that are free; where things are asked for, those of which something is left too."""
    taken = taken_venues(session, since, until)
    kinds = ["venue"]
    if wanted.lends.strip() or "resource" in wanted.kinds:
        taken |= resources_taken(session, since, until)
        kinds.append("resource")
    return Conditions(FREE, {"free_kinds": kinds, "taken": sorted(taken)})


@lru_cache(SHAPES)
def _has_lent(name: str) -> ColumnElement[bool]:
    return _has(PLACE.search_text, name)


def _open_now(session: Session, zone: str, now: datetime) -> list[str]:
    """Give the opening hours that say "open" at this moment: each text is read once, however many places have it."""
    local = now.astimezone(ZoneInfo(zone))
    texts = session.connection().execute(OPENING_HOURS).scalars()
    return [one for one in texts if opening.is_open(one, local, local + A_MOMENT)]


def _has_event_ahead(*also: ColumnElement[bool]) -> ColumnElement[bool]:
    ahead = (
        select(AT_PLACE.event_id)
        .join(KnownOccurrence.__table__, DATE.event_id == AT_PLACE.event_id)
        .join(KnownEvent.__table__, EVENT.id == AT_PLACE.event_id)
        .where(AT_PLACE.place_id == PLACE.id, DATE.ends_at > bindparam("now"), *also)
    )
    return exists(ahead)


STANDS = PLACE.withdrawn.is_(False), or_(PLACE.over_at.is_(None), PLACE.over_at > bindparam("now"))
OF_KINDS = PLACE.kind.in_(bindparam("kinds", expanding=True))
STEP_FREE = PLACE.step_free.is_(True)
LENDS, LENDS_OF_KIND = PLACE.lends.is_not(None), PLACE.lends.in_(bindparam("lends", expanding=True))
OPEN = PLACE.opening_hours.in_(bindparam("open", expanding=True))
OPENING_HOURS = select(PLACE.opening_hours).where(PLACE.opening_hours != "").distinct()
FREE = PLACE.kind.in_(bindparam("free_kinds", expanding=True)), PLACE.id.not_in(bindparam("taken", expanding=True))
THIS_WEEK = _has_event_ahead(DATE.starts_at < bindparam("week_ends"))

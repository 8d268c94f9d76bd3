"""Which places somebody asks for, as conditions of SQL; every filter can be combined with every other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, TextClause, and_, exists, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from services.map.domain.areas import Box, Point
from services.map.domain.cells import ranges
from services.map.domain.folding import tag, words
from services.map.domain.themes import words_about
from services.map.models import EventAtPlace, KnownEvent, KnownOccurrence, Place
from services.map.queries.free import taken_venues
from services.map.queries.themes import themes
from shared import opening
from shared.messages.registry import ResourceKind

RESOURCE_KINDS = frozenset(get_args(ResourceKind))
A_WEEK = timedelta(days=7)
A_MOMENT = timedelta(minutes=1)
ENDS = ("low", "high")


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


def conditions(session: Session, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """Say in SQL which places are wanted, apart from where they are."""
    found = [Place.withdrawn.is_(False), or_(Place.over_at.is_(None), Place.over_at > now)]
    if wanted.kinds:
        found.append(Place.kind.in_(wanted.kinds))
    found.extend(_tells_of(word, now) for word in words(wanted.text))
    if wanted.themes:
        found.append(_is_tagged(_theme_tags(session, wanted.themes), now))
    if wanted.audiences:
        found.append(_is_tagged([tag("audience", one) for one in wanted.audiences], now))
    if wanted.step_free:
        found.append(Place.step_free.is_(True))
    if wanted.lends.strip():
        found.extend(_lends(wanted.lends))
    if wanted.open_now:
        found.append(Place.opening_hours.in_(_open_now(session, wanted.zone, now)))
    if wanted.free_from is not None and wanted.free_until is not None:
        taken = taken_venues(session, wanted.free_from, wanted.free_until)
        found += [Place.kind == "venue", Place.id.not_in(sorted(taken))]
    if wanted.this_week:
        found.append(_has_event_ahead(now, KnownOccurrence.starts_at < now + A_WEEK))
    return found


def lies_in(box: Box) -> ColumnElement[bool]:
    """Say that a point lies in a box, its edges included."""
    east_and_west = (Place.longitude >= box.west, Place.longitude <= box.east)
    between = or_(*east_and_west) if box.crosses_the_date_line else and_(*east_and_west)
    return and_(Place.latitude.between(box.south, box.north), between)


def may_lie_in(box: Box, most: int = 6) -> TextClause:
    """Say that a point lies in a cell of those that cover a box: what the index on cells is asked.

    Written as text, because every request asks it, and expressions of so many parts take long to make.
    """
    found = ranges(box, most=most)
    spans = " OR ".join(f"place.cell BETWEEN :low{n} AND :high{n}" for n in range(len(found)))
    bounds = {f"{end}{n}": value for n, span in enumerate(found) for end, value in zip(ENDS, span, strict=True)}
    return text(f"({spans})").bindparams(**bounds)


def _tells_of(word: str, now: datetime) -> ColumnElement[bool]:
    """Find a word in a place, in whose it is, or in what is on there next."""
    owner = aliased(Place)
    return or_(
        Place.search_text.contains(word, autoescape=True),
        exists().where(owner.id == Place.organisation_id, owner.sort_text.contains(word, autoescape=True)),
        _has_event_ahead(now, KnownEvent.search_text.contains(word, autoescape=True)),
    )


def _is_tagged(tags: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Find any of some themes or audiences in a place, in whose it is, or in what is on there next."""
    owner = aliased(Place)
    return or_(
        _has_any(Place.tags, tags),
        exists().where(owner.id == Place.organisation_id, _has_any(owner.tags, tags)),
        _has_event_ahead(now, _has_any(KnownEvent.tags, tags)),
    )


def _has_any(column: InstrumentedAttribute[str], tags: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(column.contains(one, autoescape=True) for one in tags))


def _theme_tags(session: Session, asked: Sequence[str]) -> list[str]:
    """Give the tags of what is asked for: a theme has those of its other words and of the narrower ones too."""
    known = themes(session)
    return sorted({tag("theme", word) for one in asked for word in words_about(one, known)})


def _lends(said: str) -> list[ColumnElement[bool]]:
    """Find what can be borrowed by its kind, and by words that its name, description or equipment must have."""
    asked = said.split()
    kinds = sorted(RESOURCE_KINDS.intersection(asked))
    rest = words(" ".join(one for one in asked if one not in RESOURCE_KINDS))
    of_kind = Place.lends.in_(kinds) if kinds else Place.lends.is_not(None)
    return [of_kind, *(Place.search_text.contains(word, autoescape=True) for word in rest)]


def _open_now(session: Session, zone: str, now: datetime) -> list[str]:
    """Give the opening hours that say "open" at this moment: each text is read once, however many places have it."""
    local = now.astimezone(ZoneInfo(zone))
    texts = session.scalars(select(Place.opening_hours).where(Place.opening_hours != "").distinct())
    return [one for one in texts if opening.is_open(one, local, local + A_MOMENT)]


def _has_event_ahead(now: datetime, *also: ColumnElement[bool]) -> ColumnElement[bool]:
    ahead = (
        select(EventAtPlace.event_id)
        .join(KnownOccurrence, KnownOccurrence.event_id == EventAtPlace.event_id)
        .join(KnownEvent, KnownEvent.id == EventAtPlace.event_id)
        .where(EventAtPlace.place_id == Place.id, KnownOccurrence.ends_at > now, *also)
    )
    return exists(ahead)

"""When venues are taken: by events, public or not, in what they lie in, in them, or in what lies in them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.map.domain.rooms import Span
from services.map.models import Place, VenueInside, VenueTaken


def taken_times(session: Session, starts_at: datetime, ends_at: datetime) -> dict[str, list[Span]]:
    """Give with each venue that is not free all the time between two instants when it cannot be had, all half-open.

    Whoever is in a room has it, what lies in it and what it lies in; two rooms of one house do not disturb each other.
    Before and after, a venue needs the time in which it is cleared up and set up, which is counted here. One that takes
    several events at a time is never taken.
    """
    widest = timedelta(minutes=session.scalar(select(func.max(Place.gap_minutes))) or 0)
    rows = session.execute(
        select(VenueTaken.venue_id, VenueTaken.starts_at, VenueTaken.ends_at).where(
            VenueTaken.ends_at > starts_at - widest, VenueTaken.starts_at < ends_at + widest
        )
    ).all()
    related = _related(session, {row.venue_id for row in rows})
    gaps = _gaps(session, {one for ids in related.values() for one in ids})
    found: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        for venue_id in related[row.venue_id] & gaps.keys():
            gap = max(gaps[venue_id], gaps.get(row.venue_id, timedelta()))
            since, until = row.starts_at - gap, row.ends_at + gap
            if until > starts_at and since < ends_at:
                found[venue_id].append((since, until))
    return found


def taken_venues(session: Session, starts_at: datetime, ends_at: datetime) -> set[str]:
    """Name the venues that cannot be had all the time from one instant to another, half-open."""
    return set(taken_times(session, starts_at, ends_at))


def _related(session: Session, venue_ids: Iterable[str]) -> dict[str, set[str]]:
    """Give with each venue itself, those it lies in, and those that lie in it."""
    found: dict[str, set[str]] = defaultdict(set, {one: {one} for one in venue_ids})
    inside, around = VenueInside.venue_id, VenueInside.ancestor_id
    for mine, other in ((inside, around), (around, inside)):
        for venue_id, related_id in session.execute(select(mine, other).where(mine.in_(list(found)))):
            found[venue_id].add(related_id)
    return found


def _gaps(session: Session, venue_ids: Iterable[str]) -> dict[str, timedelta]:
    """Give the time that each venue which takes one event at a time needs between two."""
    rows = select(Place.id, Place.gap_minutes).where(Place.id.in_(list(venue_ids)), Place.takes_one)
    return {row.id: timedelta(minutes=row.gap_minutes) for row in session.execute(rows)}

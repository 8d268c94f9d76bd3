"""Past the horizon: the dates of series that are not laid out so far, worked out when they are asked for; bounded.

A series goes on past its rows where `until_at` is none; what it has from `laid_until_at` on is found here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from services.calendar.domain.claims import DAY, Claim, Dated, claims_of
from services.calendar.domain.conflicts import Hit
from services.calendar.domain.dates import dates_between, seconds
from services.calendar.domain.plans import LONGEST_BUFFER_MINUTES
from services.calendar.domain.slots import Span
from services.calendar.models import Event, EventHost, Venue
from services.calendar.queries import claims, copies
from services.calendar.queries.plans import plan_of
from services.calendar.queries.subjects import party_of
from shared.problems import InvalidInput

MOST_SERIES = 500
"""So many series at most are followed past the horizon for one question."""
MOST_DATES = 1_000
WIDEST_BUFFER = timedelta(minutes=LONGEST_BUFFER_MINUTES)


def series_beyond(session: Session, until_at: datetime, *clauses: ColumnElement[bool]) -> Sequence[Event]:
    """Give the series that are not laid out up to an instant and are not cancelled.

    Raises `InvalidInput` where there are more than we follow.
    """
    found = _lagging(session, until_at, clauses)
    if len(found) > MOST_SERIES:
        raise InvalidInput(("/to", "This is so far ahead that too many series would have to be followed; ask for less"))
    return found


def dates_beyond(event: Event, from_at: datetime | None, until_at: datetime, most: int = MOST_DATES) -> list[Dated]:
    """Give the dates of a series that begin past its rows and overlap a half-open time, the first `most` of them."""
    low = max(from_at or event.laid_until_at, event.laid_until_at)
    if low >= until_at:
        return []
    dates = dates_between(plan_of(event), low, until_at, most)
    return [dated for dated in dates if dated.start >= seconds(event.laid_until_at)]


def claims_met(session: Session, probes: Sequence[Claim], event_id: str) -> list[Hit]:
    """Find the claims of other events that these probes overlap, those of dates past the horizon too.

    Past it, only what can be taken away is looked at: venues and resources. The rest is found when its row is laid.
    """
    hits = claims.claims_met(session, probes, event_id)
    wanted: dict[tuple[str, str, int], list[Claim]] = defaultdict(list)
    for probe in probes:
        if probe.kind in ("venue", "resource"):
            wanted[probe.kind, probe.key, probe.start // DAY].append(probe)
    if not wanted:
        return hits
    span = min(probe.start for probe in probes), max(probe.end for probe in probes)
    keys: dict[str, set[str]] = defaultdict(set)
    for kind, key, _ in wanted:
        keys[kind].add(key)
    direct = {probe.key for probe in probes if probe.kind == "venue" and probe.direct}
    for other_id, claim in _claims_beyond(session, span, event_id, keys, direct):
        hits += _hits(claim, other_id, wanted.get((claim.kind, claim.key, claim.start // DAY), ()))
    return hits


def claims_within(session: Session, keys: Mapping[str, Collection[str]], window: Span, event_id: str) -> list[Hit]:
    """Find what other series will claim of these venues, resources and people (`keys` by kind) in a window."""
    if not any(keys.values()):
        return []
    low, high = window
    return [
        Hit(claim.kind, claim.key, low, high, other_id, claim.start, claim.end, True, claim.direct, claim.hard,
            claim.quantity)
        for other_id, claim in _claims_beyond(session, window, event_id, keys, keys.get("venue", ()))
        if claim.key in keys.get(claim.kind, ()) and claim.start < high and claim.end > low
    ]  # fmt: skip


def hosted_within(session: Session, organisation_ids: Collection[str], window: Span) -> list[tuple[Event, list[Dated]]]:
    """Give the series that these organisations host with those of their dates in a window that are not laid out."""
    low, high = (_instant(at) for at in window)
    hosts = select(EventHost.event_id).where(EventHost.organisation_id.in_(sorted(organisation_ids)))
    found = _lagging(session, high, (Event.id.in_(hosts),))[:MOST_SERIES]
    return [(event, dates_beyond(event, low, high)) for event in found]


def _claims_beyond(
    session: Session, span: Span, event_id: str, keys: Mapping[str, Collection[str]], direct: Iterable[str]
) -> Iterator[tuple[str, Claim]]:
    """Work out what series that take one of these will claim around a time, each claim with its event's id."""
    low, high = _instant(span[0]) - WIDEST_BUFFER, _instant(span[1]) + WIDEST_BUFFER
    if session.scalar(select(Event.id).where(_goes_on_past(high)).limit(1)) is None:
        return  # so it is with nearly every plan, and asking no more is quick
    found = _lagging(session, high, (Event.id != event_id, _takes(keys, direct)))[:MOST_SERIES]
    sites = copies.sites(session, {event.venue_id for event in found if event.venue_id})
    for event in found:
        plan, dates = plan_of(event), dates_beyond(event, low, high)
        site = sites.get(plan.venue_id or "")
        for claim in claims_of(party_of(plan, event.id, site), site, dates):
            yield event.id, claim


def _hits(claim: Claim, other_id: str, probes: Iterable[Claim]) -> list[Hit]:
    return [
        Hit(
            probe.kind, probe.key, probe.start, probe.end, other_id, claim.start, claim.end,
            probe.direct, claim.direct, claim.hard, claim.quantity, probe.recurrence, claim.recurrence,
        )
        for probe in probes
        if claim.start < probe.end and claim.end > probe.start
    ]  # fmt: skip


def _takes(keys: Mapping[str, Collection[str]], direct: Iterable[str]) -> ColumnElement[bool]:
    """Say that an event is at one of the venues or inside a `direct` one, borrows a resource, or is led by a person."""
    its = aliased(Venue)
    inside = [_names(its.ancestor_ids, one) for one in sorted(direct)]
    return or_(
        Event.venue_id.in_(sorted(keys.get("venue", ()))),
        exists().where(its.id == Event.venue_id, or_(false(), *inside)),
        *(_names(Event.borrowed, one) for one in sorted(keys.get("resource", ()))),
        *(_names(Event.leader_ids, one) for one in sorted(keys.get("person", ()))),
    )


def _goes_on_past(until_at: datetime) -> ColumnElement[bool]:
    """Say that a series has dates without rows before an instant; one index knows them."""
    return and_(Event.until_at.is_(None), Event.laid_until_at < until_at, Event.status != "cancelled")


def _names(column: Any, one: str) -> ColumnElement[bool]:
    return cast(column, String).contains(f'"{one}"', autoescape=True)


def _lagging(session: Session, until_at: datetime, clauses: Iterable[ColumnElement[bool]]) -> Sequence[Event]:
    statement = (
        select(Event)
        .where(_goes_on_past(until_at), *clauses)
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_SERIES + 1)
    )
    return session.scalars(statement).all()


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)

"""Past the horizon: the dates of series that are not laid out so far, worked out when they are asked for; bounded.

A series goes on past its rows where `until_at` is none; what it has from `laid_until_at` on is found here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from services.calendar.domain.claims import DAY, Claim, Dated, claims_of
from services.calendar.domain.conflicts import Hit
from services.calendar.domain.dates import dates_between, seconds
from services.calendar.models import Event, Venue
from services.calendar.queries import claims, copies
from services.calendar.queries.plans import plan_of
from services.calendar.queries.subjects import party_of
from shared.problems import InvalidInput

MOST_SERIES = 500
"""So many series at most are followed past the horizon for one question."""
MOST_DATES = 1_000
WIDEST_BUFFER = timedelta(days=8)
"""More than set-up and clear-up time can widen a claim."""


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
    high = _instant(max((probe.end for probe in probes), default=0)) + WIDEST_BUFFER
    if not wanted or session.scalar(select(Event.id).where(_goes_on_past(high)).limit(1)) is None:
        return hits
    low = _instant(min(probe.start for probe in probes)) - WIDEST_BUFFER
    found = _lagging(session, high, (Event.id != event_id, _takes(probes)))[:MOST_SERIES]
    sites = copies.sites(session, {event.venue_id for event in found if event.venue_id})
    for event in found:
        plan, dates = plan_of(event), dates_beyond(event, low, high)
        site = sites.get(plan.venue_id or "")
        for claim in claims_of(party_of(plan, event.id, site), site, dates):
            hits += _hits(claim, event.id, wanted.get((claim.kind, claim.key, claim.start // DAY), ()))
    return hits


def _hits(claim: Claim, other_id: str, probes: Iterable[Claim]) -> list[Hit]:
    return [
        Hit(
            probe.kind, probe.key, probe.start, probe.end, other_id, claim.start, claim.end,
            probe.direct, claim.direct, claim.hard, claim.quantity, probe.recurrence, claim.recurrence,
        )
        for probe in probes
        if claim.start < probe.end and claim.end > probe.start
    ]  # fmt: skip


def _takes(probes: Iterable[Claim]) -> ColumnElement[bool]:
    """Say that an event is at one of the venues, or in one that it is about, or borrows one of the resources."""
    venues = {probe.key for probe in probes if probe.kind == "venue"}
    direct = {probe.key for probe in probes if probe.kind == "venue" and probe.direct}
    lent = {probe.key for probe in probes if probe.kind == "resource"}
    its = aliased(Venue)
    inside = [cast(its.ancestor_ids, String).contains(f'"{one}"', autoescape=True) for one in sorted(direct)]
    return or_(
        Event.venue_id.in_(sorted(venues)),
        exists().where(its.id == Event.venue_id, or_(false(), *inside)),
        *(cast(Event.borrowed, String).contains(f'"{one}"', autoescape=True) for one in sorted(lent)),
    )


def _goes_on_past(until_at: datetime) -> ColumnElement[bool]:
    """Say that a series has dates without rows before an instant; one index knows them."""
    return and_(Event.until_at.is_(None), Event.laid_until_at < until_at, Event.status != "cancelled")


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

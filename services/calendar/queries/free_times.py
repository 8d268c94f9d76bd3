"""Free times for many: when all participants, rooms and resources are taken, read at once for the search."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.almanac import ZONE
from services.calendar.domain.claims import DAY, Site
from services.calendar.domain.conflicts import Hit, opening_hours_of, overdrawn
from services.calendar.domain.plans import is_foreign
from services.calendar.domain.slots import (
    Demand,
    Fit,
    Found,
    Lack,
    Participant,
    ParticipantKind,
    Question,
    Relaxation,
    Room,
    Span,
    ranked,
    search,
    unmet,
    why_nothing,
)
from services.calendar.models import Claim, Event, EventHost, Occurrence, Venue
from services.calendar.queries import beyond, copies
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.copies import Fault
from services.calendar.queries.events import organisation_names
from shared import opening

MOST_ROOMS = 12
TWO_DAYS = timedelta(days=2)
"""A date and what a venue needs before or after it take a day each at most."""
Closed = Mapping[str, Sequence[Span] | None]
"""By id of a venue: when it is closed, or none where nobody knows."""
Times = dict[str, tuple[list[Span], list[Span]]]
"""By id: when somebody or something is taken for certain, and when perhaps."""


@dataclass(frozen=True)
class Answer:
    """The times that were found, the best first; or what is in the way, and which needs no venue meets."""

    question: Question
    found: Sequence[Found]
    in_the_way: Sequence[Relaxation] = ()
    lacking: Sequence[Lack] = ()


def free_times(session: Session, question: Question, *, now: datetime, most: int = 5) -> Answer:
    """Find times at which everybody who must come, a place and what is borrowed are free, and explain them."""
    demand, lacking = _demand(session, question, now)
    found = search(demand, most)
    if found:
        return Answer(question, found)
    return Answer(question, (), () if lacking else why_nothing(demand), lacking)


def unknown_in(session: Session, question: Question) -> list[Fault]:
    """Name what a question refers to and no copy of is here, or is offered no more; people are known to nobody here."""
    faults = []
    for name in ("organisation_ids", "optional_organisation_ids"):
        known = organisation_names(session, {*getattr(question, name)})
        faults += [
            (f"/{name}/{number}", "No organisation is known by this id")
            for number, one in enumerate(getattr(question, name))
            if one not in known
        ]
    if question.venue_id and copies.venue(session, question.venue_id) is None:
        faults.append(("/venue_id", "No venue is known by this id"))
    lent = [one for one, _ in question.borrowed]
    stocks = copies.stocks(session, lent)
    faults += copies.withdrawn_things(session, question.venue_id, lent)
    return faults + [
        (f"/borrowed/{number}/resource_id", "No resource is known by this id")
        for number, (one, _) in enumerate(question.borrowed)
        if one not in stocks
    ]


def fit_of(row: Venue) -> Fit:
    """Give a venue with what matters for choosing it."""
    return Fit(copies.site_of(row), tuple(row.equipment), row.step_free, row.organisation_id)


def rooms_of(
    session: Session,
    fits: Sequence[Fit],
    window: Span,
    *,
    event_id: str = NOBODY,
    closed: Closed | None = None,
) -> list[Room]:
    """Give venues, the best fitting first, with the times in which others have them; `closed` as it is known."""
    sites = {**copies.sites(session, {one for fit in fits for one in fit.site.ancestor_ids})}
    sites |= {fit.site.id: fit.site for fit in fits}
    held = claims_between(session, {"venue": sites}, window, event_id)
    return [_room(fit, rank, sites, held, closed) for rank, fit in enumerate(fits)]


def claims_between(
    session: Session, keys: Mapping[str, Collection[str]], window: Span, event_id: str = NOBODY
) -> list[Hit]:
    """Find other events' claims on these things, by kind, in a window: one range of the claims' index for each thing.

    A claim is a day long at most, so one that reaches into the window begins at most a day before it. Past the horizon
    they are worked out.
    """
    if not any(keys.values()):
        return []
    low, high = window
    return [
        Hit(row.kind, row.key, low, high, row.event_id, row.start, row.end, True, row.direct, row.hard, row.quantity)
        for row in session.execute(holding(keys, window).where(Claim.event_id != event_id))
    ] + beyond.claims_within(session, keys, window, event_id)


def holding(keys: Mapping[str, Collection[str]], window: Span) -> Select[*tuple[Any, ...]]:
    """Ask for the claims on these things in a window."""
    low, high = window
    wanted = or_(*(and_(Claim.kind == kind, Claim.key.in_(sorted(ids))) for kind, ids in keys.items() if ids))
    columns = (Claim.kind, Claim.key, Claim.event_id, Claim.start, Claim.end, Claim.direct, Claim.hard, Claim.quantity)
    return select(*columns).where(wanted, Claim.start > low - DAY, Claim.start < high, Claim.end > low)


def busy_organisations(session: Session, ids: Sequence[str], window: Span) -> Times:
    """Say when organisations host events; perhaps, where the event is tentative or a subscribed calendar's."""
    times: Times = defaultdict(lambda: ([], []))
    if not ids:
        return times
    for organisation_id, start, end, status, source in session.execute(hosting(ids, window)):
        times[organisation_id][_is_soft(status, source)].append((start, end))
    for event, dates in beyond.hosted_within(session, ids, window):
        for organisation_id in event.host_ids:
            its = times[organisation_id][_is_soft(event.status, event.source)]
            its.extend((one.start, one.end) for one in dates)
    return times


def _is_soft(status: str, source: str) -> bool:
    return status == "tentative" or is_foreign(source)


def hosting(ids: Sequence[str], window: Span) -> Select[str, int, int, str, str]:
    """Ask for the dates in a window of all events that these organisations host."""
    low, high = window
    return (
        select(EventHost.organisation_id, Occurrence.start, Occurrence.end, Event.status, Event.source)
        .join(Event, Event.id == EventHost.event_id)
        .join(Occurrence, Occurrence.event_id == EventHost.event_id)
        .where(EventHost.organisation_id.in_(ids), Event.status != "cancelled", Occurrence.cancelled.is_(False))
        .where(Occurrence.start < high, Occurrence.end > low)
        # series that are over are left out before their dates are looked at
        .where(or_(Event.until_at.is_(None), Event.until_at > datetime.fromtimestamp(low, UTC)))
    )


def _demand(session: Session, question: Question, now: datetime) -> tuple[Demand, Sequence[Lack]]:
    """Read everything that a question is about, in a few queries whatever it asks for."""
    question = replace(question, from_at=max(question.from_at, now))
    window = _window(question)
    fits, lacking = _fits(session, question)
    around = copies.sites(session, {one for fit in fits or () for one in fit.site.ancestor_ids})
    closed = {fit.site.id: _closed(opening_hours_of(fit.site, around), window) for fit in fits or ()}
    rooms = None if fits is None else rooms_of(session, fits, window, closed=closed)
    return question.demand([*_people(session, question, window), *_lent(session, question, window)], rooms), lacking


def _window(question: Question) -> Span:
    """Give the time that all dates of all starts can take, with the venue's set-up and clear-up, as seconds."""
    zone = ZoneInfo(question.zone)
    first, last = (at.astimezone(zone).date() for at in (question.from_at, question.until_at))
    end = datetime.combine(question.series.last_day(first, last) + TWO_DAYS, time(), zone)
    return int((question.from_at - TWO_DAYS).timestamp()), int(end.timestamp())


def _fits(session: Session, question: Question) -> tuple[list[Fit] | None, list[Lack]]:
    """Choose the venues to look at, and say what no venue has; none where no venue is wanted."""
    if question.venue_id:
        row = copies.venue(session, question.venue_id)
        return [fit_of(row)] if row else [], []
    if question.needs is None:
        return None, []
    every = [fit_of(row) for row in copies.venues_offered(session)]
    fitting = ranked(every, question.needs)[:MOST_ROOMS]
    return fitting, [] if fitting else unmet(every, question.needs)


def _room(
    fit: Fit,
    rank: int,
    sites: Mapping[str, Site],
    held: Iterable[Hit],
    closed: Mapping[str, Sequence[Span] | None] | None,
) -> Room:
    """Put a venue together with what takes it: events at it and inside it, and those at one around it."""
    taken: tuple[list[Span], list[Span]] = ([], [])
    site = fit.site
    for hit in held:
        if hit.key == site.id or (hit.key in site.ancestor_ids and hit.other_direct):
            is_certain = hit.other_hard and (hit.key not in sites or sites[hit.key].one_at_a_time)
            taken[not is_certain].append((hit.other_start, hit.other_end))
    hours = (closed or {}).get(site.id)
    return Room(
        site.id, site.name, site.set_up_minutes, site.clear_up_minutes, *taken, hours or (), hours is not None, rank
    )


def _closed(text: str, window: Span) -> Sequence[Span] | None:
    """List when a venue is closed, by the clock of the place; none where nobody knows."""
    if not opening.is_readable(text):
        return None
    where, closed, since = ZoneInfo(ZONE), [], window[0]
    day, last = (datetime.fromtimestamp(at, where).date() for at in window)
    while day <= last:
        for start, end in opening.hours_on(text, day):
            closed.append((since, int(start.replace(tzinfo=where).timestamp())))
            since = int(end.replace(tzinfo=where).timestamp())
        day += timedelta(days=1)
    return [span for span in (*closed, (since, window[1])) if span[0] < span[1]]


def _people(session: Session, question: Question, window: Span) -> Iterator[Participant]:
    """Give all who must come or may, with what they host or lead."""
    wanted = (
        ("organisation", True, question.organisation_ids),
        ("organisation", False, question.optional_organisation_ids),
        ("person", True, question.leader_ids),
        ("person", False, question.optional_leader_ids),
    )
    organisations = [*question.organisation_ids, *question.optional_organisation_ids]
    names = organisation_names(session, {*organisations})
    times = busy_organisations(session, organisations, window)
    for hit in claims_between(session, {"person": [*question.leader_ids, *question.optional_leader_ids]}, window):
        times[hit.key][0].append((hit.other_start, hit.other_end))
    for kind, is_required, ids in wanted:
        for one in ids:
            busy, soft = times[one]
            yield Participant(one, names.get(one, ""), cast(ParticipantKind, kind), is_required, busy, soft)


def _lent(session: Session, question: Question, window: Span) -> Iterator[Participant]:
    """Give what is borrowed, with the times in which too little of it is left."""
    stocks = copies.stocks(session, [one for one, _ in question.borrowed])
    hits = claims_between(session, {"resource": stocks}, window)
    for one, quantity in question.borrowed:
        stock, mine = stocks[one], [hit for hit in hits if hit.key == one]
        left = stock.quantity - quantity
        certain = overdrawn([hit for hit in mine if hit.other_hard], left) if left >= 0 else [window]
        yield Participant(one, stock.name, "resource", True, certain, overdrawn(mine, left))

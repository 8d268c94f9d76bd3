"""The subjects of a check: an event, planned or stored, with its site and its dates; and the others that it meets."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, extract, func, select
from sqlalchemy.orm import Session

from services.calendar.domain.claims import Dated, Party, Site
from services.calendar.domain.conflicts.counts import Series
from services.calendar.domain.dates import dates_named, dates_of
from services.calendar.domain.places import point_of
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan, Fact, FactKind, is_foreign
from services.calendar.domain.series import is_series
from services.calendar.models import Event, Occurrence, Poll, Venue
from services.calendar.models import Fact as FactRow
from services.calendar.queries import copies
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.plans import plan_of
from shared import clock
from shared.reasons import NOT_PUBLIC

MOST_IDS = 500
_EVENT, _VENUE, _DATE, _POLL = Event.__table__.c, Venue.__table__.c, Occurrence.__table__.c, Poll.__table__.c
_OF_OTHERS = (
    select(
        _EVENT.id,
        _EVENT.title,
        _EVENT.visibility,
        _EVENT.poll_id,
        _POLL.visibility.label("poll_visibility"),
        _EVENT.zone,
        _EVENT.kind,
        _EVENT.all_day,
        _EVENT.starts_at,
        _EVENT.ends_at,
        _EVENT.rrule,
        _EVENT.rdates,
        _EVENT.status,
        _EVENT.source,
        _EVENT.host_ids,
        _EVENT.leader_ids,
        _EVENT.audiences,
        _EVENT.themes,
        _EVENT.venue_id,
        _EVENT.latitude,
        _EVENT.longitude,
        _VENUE.latitude.label("venue_latitude"),
        _VENUE.longitude.label("venue_longitude"),
    )
    .select_from(
        Event.__table__.outerjoin(Venue.__table__, _VENUE.id == _EVENT.venue_id).outerjoin(
            Poll.__table__, _POLL.id == _EVENT.poll_id
        )
    )
    .where(_EVENT.id.in_(bindparam("ids", expanding=True)))
)
"""Made once, of bare columns, like the others here: every check asks them."""
_WEEKDAY = extract("dow", _DATE.starts_on)
_SERIES = (
    select(_DATE.event_id, func.count(), func.min(_WEEKDAY), func.max(_WEEKDAY))
    .where(_DATE.event_id.in_(bindparam("ids", expanding=True)), _DATE.end > bindparam("now"))
    .where(_DATE.cancelled.is_(False))
    .group_by(_DATE.event_id)
)
_FACTS = select(FactRow).where(
    FactRow.withdrawn.is_(False), FactRow.end > bindparam("first"), FactRow.start < bindparam("last")
)


@dataclass(frozen=True)
class Subject:
    """An event to check: what is known of it, its site, those of its dates that are not over, and its plan."""

    party: Party
    site: Site | None
    dates: tuple[Dated, ...]
    plan: EventPlan | None = None


def subject_of_plan(
    session: Session, plan: EventPlan, *, now: datetime, event_id: str | None = None, horizon_days: int = HORIZON_DAYS
) -> Subject:
    """Make the subject of a plan, of the dates that a check looks at."""
    site = site_of(session, plan.venue_id)
    dates = dates_checked(plan, now, now + timedelta(days=horizon_days))
    return Subject(party_of(plan, event_id or NOBODY, site), site, dates, plan)


def dates_checked(plan: EventPlan, now: datetime, until_at: datetime) -> tuple[Dated, ...]:
    """Give the dates of a plan that are not over: all up to the horizon, and those that it names itself beyond."""
    dates = {*dates_of(plan, recent_at=now, until_at=until_at), *dates_named(plan, until_at)}
    return ahead(sorted(dates, key=lambda dated: (dated.start, dated.recurrence)), now)


def subject_of_event(session: Session, stored: Event, now: datetime) -> Subject:
    """Make the subject of a stored event, of the dates that are laid out already; what is not public is unnamed."""
    site = site_of(session, stored.venue_id)
    plan = plan_of(stored)
    poll = session.get(Poll, stored.poll_id) if stored.poll_id else None
    is_public = "public" in (plan.visibility, poll.visibility if poll else "")
    told = plan if is_public else replace(plan, title=NOT_PUBLIC)
    party = replace(party_of(told, stored.id, site), poll_id=stored.poll_id)
    return Subject(party, site, tuple(dates_ahead(session, stored.id, now)), plan)


def site_of(session: Session, venue_id: str | None) -> Site | None:
    """Give what the check must know of a venue, if there is one and its copy is here."""
    return copies.sites(session, [venue_id]).get(venue_id) if venue_id else None


def ahead(dates: Iterable[Dated], now: datetime) -> tuple[Dated, ...]:
    """Leave out the dates that are over: nobody can change them any more."""
    this_second = int(now.timestamp())
    return tuple(dated for dated in dates if dated.end > this_second)


def dates_ahead(session: Session, event_id: str, now: datetime) -> list[Dated]:
    """Give the laid-out dates of one event that are not over, the earliest first."""
    statement = (
        select(Occurrence)
        .where(Occurrence.event_id == event_id, Occurrence.end > int(now.timestamp()))
        .order_by(Occurrence.start, Occurrence.recurrence)
    )
    rows = session.scalars(statement)
    return [Dated(row.recurrence, row.start, row.end, row.title, row.cancelled) for row in rows]


def party_of(plan: EventPlan, event_id: str, site: Site | None) -> Party:
    """Give what the check must know of an event; its point is its own site, else its venue's."""
    borrowed: Counter[str] = Counter()
    for one in plan.borrowed:
        borrowed[one.resource_id] += one.quantity
    return Party(
        id=event_id,
        title=plan.title,
        zone=plan.zone,
        kind=plan.kind,
        all_day=plan.all_day,
        lasts_seconds=int((plan.ends_at - plan.starts_at).total_seconds()),
        repeats=is_series(plan),
        closed=plan.visibility == "hosts",
        tentative=plan.status == "tentative" or is_foreign(plan.source),
        host_ids=plan.host_ids,
        leader_ids=plan.leader_ids,
        audiences=tuple(plan.audiences),
        themes=plan.themes,
        venue_id=plan.venue_id,
        point=point_of(plan.latitude, plan.longitude) or (site.point if site else None),
        expected_participants=plan.expected_participants or 0,
        borrowed=tuple(borrowed.items()),
        set_up_minutes=plan.set_up_minutes,
        clear_up_minutes=plan.clear_up_minutes,
    )


def parties(session: Session, ids: Iterable[str]) -> dict[str, Party]:
    """Give what the check must know of these events, by id: who they are and where, not what they take.

    What not everybody may read is unnamed: reasons travel.
    """
    wanted = sorted(set(ids))
    found: dict[str, Party] = {}
    for number in range(0, len(wanted), MOST_IDS):
        for row in session.execute(_OF_OTHERS, {"ids": wanted[number : number + MOST_IDS]}):
            own = point_of(row.latitude, row.longitude)
            found[row.id] = Party(
                id=row.id,
                title=row.title if "public" in (row.visibility, row.poll_visibility) else NOT_PUBLIC,
                zone=row.zone,
                kind=row.kind,
                all_day=row.all_day,
                lasts_seconds=int((row.ends_at - row.starts_at).total_seconds()),
                repeats=bool(row.rrule or row.rdates),
                closed=row.visibility == "hosts",
                tentative=row.status == "tentative" or is_foreign(row.source),
                host_ids=tuple(row.host_ids),
                leader_ids=tuple(row.leader_ids),
                audiences=tuple(row.audiences),
                themes=tuple(row.themes),
                venue_id=row.venue_id,
                point=own or point_of(row.venue_latitude, row.venue_longitude),
                poll_id=row.poll_id,
            )
    return found


def series_ahead(session: Session, ids: Collection[str]) -> dict[str, Series]:
    """Count the dates of these events that are not over, by id, and see whether they are all on one weekday."""
    if not ids:
        return {}
    rows = session.execute(_SERIES, {"ids": sorted(ids), "now": int(clock.now().timestamp())})
    return {
        event_id: Series(dates, (int(first) or 7) if first == last else None) for event_id, dates, first, last in rows
    }


def facts_between(session: Session, dates: Sequence[Dated]) -> list[Fact]:
    """Give the municipal facts that hold at some time between the first date and the last."""
    if not dates:
        return []
    first, last = min(dated.start for dated in dates), max(dated.end for dated in dates)
    return [fact_of(row) for row in session.scalars(_FACTS, {"first": first, "last": last})]


def fact_of(row: FactRow) -> Fact:
    """Give one municipal fact as a value, its instants in UTC."""
    return Fact(
        id=row.id,
        partner=row.partner,
        kind=cast(FactKind, row.kind),
        title=row.title,
        starts_at=datetime.fromtimestamp(row.start, UTC),
        ends_at=datetime.fromtimestamp(row.end, UTC),
        zone=row.zone,
        latitude=row.latitude,
        longitude=row.longitude,
        radius_m=row.radius_m,
        url=row.url,
    )

"""Terms: which two events may be joined or coordinated, and what their hosts agree on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.events import TIME_AND_PLACE
from services.calendar.commands.refusing import clear_rules
from services.calendar.domain.faults import faults_of
from services.calendar.domain.joining import ProposalPlan, Terms, Way, changes_of_joining, is_like
from services.calendar.domain.plans import EventPlan, is_foreign
from services.calendar.domain.statuses import STANDING, has_begun, is_over
from services.calendar.models import Event, History, Opportunity, Venue
from services.calendar.problems import EventBegun, EventOfAnother, EventOver
from shared import clock
from shared.problems import InvalidInput

DIFFERENT_HOSTS = "Name two events of different hosts"
DECIDES = TIME_AND_PLACE | {"host_ids"}
"""Whoever proposes to join means two events of these hosts, then and there."""


def terms_of(session: Session, events: Mapping[str, Event], plan: ProposalPlan) -> Terms:
    """Complete the terms: the event that was planned first goes on, at its time and its place.

    Raises `InvalidInput` where such events cannot be proposed to each other, or not so.
    """
    plans = {event_id: queries.plan_of(event) for event_id, event in events.items()}
    _refuse([*_faults_of_terms(session, plan, plans), *_faults_of_pair(plan.way, *plans.values())])
    earliest = min(events.values(), key=lambda event: (event.created_at, event.id)).id
    keep = plan.keep_id or earliest
    terms = Terms(keep, plan.time_of_id or keep, plan.place_of_id or keep, plan.starts_at, plan.ends_at, plan.venue_id)
    if plan.way == "join":
        with clear_rules():
            joint = replace(plans[keep], **changes_of_joining(plans, terms))
        _refuse(faults_of(joint) or [("/starts_at", "This time is over")] * has_begun(joint, clock.now()))
    return terms


def _refuse(faults: list[tuple[str, str]]) -> None:
    if faults:
        raise InvalidInput(*faults)


def _faults_of_terms(
    session: Session, plan: ProposalPlan, events: Mapping[str, EventPlan]
) -> Iterator[tuple[str, str]]:
    for name in ("event_id", "keep_id", "time_of_id", "place_of_id"):
        if getattr(plan, name) not in (None, *events):
            yield f"/{name}", "Name one of the two events"
    if (plan.starts_at is None) != (plan.ends_at is None):
        yield "/ends_at", "Say both when it begins and when it ends"
    elif plan.starts_at and plan.ends_at and plan.ends_at <= plan.starts_at:
        yield "/ends_at", "The end must be after the start"
    if plan.venue_id and session.get(Venue, plan.venue_id) is None:
        yield "/venue_id", "No venue is known by this id"
    yield from queries.withdrawn_things(session, plan.venue_id, ())


def _faults_of_pair(way: Way, one: EventPlan, other: EventPlan) -> Iterator[tuple[str, str]]:
    if not (one.host_ids and other.host_ids) or set(one.host_ids) & set(other.host_ids):
        yield "/event_ids", DIFFERENT_HOSTS
    if way == "join" and not is_like(one, other):
        yield "/way", "An event that repeats and one that does not cannot become one; coordinate them"
    if way == "join" and (one.kind == "meeting") != (other.kind == "meeting"):
        yield "/way", "A meeting and another event cannot become one; coordinate them"


def refuse_what_cannot(events: Iterable[Event], way: str | None) -> None:
    """Refuse two events that are over, or cannot be joined; raises `EventOver`, `EventBegun`, `EventOfAnother`."""
    now = clock.now()
    for event in events:
        if event.status not in STANDING:
            raise EventOver
        if way == "join" and is_foreign(event.source):
            raise EventOfAnother
        plan = queries.plan_of(event)
        if is_over(plan, now) or (way == "join" and (plan.outcome is not None or has_begun(plan, now))):
            raise EventBegun


def is_outdated(session: Session, row: Opportunity) -> bool:
    """Say whether one of the events was moved, or has other hosts, since this was proposed."""
    proposed = select(func.max(History.position)).where(
        History.aggregate == "opportunity", History.aggregate_id == row.id, History.action == "proposed"
    )
    since = select(History.changes).where(
        History.aggregate == "event",
        History.aggregate_id.in_((row.event_a, row.event_b)),
        History.position > proposed.scalar_subquery(),
    )
    return any(DECIDES & changes.keys() for changes in session.scalars(since))

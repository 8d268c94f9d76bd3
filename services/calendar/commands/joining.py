"""Joining and coordinating: two events of different hosts become one, or know of each other."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import permutations

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.asking import withdraw_all
from services.calendar.commands.events import cancel_event, edit_event
from services.calendar.commands.meetings import join_meetings
from services.calendar.commands.refusing import clear_rules
from services.calendar.commands.requests import acting_for
from services.calendar.commands.telling import tell_of_event
from services.calendar.domain.approval import ACTIVE, what_of
from services.calendar.domain.joining import Terms, changes_of_joining
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan
from services.calendar.domain.statuses import has_begun
from services.calendar.models import Event, History, Occurrence, Opportunity, Resource, SatisfactionLink
from services.calendar.problems import EventBegun
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import EventChanged
from shared.people import Person


def lock_events(session: Session, event_ids: Iterable[str]) -> dict[str, Event]:
    """Lock events in the order of their ids and give them by id, as they are now."""
    statement = select(Event).where(Event.id.in_(event_ids)).order_by(Event.id).with_for_update(key_share=True)
    return {event.id: event for event in session.scalars(statement.execution_options(populate_existing=True))}


def join_events(
    session: Session, events: Mapping[str, Event], terms: Terms, *, by: Person, horizon_days: int = HORIZON_DAYS
) -> Event:
    """Make one event of two: one goes on with the hosts of both, the other is cancelled as joined into it.

    What the other one took is free for the joint event; it is guarded as any edit. `by` acts in the name of all hosts,
    who agreed. Raises `EventBlocked`, `EventBegun`, `InvalidInput`: nothing is changed then.
    """
    kept = events[terms.keep_id]
    other = next(event for event_id, event in events.items() if event_id != terms.keep_id)
    plans = {event_id: queries.plan_of(event) for event_id, event in events.items()}
    lent = [one.resource_id for plan in plans.values() for one in plan.borrowed]
    stocks = {row.id: row.quantity for row in session.scalars(select(Resource).where(Resource.id.in_(lent)))}
    agreed = acting_for(by, tuple(dict.fromkeys((*kept.host_ids, *other.host_ids))))
    with clear_rules():
        changes = changes_of_joining(plans, terms, stocks)
    joint = replace(plans[kept.id], **changes)
    if has_begun(joint, clock.now()):
        raise EventBegun
    _hand_over_requests(session, other, kept, joint, by=agreed)
    _hand_over_ties(session, other, kept, by=by)
    if other.kind == "meeting":
        join_meetings(session, by=agreed, event_id=other.id, into_id=kept.id)
    other.joined_into_id = kept.id
    cancel_event(session, by=agreed, event_id=other.id, action="joined")
    edit_event(session, by=agreed, event_id=kept.id, changes=changes, horizon_days=horizon_days, action="joined")
    _hand_over_links(session, other, kept)
    return kept


def coordinate_events(session: Session, events: Mapping[str, Event], *, by: Person) -> None:
    """Let two events know of each other: each names the other, and nothing else changes."""
    for event, other in permutations(events.values(), 2):
        _relate(session, event, [*event.related_ids, other.id], by=by)


def end_coordination(session: Session, event: Event) -> None:
    """Let those who are coordinated with an event that does not take place name it no more."""
    if not event.related_ids:
        return
    events = lock_events(session, [event.id, *event.related_ids])
    if event.status != "cancelled":  # it is brought back meanwhile
        return
    for other in events.values():
        gone = event.related_ids if other is event else [event.id]
        _relate(session, other, [one for one in other.related_ids if one not in gone], by=None)
    mine = or_(Opportunity.event_a == event.id, Opportunity.event_b == event.id)
    agreed = (Opportunity.state == "accepted", Opportunity.way == "coordinate")
    held = select(Opportunity).where(mine, *agreed).order_by(Opportunity.id).with_for_update(key_share=True)
    for row in session.scalars(held):
        row.state, row.version, row.message = "gone", row.version + 1, ""
        row.proposer_event_id, row.way, row.terms = None, None, None


def follow_on(session: Session, series: Event, part: Event, *, by: Person) -> None:
    """Let what was split off a series have with others what the series has: "no thanks", and coordination."""
    mine = or_(Opportunity.event_a == series.id, Opportunity.event_b == series.id)
    for row in session.scalars(select(Opportunity).where(mine, Opportunity.state == "declined")):
        kept = {column.key: getattr(row, column.key) for column in Opportunity.__table__.columns}
        swap = {series.id: part.id}
        event_a, event_b = sorted(swap.get(one, one) for one in (row.event_a, row.event_b))
        declined_event_id = swap.get(row.declined_event_id or "", row.declined_event_id)
        again = {"id": new_id(), "event_a": event_a, "event_b": event_b, "declined_event_id": declined_event_id}
        session.add(Opportunity(**{**kept, **again, "version": 1}))
    for other in lock_events(session, series.related_ids).values():
        coordinate_events(session, {one.id: one for one in (other, part)}, by=by)


def _hand_over_requests(session: Session, other: Event, kept: Event, joint: EventPlan, *, by: Person) -> None:
    """Let an owner's agreement, and what waits for one, go on with the joint event where it needs just that."""
    wanted = {what_of(joint, need) for need in queries.needs_of(session, joint)}
    own = {row.what: row for row in queries.requests_of(session, kept.id) if row.state in ACTIVE}
    for row in queries.requests_of(session, other.id):
        twin = own.get(row.what)
        if row.state not in ACTIVE or row.what not in wanted or (twin and row.state != "accepted"):
            continue
        if twin:
            withdraw_all(session, kept, [twin], by=by)
        row.event_id, row.version, row.changed_at = kept.id, row.version + 1, clock.now()
        changes = {"event_id": [other.id, kept.id]}
        history.record(
            session, History, aggregate="request", id=row.id, version=row.version, by=by, action="joined",
            changes=changes,
        )  # fmt: skip
    session.flush()


def _hand_over_ties(session: Session, other: Event, kept: Event, *, by: Person) -> None:
    """Let what is coordinated with the event that ends be coordinated with the joint one."""
    ties = [one for one in (*kept.related_ids, *other.related_ids) if one not in (kept.id, other.id)]
    for one in lock_events(session, [event_id for event_id in other.related_ids if event_id != kept.id]).values():
        _relate(session, one, [kept.id if event_id == other.id else event_id for event_id in one.related_ids], by=by)
    _relate(session, kept, ties, by=by)
    other.related_ids = []


def _hand_over_links(session: Session, other: Event, kept: Event) -> None:
    """Let a printed link to questions ask about the same date of the joint event, unless that has one of its own."""
    for link in session.scalars(select(SatisfactionLink).where(SatisfactionLink.event_id == other.id)).all():
        stands = link.recurrence == 0 or session.get(Occurrence, (kept.id, link.recurrence)) is not None
        if stands and session.get(SatisfactionLink, (kept.id, link.recurrence)) is None:
            mine = SatisfactionLink.token == link.token
            session.execute(update(SatisfactionLink).where(mine).values(event_id=kept.id))


def _relate(session: Session, event: Event, related_ids: Iterable[str], *, by: Person | None) -> None:
    """Write with which others an event is coordinated, and tell it."""
    before, after = list(event.related_ids), list(dict.fromkeys(related_ids))
    if before == after:
        return
    now = clock.now()
    event.related_ids, event.version, event.changed_at = after, event.version + 1, now
    session.flush()
    action = "coordinated" if len(after) >= len(before) else "uncoordinated"
    history.record(
        session, History, aggregate="event", id=event.id, version=event.version, by=by, action=action,
        changes={"related_ids": [before, after]},
    )  # fmt: skip
    tell_of_event(session, EventChanged, event, queries.dates_ahead(session, event.id, now))

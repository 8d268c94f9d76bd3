"""Proposals: the hosts of one event propose to those of another to join or coordinate; they accept, or decline."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.inserting import insert_once
from services.calendar.commands.joining import coordinate_events, join_events, lock_events
from services.calendar.commands.telling import event_address, tell_of_opportunity
from services.calendar.commands.terms import DIFFERENT_HOSTS, is_outdated, refuse_what_cannot, terms_of
from services.calendar.domain.joining import ProposalPlan, Terms
from services.calendar.domain.permissions import may_answer_proposal, may_propose
from services.calendar.domain.plans import HORIZON_DAYS
from services.calendar.models import Event, History, Opportunity
from services.calendar.problems import (
    NoThanks,
    OpportunitySettled,
    ProposalOutdated,
)
from services.calendar.queries.subjects import parties
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import (
    OpportunityAccepted,
    OpportunityDeclined,
    OpportunityProposed,
    OpportunityWithdrawn,
    ProposalFacts,
)
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound

PROPOSED_TOGETHER = "proposed_together"


def propose_pair(session: Session, *, by: Person, event_ids: tuple[str, str], plan: ProposalPlan) -> Opportunity:
    """Propose to join or coordinate two events, whether or not an opportunity was found between them.

    Raises `NotFound`, also where they may not see one, `NotAllowed`, and as `propose`.
    """
    event_a, event_b = sorted(event_ids)
    events = {one: queries.event_seen(session, one, by) for one in (event_a, event_b)}
    must(any(may_propose(by, tuple(event.host_ids)) for event in events.values()))
    if len(events) < 2:
        raise InvalidInput(("/event_ids", DIFFERENT_HOSTS))
    pair = (Opportunity.event_a == event_a, Opportunity.event_b == event_b)
    held = select(Opportunity).where(*pair).with_for_update(key_share=True)
    row = session.scalars(held).first()
    if row is None:
        _write_pair(session, events)  # unless somebody else does at this moment
        row = session.scalars(held).one()
    return _propose(session, row, by, plan)


def propose(
    session: Session, *, by: Person, opportunity_id: str, plan: ProposalPlan, version: int | None = None
) -> Opportunity:
    """Propose to the hosts of the other event what an opportunity suggests.

    Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, `OpportunitySettled`, `NoThanks` where the other side declined,
    `InvalidInput` also unless they have different hosts, `EventOver`, `EventBegun`, `EventOfAnother`.
    """
    return _propose(session, _locked(session, opportunity_id), by, plan, version)


def accept_proposal(
    session: Session, *, by: Person, opportunity_id: str, version: int | None = None, horizon_days: int = HORIZON_DAYS
) -> Opportunity:
    """Agree to what the other side proposed: the two become one event, or are coordinated.

    Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, `OpportunitySettled`, `ProposalOutdated` where one was moved
    since or has other hosts, `EventOver`, `EventBegun`, `EventOfAnother`, `EventBlocked`.
    """
    row = _locked(session, opportunity_id)
    events = lock_events(session, (row.event_a, row.event_b))
    hosts = _hosts(session, row)
    must(may_answer_proposal(by, hosts[_asked(row)] if row.proposer_event_id else _all(hosts)))
    _refuse_unless(row, version, "proposed")
    refuse_what_cannot(events.values(), row.way)
    if row.way == "join" and is_outdated(session, row):
        raise ProposalOutdated(extra={"state": row.state})
    facts = _proposal(row, hosts)
    _write(session, row, by, "accepted")
    if row.way == "coordinate":
        coordinate_events(session, events, by=by)
        facts["url"] = event_address(row.event_a)
    else:
        joint = join_events(session, events, Terms.of(row.terms or {}), by=by, horizon_days=horizon_days)
        facts |= {"joint_event_id": joint.id, "url": event_address(joint.id)}
        row.start, row.end, row.zone = *_first_date(joint), joint.zone
    _tell(session, row, OpportunityAccepted, facts)
    return row


def decline(
    session: Session, *, by: Person, opportunity_id: str, because: str = "", version: int | None = None
) -> Opportunity:
    """Say "no thanks" to a proposal, or to a suggestion: this pair is not suggested again.

    Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, `OpportunitySettled`.
    """
    row = _locked(session, opportunity_id)
    hosts = _hosts(session, row)
    side = _asked(row) if row.proposer_event_id else _side(by, hosts)
    must(side is not None and may_answer_proposal(by, hosts[side]))
    _refuse_unless(row, version, "open", "proposed")
    facts = _proposal(row, hosts)
    row.declined_event_id, row.answer, row.proposer_event_id = side, because, None
    _write(session, row, by, "declined", because)
    _tell(session, row, OpportunityDeclined, {**facts, "because": because})
    return row


def withdraw_proposal(session: Session, *, by: Person, opportunity_id: str, version: int | None = None) -> Opportunity:
    """Take a proposal back; an opportunity that was found is open again. Raises as `decline`."""
    row = _locked(session, opportunity_id)
    hosts = _hosts(session, row)
    must(may_propose(by, hosts[row.proposer_event_id] if row.proposer_event_id else _all(hosts)))
    _refuse_unless(row, version, "proposed")
    was_found = row.reason["code"] != PROPOSED_TOGETHER
    _take_back(session, row, by, "open" if was_found else "gone", hosts)
    return row


def reason_of_pair(session: Session, event_ids: tuple[str, str]) -> dict[str, Any]:
    """Give the reason of two events that somebody wants to be done together, whatever they have in common."""
    known = parties(session, event_ids)
    one, other = (known[event_id].title for event_id in event_ids)
    return {"code": PROPOSED_TOGETHER, "values": {"one": one, "other": other}}


def end_proposals(session: Session, event_id: str) -> None:
    """Take back the proposals about an event that does not stand any more."""
    mine = or_(Opportunity.event_a == event_id, Opportunity.event_b == event_id)
    waiting = select(Opportunity).where(mine, Opportunity.state == "proposed").with_for_update(key_share=True)
    for row in session.scalars(waiting):
        _take_back(session, row, None, "gone", _hosts(session, row))


def _propose(
    session: Session, row: Opportunity, by: Person, plan: ProposalPlan, version: int | None = None
) -> Opportunity:
    events = lock_events(session, (row.event_a, row.event_b))
    hosts = _hosts(session, row)
    side = plan.event_id if plan.event_id in hosts else _side(by, hosts, row.declined_event_id)
    must(side is not None and may_propose(by, hosts[side]))
    if row.state == "declined" and row.declined_event_id != side:
        raise NoThanks(extra={"state": row.state})
    _refuse_unless(row, version, "open", "gone", "declined")
    refuse_what_cannot(events.values(), plan.way)
    terms = terms_of(session, events, plan)
    row.proposer_event_id, row.declined_event_id, row.answer = side, None, ""
    row.way, row.message, row.terms = plan.way, plan.message, terms.kept()
    _write(session, row, by, "proposed")
    _tell(session, row, OpportunityProposed, {**_proposal(row, hosts), "message": row.message})
    return row


def _write_pair(session: Session, events: Mapping[str, Event]) -> None:
    """Write the row of two events between which no opportunity was found, unless it stands."""
    event_a, event_b = sorted(events)
    first = min(events.values(), key=lambda event: event.starts_at)
    start, end = _first_date(first)
    values = {
        "id": new_id(),
        "version": 0,
        "event_a": event_a,
        "event_b": event_b,
        "state": "open",
        "score": 0,
        "reason": reason_of_pair(session, (event_a, event_b)),
        "start": start,
        "end": end,
        "zone": first.zone,
        "found_at": clock.now(),
        "message": "",
        "answer": "",
    }
    insert_once(session, Opportunity, values)


def _first_date(event: Event) -> tuple[int, int]:
    return int(event.starts_at.timestamp()), int(event.ends_at.timestamp())


def _locked(session: Session, opportunity_id: str) -> Opportunity:
    row = session.get(Opportunity, opportunity_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _refuse_unless(row: Opportunity, version: int | None, *states: str) -> None:
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    if row.state not in states:
        raise OpportunitySettled(extra={"state": row.state})


def _hosts(session: Session, row: Opportunity) -> dict[str, tuple[str, ...]]:
    """Give the hosts of both events, by the events' ids."""
    return {one: tuple(queries.event(session, one).host_ids) for one in (row.event_a, row.event_b)}


def _all(hosts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(host for those in hosts.values() for host in those)


def _side(by: Person, hosts: Mapping[str, tuple[str, ...]], rather: str | None = None) -> str | None:
    """Name the event for which this person speaks; of two, `rather` this one."""
    own = [event_id for event_id, those in hosts.items() if may_propose(by, those)]
    return rather if rather in own else next(iter(own), None)


def _asked(row: Opportunity) -> str:
    """Name the event whose hosts are asked."""
    return row.event_b if row.proposer_event_id == row.event_a else row.event_a


def _proposal(row: Opportunity, hosts: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Give what a message says of the proposal as it stands."""
    proposers = hosts[row.proposer_event_id] if row.proposer_event_id else ()
    return {"way": row.way if proposers else None, "proposer_ids": proposers}


def _take_back(
    session: Session, row: Opportunity, by: Person | None, state: str, hosts: Mapping[str, tuple[str, ...]]
) -> None:
    facts = _proposal(row, hosts)
    row.proposer_event_id, row.way, row.terms, row.message = None, None, None, ""
    _write(session, row, by, "withdrawn", state=state)
    _tell(session, row, OpportunityWithdrawn, facts)


def _write(
    session: Session, row: Opportunity, by: Person | None, action: str, because: str = "", state: str | None = None
) -> None:
    row.state = state or action
    row.version += 1
    session.flush()
    history.record(
        session, History, aggregate="opportunity", id=row.id, version=row.version, by=by, action=action, reason=because
    )


def _tell(session: Session, row: Opportunity, message: type[ProposalFacts], facts: Mapping[str, Any]) -> None:
    tell_of_opportunity(session, row, parties(session, (row.event_a, row.event_b)), message, **facts)

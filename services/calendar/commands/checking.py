"""Checking: what the calendar's own listener does when an event is planned, moved, changed or cancelled.

Both events are committed before either message exists, so the later of two checks always sees the pair. A check
looks at what is stored now, never at what the message said: run twice, late or out of order it finds the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.inserting import insert_once
from services.calendar.commands.joining import end_coordination
from services.calendar.commands.listing import check_again
from services.calendar.commands.proposals import end_proposals, reason_of_pair
from services.calendar.commands.telling import Cause, tell_of_conflict, tell_of_opportunity
from services.calendar.domain.claims import Party
from services.calendar.domain.conflicts import STANDING_STATES, Finding
from services.calendar.domain.opportunities import MOST, Chance
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Conflict, Event, Opportunity
from services.calendar.queries import event_ids_of
from services.calendar.queries.subjects import parties
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import ConflictChanged, ConflictDetected, ConflictResolved

CHECKS_LOCK = 0x0C_4E_C4
SUMMED = frozenset({"resource_short", "venue_over_capacity"})
"""Reasons that depend on what others than the two take as well."""
Identity = tuple[str, str, str, str]


def check_event(session: Session, event_id: str, cause: Cause = "changed") -> None:
    """Store what an event meets now: new conflicts are told, changed ones too, and those that are gone."""
    lock_checks(session)
    event = session.get(Event, event_id)
    if event is None:
        return
    now = clock.now()
    subject = queries.subject_of_event(session, event, now)
    if event.status not in STANDING:
        settle(session, subject.party, [], {}, cause=cause, now=now)
        _keep_chances(session, subject.party, [], {}, now)
        end_proposals(session, event.id)
        if event.status == "cancelled":
            end_coordination(session, event)
        return
    found = queries.check(session, subject)
    settle(session, subject.party, found.findings, found.parties, cause=cause, now=now)
    chances, others = queries.chances_of(session, subject, found.findings)
    _keep_chances(session, subject.party, chances, others, now)


def lock_checks(session: Session) -> None:
    """Let one check run at a time, so that each sees what the one before it stored."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHECKS_LOCK)))


def settle(
    session: Session,
    party: Party,
    findings: Iterable[Finding],
    others: Mapping[str, Party],
    *,
    cause: Cause,
    now: datetime,
    only: tuple[str, str] | None = None,
) -> None:
    """Bring the stored conflicts of one event to what was found, and tell what is new, different or gone.

    `only` limits it to one kind and key: a municipal fact that came or went.
    """
    mine = or_(Conflict.event_a == party.id, Conflict.event_b == party.id)
    stored = {_identity_of(row): row for row in session.scalars(select(Conflict).where(mine, *_limited(only)))}
    known = {party.id: party, **others}
    wanted = {_identity(party, finding): finding for finding in _ahead(findings, int(now.timestamp()))}
    for identity, finding in wanted.items():
        row = stored.get(identity)
        if row is None:
            if finding.listed:
                _detect(session, identity, finding, party, known, now)
        else:
            _refresh(session, row, finding, party, known, now)
    gone = [row for identity, row in stored.items() if identity not in wanted and row.state in STANDING_STATES]
    _resolve(session, gone, party, known, cause, now)


def _ahead(findings: Iterable[Finding], now: int) -> Iterator[Finding]:
    """Leave out the times that are over: what was met then is past, and no news."""
    for finding in findings:
        if spans := tuple(span for span in finding.spans if span[1] > now):
            yield finding if len(spans) == len(finding.spans) else replace(finding, spans=spans)


def _detect(
    session: Session, identity: Identity, finding: Finding, party: Party, known: Mapping[str, Party], now: datetime
) -> None:
    """Insert by identity; only a real insert is told."""
    kind, key, event_a, event_b = identity
    values = {
        "id": new_id(),
        "version": 1,
        "kind": kind,
        "key": key,
        "event_a": event_a,
        "event_b": event_b,
        "state": "open",
        "accepted_because": "",
        "found_at": now,
        "changed_at": now,
        **_found(finding, party, event_a),
    }
    if (row := insert_once(session, Conflict, values)) is not None:
        _look_at_others(session, [row], party)
        tell_of_conflict(session, ConflictDetected, row, dict(known))


def _refresh(
    session: Session, row: Conflict, finding: Finding, party: Party, known: Mapping[str, Party], now: datetime
) -> None:
    """Write what is different; told is another severity, another reason or another first time, and a return."""
    again = row.state not in STANDING_STATES
    if again and not finding.listed:
        return
    fresh = _found(finding, party, row.event_a)
    ahead = [span for span in row.spans if span[1] > int(now.timestamp())]
    told = (row.severity, row.reason["code"], ahead[0] if ahead else None)
    differs = again or told != (fresh["severity"], fresh["reason"]["code"], fresh["spans"][0])
    for name, value in fresh.items():
        setattr(row, name, value)
    if not differs:
        return
    row.state, row.version, row.changed_at, row.resolved_by = "open", row.version + 1, now, None
    session.flush()
    tell_of_conflict(session, ConflictDetected if again else ConflictChanged, row, dict(known))


def _resolve(
    session: Session, rows: Sequence[Conflict], party: Party, known: Mapping[str, Party], cause: Cause, now: datetime
) -> None:
    """Say that these are gone; one whose time is over is merely past."""
    missing = {one for row in rows for one in (row.event_a, row.event_b)} - set(known)
    everyone = {**parties(session, missing), **known}
    for row in rows:
        over = row.last_end <= int(now.timestamp())
        row.state, row.version, row.changed_at = "past" if over else "resolved", row.version + 1, now
        if not over:
            row.resolved_by = cause
            tell_of_conflict(session, ConflictResolved, row, everyone)
    _look_at_others(session, rows, party)
    session.flush()


def _look_at_others(session: Session, rows: Iterable[Conflict], party: Party) -> None:
    """Have the others of a sum checked again: what one of them takes decides what those that remain meet."""
    summed = [row for row in rows if row.reason["code"] in SUMMED]
    others = {one for row in summed for one in event_ids_of(row)} - {party.id}
    if others:
        check_again(session, select(Event.id).where(Event.id.in_(others)))


def _found(finding: Finding, party: Party, event_a: str) -> dict[str, Any]:
    """Give the columns that a finding fills; its sentence names `event_a` first, whichever of the two was checked."""
    values = dict(finding.reason.values)
    if party.id != event_a:
        for one, other in (("one", "other"), ("one_dates", "other_dates")):
            if other in values:  # a finding that is only counted has no counts of its own
                values[one], values[other] = values[other], values[one]
    return {
        "severity": finding.severity,
        "reason": {"code": finding.reason.code, "values": values},
        "start": finding.spans[0][0],
        "end": finding.spans[0][1],
        "last_end": finding.spans[-1][1],
        "spans": [list(span) for span in finding.spans],
        "zone": party.zone,
    }


def _identity(party: Party, finding: Finding) -> Identity:
    """Name a conflict by what it is between, whichever of the two was checked."""
    event_a, event_b = sorted((party.id, finding.other_id or party.id))
    return finding.kind, finding.key, event_a, event_b


def _identity_of(row: Conflict) -> Identity:
    return row.kind, row.key, row.event_a, row.event_b


def _limited(only: tuple[str, str] | None) -> list[ColumnElement[bool]]:
    return [] if only is None else [Conflict.kind == only[0], Conflict.key == only[1]]


def _keep_chances(
    session: Session, party: Party, chances: Sequence[Chance], others: Mapping[str, Party], now: datetime
) -> None:
    """Keep the opportunities that still hold, end the others, and add the best new ones: three an event at most.

    Where either of the two has three already, a better one takes the place of the weakest.
    """
    mine = or_(Opportunity.event_a == party.id, Opportunity.event_b == party.id)
    held = select(Opportunity).where(mine).order_by(Opportunity.id).with_for_update(key_share=True)
    rows = {_other(row, party.id): row for row in session.scalars(held.execution_options(populate_existing=True))}
    by_other = {chance.other_id: chance for chance in chances}
    for other_id, row in rows.items():
        if row.state == "open" and other_id in by_other:
            chance = by_other[other_id]
            row.score, row.reason = chance.score, chance.reason.model_dump(mode="json")
            row.start, row.end = chance.span
        elif row.state == "open" and row.end > int(now.timestamp()):  # one that was missed was found all the same
            row.state, row.version = "gone", row.version + 1
    _name_anew(session, rows.values())
    session.flush()
    known = {**others, party.id: party}
    fresh = [chance for chance in chances if chance.other_id not in rows or rows[chance.other_id].state == "gone"]
    standing = _standing(session, [party.id, *(chance.other_id for chance in fresh)], now)
    for chance in fresh:
        ends = (standing[party.id], standing[chance.other_id])
        weakest = [min(end, key=lambda row: row.score) for end in ends if len(end) >= MOST]
        if any(row.score >= chance.score for row in weakest):
            continue
        for row in weakest:
            row.state, row.version = "gone", row.version + 1
            for end in standing.values():
                end.discard(row)
        if (opened := _open_chance(session, rows.get(chance.other_id), party, chance, known, now)) is not None:
            for end in ends:
                end.add(opened)


def _name_anew(session: Session, rows: Collection[Opportunity]) -> None:
    """Keep no reason that names an event as it was called before: it may not have been for everybody then."""
    ids = {one for row in rows for one in (row.event_a, row.event_b)}
    titles = dict(session.execute(select(Event.id, Event.title).where(Event.id.in_(ids))).all()) if ids else {}
    for row in rows:
        named = {row.reason["values"].get(name) for name in ("one", "other")}
        if named != {titles[row.event_a], titles[row.event_b]}:
            row.reason = reason_of_pair(session, (row.event_a, row.event_b))


def _standing(session: Session, event_ids: Sequence[str], now: datetime) -> dict[str, set[Opportunity]]:
    """Give the open opportunities of each of these events that are not over."""
    found: dict[str, set[Opportunity]] = {event_id: set() for event_id in event_ids}
    theirs = or_(Opportunity.event_a.in_(event_ids), Opportunity.event_b.in_(event_ids))
    held = select(Opportunity).where(Opportunity.state == "open", Opportunity.end > int(now.timestamp()), theirs)
    held = held.order_by(Opportunity.id).with_for_update(key_share=True)  # or a proposal made meanwhile would be lost
    for row in session.scalars(held.execution_options(populate_existing=True)):
        for event_id in {row.event_a, row.event_b} & found.keys():
            found[event_id].add(row)
    return found


def _open_chance(
    session: Session, row: Opportunity | None, party: Party, chance: Chance, known: Mapping[str, Party], now: datetime
) -> Opportunity | None:
    event_a, event_b = sorted((party.id, chance.other_id))
    values: dict[str, Any] = {
        "state": "open",
        "score": chance.score,
        "reason": chance.reason.model_dump(mode="json"),
        "start": chance.span[0],
        "end": chance.span[1],
        "zone": party.zone,
        "found_at": now,
    }
    if row is None:
        keys = {"id": new_id(), "version": 1, "event_a": event_a, "event_b": event_b}
        row = insert_once(session, Opportunity, {**keys, **values})
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        session.flush()
    if row is not None:
        tell_of_opportunity(session, row, dict(known))
    return row


def _other(row: Opportunity, event_id: str) -> str:
    return row.event_b if row.event_a == event_id else row.event_a

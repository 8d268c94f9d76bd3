"""Municipal facts: what other systems of the city told, accepted as our own and checked against every event."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.checking import lock_checks, settle
from services.calendar.commands.telling import tell_of_fact
from services.calendar.domain.claims import Party
from services.calendar.domain.conflicts import Finding, Known, by_rules, municipal_conflicts
from services.calendar.domain.conflicts.facts import metres_within
from services.calendar.domain.plans import Fact
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Conflict, Event, Occurrence
from services.calendar.models import Fact as FactRow
from services.calendar.queries import Subject, copies
from services.calendar.queries.subjects import dates_ahead, fact_of, parties
from shared import clock
from shared.identifiers import new_id


def announce_fact(session: Session, *, fact: Fact, version: int) -> FactRow | None:
    """Accept a fact, or a newer version of one; `fact.id` is the partner's own. A stale or equal version is ignored."""
    now = clock.now()
    row = _row_of(session, fact.partner, fact.id)
    if row is not None and row.partner_version >= version:
        return None
    if row is None:
        row = FactRow(id=new_id(), version=0, partner=fact.partner, partner_fact_id=fact.id)
        session.add(row)
    row.version += 1
    row.partner_version = version
    row.kind, row.title, row.zone, row.url = fact.kind, dict(fact.title), fact.zone, fact.url
    row.start, row.end = int(fact.starts_at.timestamp()), int(fact.ends_at.timestamp())
    row.latitude, row.longitude, row.radius_m = fact.latitude, fact.longitude, fact.radius_m
    row.withdrawn, row.told_at = False, now
    session.flush()
    tell_of_fact(session, row)
    return row


def withdraw_fact(session: Session, *, partner: str, partner_fact_id: str, version: int) -> FactRow | None:
    """Let a fact no longer hold; what was never told, or is withdrawn already, is ignored.

    A partner need not count its versions: a withdrawal of the same version as the announcement is newer.
    """
    row = _row_of(session, partner, partner_fact_id)
    if row is None or row.withdrawn or row.partner_version > version:
        return None
    row.withdrawn, row.version, row.partner_version = True, row.version + 1, version
    session.flush()
    tell_of_fact(session, row)
    return row


def check_fact(session: Session, fact_id: str) -> None:
    """Check one fact against every event near it in time, and settle the conflicts that it had."""
    lock_checks(session)
    row = session.get(FactRow, fact_id)
    if row is None:
        return
    now = clock.now()
    only = ("municipal", row.id)
    fact, met = fact_of(row), set(_events_met(session, row))
    then = parties(session, {*_events_then(session, row), *met})
    concerned = {one: party for one, party in then.items() if one in met or metres_within(party, fact) is not None}
    venues = {party.venue_id for party in concerned.values() if party.venue_id}
    known = Known(sites=copies.sites(session, venues), rules=queries.rules(session))
    for party in concerned.values():
        findings = [] if row.withdrawn else _findings(session, party, fact, known)
        settle(session, party, findings, {}, cause="withdrawn" if row.withdrawn else "changed", now=now, only=only)


def _findings(session: Session, party: Party, fact: Fact, known: Known) -> list[Finding]:
    event = session.get(Event, party.id)
    if event is None or event.status not in STANDING:
        return []
    subject = Subject(party, None, tuple(dates_ahead(session, party.id, clock.now())))
    found = by_rules(party, municipal_conflicts(party, subject.dates, [fact]), known)
    return queries.with_counts(session, subject, found)


def _events_then(session: Session, row: FactRow) -> list[str]:
    """Name the events that have a date while the fact holds."""
    statement = (
        select(Occurrence.event_id)
        .where(Occurrence.start < row.end, Occurrence.end > row.start, Occurrence.cancelled.is_(False))
        .distinct()
    )
    return list(session.scalars(statement))


def _events_met(session: Session, row: FactRow) -> list[str]:
    """Name the events that this fact met when it was last checked."""
    met = (Conflict.kind == "municipal") & (Conflict.key == row.id)
    return list(session.scalars(select(Conflict.event_a).where(met)))


def _row_of(session: Session, partner: str, partner_fact_id: str) -> FactRow | None:
    mine = (FactRow.partner == partner) & (FactRow.partner_fact_id == partner_fact_id)
    return session.scalars(select(FactRow).where(mine)).one_or_none()

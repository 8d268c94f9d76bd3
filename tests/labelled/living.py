"""Lives through a labelled year: the real commands, checks and alerts on real databases, at the time of the year."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.conflicts import Finding
from services.calendar.models import Base, Conflict, Opportunity
from services.calendar.problems import EventBlocked
from services.notifications import commands as notifying
from services.notifications import subscribers as hearing
from services.notifications.models import Alert, Delivery
from services.notifications.models import Base as AlertBase
from services.notifications.subscribers import conflicts
from shared import clock
from shared.database import Database, sqlite_url
from shared.messages import Message
from shared.messages import calendar as telling
from shared.migrations import migrate
from shared.outbox import published
from tests.builders import a_coordinator
from tests.labelled.year import Planned, Year

HEARD: dict[type[Message], Callable[[Session, Any], None]] = {
    telling.ConflictDetected: conflicts.on_conflict_detected,
    telling.ConflictChanged: conflicts.on_conflict_changed,
    telling.ConflictResolved: conflicts.on_conflict_resolved,
    telling.OpportunityFound: hearing.on_opportunity_found,
}


@dataclass(frozen=True)
class Said:
    """One thing that the calendar said: a question of the judgements, who it is about, and how loud."""

    question: str
    names: frozenset[str]
    loudness: str
    code: str = ""
    score: int = 0


@dataclass(frozen=True)
class Told:
    """One alert: to whom, when, about which kind of thing, and whether a letter went out."""

    person: str
    at: datetime
    about: str
    by_mail: bool


@dataclass
class Lived:
    """What came of a year."""

    said: list[Said] = field(default_factory=list)
    alerts: list[Told] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """The name of each event and fact by its id."""


def live(year: Year, folder: Path) -> tuple[Lived, Engine]:
    """Put a year on the calendar, each event and fact on its day; give what was said, and the calendar as it stands."""
    calendar = opened(folder / "calendar.sqlite", "calendar", Base.metadata)
    alerts = opened(folder / "notifications.sqlite", "notifications", AlertBase.metadata)
    lived = Lived()
    with Session(calendar) as session, Session(alerts) as told, at_its_time() as time:
        time.now = min(one.at for one in year.events)
        _copy(session, told, year)
        moments: list[tuple[datetime, Any]] = [(one.at, one) for one in year.events]
        moments += [(at, (name, fact)) for name, at, fact in year.facts]
        for moment, what in sorted(moments, key=lambda one: one[0]):
            time.now = max(moment, time.now)
            _happens(session, lived, what)
            _tell(told, published(session))
            session.info.pop("messages", None)
            session.commit()
            told.info.pop("messages", None)
            told.commit()
        lived.said += _stored(session, lived.names)
        lived.alerts = _alerts(told)
    alerts.dispose()
    return lived, calendar


def opened(file: Path, service: str, metadata: Any) -> Engine:
    """Make an empty database of a service."""
    database = Database(sqlite_url(file), metadata, service)
    migrate(database.engine, service, metadata)
    database.engine.dispose()
    engine = create_engine(database.engine.url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


@dataclass
class Time:
    """What time it is."""

    now: datetime


@contextmanager
def at_its_time() -> Iterator[Time]:
    """Let it be the time of the year, for all who ask the one clock."""
    time = Time(clock.now())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: time.now)
        yield time


def _copy(session: Session, told: Session, year: Year) -> None:
    for organisation in year.organisations:
        commands.ORGANISATIONS.keep(session, organisation)
        notifying.ORGANISATIONS.keep(told, organisation)
    for venue in year.venues:
        commands.VENUES.keep(session, venue)
    for resource in year.resources:
        commands.RESOURCES.keep(session, resource)
    for person in year.coordinators:
        notifying.keep_person(told, person)
    session.commit()
    told.commit()


def _happens(session: Session, lived: Lived, what: Any) -> None:
    if isinstance(what, Planned):
        _plan(session, lived, what)
        return
    name, fact = what
    row = commands.announce_fact(session, fact=fact, version=1)
    assert row is not None
    lived.names[row.id] = name
    commands.check_fact(session, row.id)


def _plan(session: Session, lived: Lived, one: Planned) -> None:
    """Plan an event as its coordinator would; where it is refused, what the dry run says is what was said."""
    try:
        with session.begin_nested():
            planned = commands.plan_event(session, by=a_coordinator(*one.plan.host_ids), plan=one.plan)
    except EventBlocked:
        lived.refused.append(one.name)
        found = queries.dry_run(session, one.plan, now=clock.now())
        lived.said += [_said(one.name, finding, lived.names) for finding in found.findings]
        return
    lived.names[planned.id] = one.name
    commands.check_event(session, planned.id)


def _said(name: str, finding: Finding, names: dict[str, str]) -> Said:
    other = finding.other_id or finding.key
    about = frozenset((name, names.get(other, other)))
    return Said(finding.kind, about, finding.severity, finding.reason.code)


def _tell(told: Session, messages: list[Message]) -> None:
    for message in messages:
        if isinstance(message, telling.EventFacts):
            notifying.EVENTS.keep(told, message)
        for kind, heard in HEARD.items():
            if isinstance(message, kind):
                heard(told, message)
    told.flush()


def _stored(session: Session, names: dict[str, str]) -> list[Said]:
    said = []
    for row in session.scalars(select(Conflict)):
        other = row.event_b if row.event_b != row.event_a else row.key
        about = frozenset((names[row.event_a], names.get(other, other)))
        said.append(Said(row.kind, about, row.severity, row.reason["code"]))
    for chance in session.scalars(select(Opportunity).where(Opportunity.state == "open")):
        about = frozenset((names[chance.event_a], names[chance.event_b]))
        said.append(Said("opportunity", about, "useful", chance.reason["code"], chance.score))
    return said


def _alerts(told: Session) -> list[Told]:
    statement = select(Alert, Delivery.id).outerjoin(Delivery, Delivery.alert_id == Alert.id)
    return [
        Told(alert.recipient_id, alert.created_at, alert.subject_kind, mail is not None)
        for alert, mail in told.execute(statement)
    ]

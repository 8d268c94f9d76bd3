"""Watching over what its own people should see to: who looks after the neighbourhood hears of it when they do not."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.notifications.commands.telling import tell_each
from services.notifications.domain.plans import AlertKind, News
from services.notifications.domain.watching import patience_with
from services.notifications.models import Alert, KnownPerson, LeftOpen
from shared import clock

AT_ONCE = 100
"""So many are told in one transaction."""
INSTANTS = ("starts_at", "ends_at")


def watch(session: Session, kind: AlertKind, news: News) -> None:
    """Wait whether somebody sees to this; what waits already goes on waiting from when it began, with what is new."""
    waiting = session.get(LeftOpen, news.cause_id, with_for_update=True)
    if waiting is not None and waiting.version >= news.cause_version:
        return
    if waiting is None:
        due_at = clock.now() + patience_with(kind)
        waiting = LeftOpen(id=news.cause_id, kind=kind, due_at=due_at)
        session.add(waiting)
    waiting.version, waiting.ends_at, waiting.facts = news.cause_version, news.ends_at, _facts_of(news)


def watch_no_more(session: Session, news: News) -> None:
    """Stop waiting, for somebody saw to it; coordinators who heard that nobody did hear that it is over."""
    session.execute(delete(LeftOpen).where(LeftOpen.id == news.cause_id))
    heard = select(Alert.person_id).where(
        Alert.cause_id == news.cause_id, Alert.organisation_id.is_(None), Alert.person_id.is_not(None)
    )
    tell_each(session, [one for one in session.scalars(heard.distinct().order_by(Alert.person_id)) if one], news)


def tell_coordinators(session: Session, news: News) -> None:
    """Tell everybody who looks after the whole neighbourhood; while nobody does, the administrators."""
    people = select(KnownPerson.id).where(KnownPerson.erased.is_(False)).order_by(KnownPerson.id)
    roles = KnownPerson.neighbourhood_coordinator, KnownPerson.administrator
    found = (session.scalars(people.where(role.is_(True))).all() for role in roles)
    tell_each(session, next(filter(None, found), []), news)


def tell_of_left_open(session: Session, *, now: datetime) -> int:
    """Tell coordinators of what waited long enough, and forget what is over; gives how many rows went."""
    due = select(LeftOpen).where(LeftOpen.due_at <= now).order_by(LeftOpen.due_at).limit(AT_ONCE)
    rows = session.scalars(due.with_for_update(skip_locked=True)).all()
    for row in rows:
        if row.ends_at > now:
            tell_coordinators(session, replace(_news_of(row.facts), kind=row.kind))
        session.delete(row)
    return len(rows)


def _facts_of(news: News) -> dict[str, Any]:
    """Write news as plain values."""
    return {**asdict(news), **{name: getattr(news, name).isoformat() for name in INSTANTS}}


def _news_of(facts: Mapping[str, Any]) -> News:
    return News(**{**facts, **{name: datetime.fromisoformat(facts[name]) for name in INSTANTS}})

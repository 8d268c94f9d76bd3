"""The calendar tells of conflicts: to whom, and what becomes of those that nobody settles."""

from dataclasses import replace

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.domain.plans import News
from services.notifications.subscribers.news import pair_news
from shared.messages import calendar


def on_conflict_detected(session: Session, message: calendar.ConflictDetected) -> None:
    """Tell everybody concerned of a new conflict."""
    _tell_of_open(session, message, pair_news("conflict_detected", message))


def on_conflict_changed(session: Session, message: calendar.ConflictChanged) -> None:
    """Tell everybody concerned that a conflict is different now."""
    _tell_of_open(session, message, pair_news("conflict_changed", message))


def on_conflict_accepted(session: Session, message: calendar.ConflictAccepted) -> None:
    """Tell everybody concerned that a conflict may stay, and why."""
    news = pair_news("conflict_accepted", message, accepted_because=message.accepted_because)
    _tell_of_settled(session, message, news)


def on_conflict_resolved(session: Session, message: calendar.ConflictResolved) -> None:
    """Tell everybody concerned that a conflict is gone, and how."""
    _tell_of_settled(session, message, pair_news("conflict_resolved", message, resolved_by=message.resolved_by))


def _tell_of_open(session: Session, message: calendar.ConflictFacts, news: News) -> None:
    """Tell hosts and owners; what blocks an event is watched until somebody settles it."""
    commands.tell(session, news)
    _tell_owners(session, message, news)
    if message.severity == "blocking":
        commands.watch(session, "left_open", news)
    else:
        commands.watch_no_more(session, news)


def _tell_of_settled(session: Session, message: calendar.ConflictFacts, news: News) -> None:
    commands.tell(session, news)
    _tell_owners(session, message, news)
    commands.watch_no_more(session, news)


def _tell_owners(session: Session, message: calendar.ConflictFacts, news: News) -> None:
    """Tell whose venue or resource it is, of what blocks always; of the rest they need not hear all."""
    if not message.owner_ids:
        return
    can_wait = message.severity != "blocking"
    commands.tell(session, replace(news, organisation_ids=message.owner_ids, can_wait=can_wait))

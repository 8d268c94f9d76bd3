"""Meetings tell: tasks that they left somebody, and minutes that can be read."""

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.domain.plans import News
from services.notifications.subscribers.news import minutes_news, task_news
from shared.broker import Bus
from shared.messages import calendar


def subscribe(bus: Bus) -> None:
    """Name what is listened to of what meetings leave."""
    bus.hears(calendar.TaskRecorded, on_task_recorded)
    bus.hears(calendar.TaskDue, on_task_due)
    bus.hears(calendar.MinutesPublished, on_minutes_published)


def on_task_recorded(session: Session, message: calendar.TaskRecorded) -> None:
    """Tell who has something to do."""
    _tell_owner(session, message, task_news("task_recorded", message))


def on_task_due(session: Session, message: calendar.TaskDue) -> None:
    """Tell who has something to do that it is due soon, or overdue."""
    _tell_owner(session, message, task_news("task_due", message, f"task_{message.stage}"))


def on_minutes_published(session: Session, message: calendar.MinutesPublished) -> None:
    """Tell those who host the meeting or are invited that its minutes can be read."""
    news = minutes_news(message)
    commands.tell(session, news)
    commands.tell_each(session, message.person_ids, news)


def _tell_owner(session: Session, message: calendar.TaskFacts, news: News) -> None:
    """Tell the people of an organisation, or one person by their id."""
    commands.tell(session, news)
    if message.owner_person_id:
        commands.tell_each(session, [message.owner_person_id], news)

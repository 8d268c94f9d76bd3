"""Any service tells of anything: a message that describes itself becomes an alert, whatever it is about."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.subscribers.news import news_of
from shared import clock
from shared.broker import Bus
from shared.messages import TYPES, Describes


def hear_described(bus: Bus) -> None:
    """Listen to every type of message that describes itself and of which nothing else here knows what it means."""
    known = set(bus.heard_types)
    for name, message in TYPES.items():
        if Describes in message.__mro__ and name not in known:
            bus.hears(message, on_described)


def on_described(session: Session, message: Any) -> None:
    """Tell those whom the message names what it says; without a summary it is nothing to tell people of."""
    described: Describes = message
    if described.summary is None:
        return
    now = clock.now()
    news = news_of(
        "news",
        message,
        subject_kind="news",
        severity=described.severity,
        event_titles=(described.summary.en,),
        organisation_ids=described.organisation_ids,
        starts_at=now,
        ends_at=now,
        zone="UTC",
        reason_code="described",
        reason_values=described.summary.model_dump(),
    )
    commands.tell(session, news)
    commands.tell_people(
        session, replace(news, organisation_ids=()), described.person_ids, but_not_of=described.organisation_ids
    )

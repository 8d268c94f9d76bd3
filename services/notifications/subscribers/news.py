"""Messages as news: what happened, whom it concerns, when, and why, in codes and values."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.domain.plans import AlertKind, News
from shared import clock
from shared.messages import calendar, registry


def asked(message: calendar.ProposalFacts) -> tuple[str, ...]:
    """Give those who did not propose it themselves."""
    return tuple(one for one in message.organisation_ids if one not in message.proposer_ids)


def pair_news(
    kind: AlertKind,
    message: calendar.ConflictFacts | calendar.OpportunityFacts,
    organisation_ids: tuple[str, ...] | None = None,
    /,
    **details: str,
) -> News:
    """Bring what is told of a conflict or an opportunity to news; `details` that are empty are left out."""
    if isinstance(message, calendar.ConflictFacts):
        subject_kind: str = message.kind
        severity: str | None = message.severity
    else:
        subject_kind, severity = "opportunity", None
    return news_of(
        kind,
        message,
        subject_kind=subject_kind,
        severity=severity,
        event_ids=message.event_ids,
        event_titles=message.event_titles,
        organisation_ids=message.organisation_ids if organisation_ids is None else organisation_ids,
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        zone=message.zone,
        reason_code=message.reason.code,
        reason_values=message.reason.values,
        details={name: value for name, value in details.items() if value},
    )


def without(organisation_ids: tuple[str, ...], one: str) -> tuple[str, ...]:
    """Give all organisations but one."""
    return tuple(other for other in organisation_ids if other != one)


def suggestion_news(
    kind: AlertKind,
    message: registry.SuggestionFacts,
    organisation_ids: tuple[str, ...],
    reason_code: str,
    reason_values: Mapping[str, Any],
) -> News:
    """Bring what is told of a suggested coalition to news; it takes place at no time."""
    return news_of(
        kind,
        message,
        subject_kind="initiative",
        event_titles=(message.title,),
        organisation_ids=organisation_ids,
        starts_at=message.suggested_at,
        ends_at=message.suggested_at,
        zone="UTC",
        reason_code=reason_code,
        reason_values=reason_values,
    )


def booking_news(
    kind: AlertKind, what: str, message: calendar.BookingFacts, organisation_ids: tuple[str, ...], because: str = ""
) -> News:
    """Bring what is told of a request for a venue or a resource to news."""
    return news_of(
        kind,
        message,
        subject_kind="booking",
        event_ids=(message.event_id,),
        event_titles=(message.event_title,),
        organisation_ids=organisation_ids,
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        zone=message.zone,
        reason_code=f"booking_{what}",
        reason_values={"thing": message.thing_name, "title": message.event_title},
        details={"because": because} if because else {},
    )


def poll_news(kind: AlertKind, message: calendar.PollFacts) -> News:
    """Bring what is told of a poll to news; it takes place when answers are due."""
    return news_of(
        kind,
        message,
        subject_kind="poll",
        event_titles=(message.title,),
        organisation_ids=message.organisation_ids,
        starts_at=message.closes_at,
        ends_at=message.closes_at,
        zone=message.zone,
        reason_code="poll_until",
        reason_values={"until": message.closes_at.isoformat(), "zone": message.zone},
    )


def meeting_news(message: calendar.MeetingCalled, reason_code: str, organisation_ids: Sequence[str]) -> News:
    """Bring a meeting to news for those who are told alike of it."""
    return news_of(
        "meeting_called",
        message,
        subject_kind="meeting",
        event_ids=(message.id,),
        event_titles=(message.title,),
        organisation_ids=tuple(organisation_ids),
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        zone=message.zone,
        reason_code=reason_code,
    )


def task_news(kind: AlertKind, message: calendar.TaskFacts, code: str = "task_until") -> News:
    """Bring a task of a meeting to news for the organisation that does it; it takes place on no hour of its day."""
    due_on = message.due_on
    at = datetime.combine(due_on, time.min, ZoneInfo(message.zone)) if due_on else clock.now()
    return news_of(
        kind,
        message,
        subject_kind="task",
        event_ids=(message.event_id,),
        event_titles=(message.title,),
        organisation_ids=(message.owner_id,) if message.owner_id else (),
        starts_at=at,
        ends_at=at,
        zone=message.zone,
        reason_code=code if due_on else "task_without_day",
        reason_values={"due_on": due_on.isoformat()} if due_on else {},
    )


def minutes_news(message: calendar.MinutesPublished) -> News:
    """Bring minutes that can be read to news for those who host the meeting or are invited."""
    return news_of(
        "minutes_published",
        message,
        subject_kind="minutes",
        event_ids=(message.event_id,),
        event_titles=(message.title,),
        organisation_ids=message.organisation_ids,
        starts_at=message.published_at,
        ends_at=message.published_at,
        zone=message.zone,
        reason_code="minutes_first" if message.version == 1 else "minutes_again",
        reason_values={"number": message.version},
    )


def match_news(
    kind: AlertKind, message: registry.MatchFacts, zone: str, organisation_id: str, subject_kind: str, **details: str
) -> News:
    """Bring a match to news for one side; what is wanted at no certain time is told with the instant of its need."""
    return news_of(
        kind,
        message,
        subject_kind=subject_kind,
        event_titles=(message.need_title,),
        organisation_ids=(organisation_id,),
        starts_at=message.starts_at or message.ends_at or message.stated_at,
        ends_at=message.ends_at or message.starts_at or message.stated_at,
        zone=zone,
        reason_code="match",
        reason_values={
            "offer": message.resource_name,
            "offer_organisation": message.resource_organisation_name,
            "need": message.need_title,
            "need_organisation": message.need_organisation_name,
            "reasons": [reason.model_dump() for reason in message.reasons],
        },
        details={name: value for name, value in details.items() if value},
    )


def news_of(kind: AlertKind, message: Any, **facts: Any) -> News:
    """Bring a message to news: without a severity, events or reasons, unless `facts` say otherwise."""
    told = {"cause_id": message.id, "cause_version": message.version, "url": message.url}
    return News(kind=kind, **{**told, "severity": None, "event_ids": (), "reason_values": {}, **facts})

"""What tests of invitations say often: invitations as the calendar tells them, and a mailbox that is a folder."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from services.notifications.app import create_app
from services.notifications.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import InvitationChanged, MeetingInvitedTo
from shared.messages.notifications import InvitationAnswered
from tests.harness import Running, quiet, running

MAILBOX = "rsvp@osiedle.example"
GUEST = {"name": "Ewa Nowak", "mail": "ewa@example.org"}


def an_invitation(**values: Any) -> InvitationChanged:
    """Ewa, a guest, is invited to a meeting in a week."""
    meeting = values.pop("meeting", None) or a_meeting(values.get("sequence", 0), values.get("method", "REQUEST"))
    return InvitationChanged(**{"id": new_id(), "version": 1, "meeting": meeting, **GUEST, **values})


def a_meeting(
    sequence: int = 0, method: str = "REQUEST", starts_at: datetime | None = None, **values: Any
) -> MeetingInvitedTo:
    """A meeting of two hours as the calendar writes it."""
    start = starts_at or (clock.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    end = start + timedelta(hours=2)
    facts = {"event_id": new_id(), "uid": "narada-1@osiedle.example", "title": "Narada liderów", **values}
    lines = [
        "BEGIN:VEVENT",
        f"UID:{facts['uid']}",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{sequence}",
        f"SUMMARY:{facts['title']}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}",
        "END:VEVENT",
    ]
    rest = {"zone": "Europe/Warsaw", "place": "Sala", "organiser": "Rada Dzielnicy", "until_at": end}
    calendar = "".join(f"{line}\r\n" for line in lines)
    return MeetingInvitedTo(**{**rest, "starts_at": start, "ends_at": end, "calendar": calendar, **facts})


def next_version(told: InvitationChanged, **values: Any) -> InvitationChanged:
    """What the calendar tells of the same invitation next."""
    assert told.meeting is not None
    kept: dict[str, Any] = {"event_id": told.meeting.event_id, "uid": told.meeting.uid}
    meeting = a_meeting(values.get("sequence", told.sequence), values.get("method", "REQUEST"), **kept)
    return told.model_copy(update={"version": told.version + 1, "meeting": meeting, **values})


@asynccontextmanager
async def with_mailbox(database_url: str, data: Path, **values: Any) -> AsyncIterator[Running]:
    """Run notifications with a folder as mailbox for answers."""
    settings = {"database_url": database_url, "data": data, "reply": "console", "reply_address": MAILBOX, **values}
    async with running(create_app, Settings(**quiet(**settings))) as service:
        yield service


async def sent(service: Running, data: Path) -> list[EmailMessage]:
    """Send what is due, and give every letter, the oldest first."""
    await service.run_job("send due invitations")
    files = sorted((data / "mail").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


async def answered(service: Running) -> list[InvitationAnswered]:
    """Give what was told of answers."""
    return [one for one in await service.outgoing(InvitationAnswered) if isinstance(one, InvitationAnswered)]

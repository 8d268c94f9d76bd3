"""The calendar's tables: events and what follows from them, meetings; then the copies of what other services own."""

from services.calendar.models.agenda import AgendaItem
from services.calendar.models.base import Base
from services.calendar.models.copies import Organisation, Problem, Resource, Venue
from services.calendar.models.events import Claim, Event, EventHost, Occurrence, ZoneTable
from services.calendar.models.findings import Conflict, Fact, Opportunity
from services.calendar.models.house import (
    Erasure,
    History,
    IdempotencyKey,
    Inbox,
    KnownApiKey,
    KnownKey,
    Outbox,
    RevokedAccess,
    SetAside,
)
from services.calendar.models.imports import ImportedFile, ImportedItem, ImportRun
from services.calendar.models.indicators import Baseline, FrozenPeriod, SatisfactionAnswer, SatisfactionLink
from services.calendar.models.invited import ToldInvitation
from services.calendar.models.meetings import Decision, Meeting
from services.calendar.models.partners import Partner
from services.calendar.models.polls import Invitation, Poll, PollDate, PollLink, PollVote
from services.calendar.models.requests import Request
from services.calendar.models.rules import EVERYWHERE, Almanac, ConflictRule, Recheck
from services.calendar.models.sources import Source
from services.calendar.models.tasks import DecisionLink, MinutesVersion, Task

__all__ = [
    "EVERYWHERE",
    "AgendaItem",
    "Almanac",
    "Base",
    "Baseline",
    "Claim",
    "Conflict",
    "ConflictRule",
    "Decision",
    "DecisionLink",
    "Erasure",
    "Event",
    "EventHost",
    "Fact",
    "FrozenPeriod",
    "History",
    "IdempotencyKey",
    "ImportRun",
    "ImportedFile",
    "ImportedItem",
    "Inbox",
    "Invitation",
    "KnownApiKey",
    "KnownKey",
    "Meeting",
    "MinutesVersion",
    "Occurrence",
    "Opportunity",
    "Organisation",
    "Outbox",
    "Partner",
    "Poll",
    "PollDate",
    "PollLink",
    "PollVote",
    "Problem",
    "Recheck",
    "Request",
    "Resource",
    "RevokedAccess",
    "SatisfactionAnswer",
    "SatisfactionLink",
    "SetAside",
    "Source",
    "Task",
    "ToldInvitation",
    "Venue",
    "ZoneTable",
]

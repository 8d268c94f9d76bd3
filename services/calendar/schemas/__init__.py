"""Shapes of the calendar's requests and answers, as the product names them, and their way to plans and from rows."""

from services.calendar.schemas.asked import (
    Accepting,
    Asked,
    AttendanceBody,
    Because,
    BorrowedBody,
    DecisionBody,
    DecisionChange,
    EventBody,
    EventChange,
    EventFields,
    FundingBody,
    MeetingChange,
    OutcomeBody,
    RuleBody,
    SatisfactionBody,
)
from services.calendar.schemas.events import ChangeAnswer, EventAnswer, OccurrenceAnswer
from services.calendar.schemas.fields import Identifier
from services.calendar.schemas.findings import (
    CheckAnswer,
    ConflictAnswer,
    ConflictFound,
    ConflictRuleAnswer,
    FactAnswer,
    OpportunityAnswer,
    OpportunityFound,
    SlotAnswer,
    SlotsAnswer,
)
from services.calendar.schemas.imports import ImportAnswer, import_answer, refusal_of
from services.calendar.schemas.lists import Answered
from services.calendar.schemas.meetings import DecisionAnswer, MeetingAnswer
from services.calendar.schemas.municipal import MunicipalAnswer
from shared.web import Page

__all__ = [
    "Accepting",
    "Answered",
    "Asked",
    "AttendanceBody",
    "Because",
    "BorrowedBody",
    "ChangeAnswer",
    "CheckAnswer",
    "ConflictAnswer",
    "ConflictFound",
    "ConflictRuleAnswer",
    "DecisionAnswer",
    "DecisionBody",
    "DecisionChange",
    "EventAnswer",
    "EventBody",
    "EventChange",
    "EventFields",
    "FactAnswer",
    "FundingBody",
    "Identifier",
    "ImportAnswer",
    "MeetingAnswer",
    "MeetingChange",
    "MunicipalAnswer",
    "OccurrenceAnswer",
    "OpportunityAnswer",
    "OpportunityFound",
    "OutcomeBody",
    "Page",
    "RuleBody",
    "SatisfactionBody",
    "SlotAnswer",
    "SlotsAnswer",
    "import_answer",
    "refusal_of",
]

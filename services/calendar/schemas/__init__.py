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
    SatisfactionBody,
)
from services.calendar.schemas.events import ChangeAnswer, EventAnswer, OccurrenceAnswer
from services.calendar.schemas.fields import Identifier
from services.calendar.schemas.findings import (
    CheckAnswer,
    ConflictAnswer,
    ConflictFound,
    FactAnswer,
    OpportunityAnswer,
    OpportunityFound,
    SlotAnswer,
    SlotsAnswer,
)
from services.calendar.schemas.imports import ImportAnswer, import_answer, reasons_in_words, refusal_of
from services.calendar.schemas.lists import Answered
from services.calendar.schemas.meetings import DecisionAnswer, MeetingAnswer
from services.calendar.schemas.municipal import MunicipalAnswer
from services.calendar.schemas.sources import SourceAnswer, SourceBody, SourceChange, problem_in_words
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
    "SatisfactionBody",
    "SlotAnswer",
    "SlotsAnswer",
    "SourceAnswer",
    "SourceBody",
    "SourceChange",
    "import_answer",
    "problem_in_words",
    "reasons_in_words",
    "refusal_of",
]

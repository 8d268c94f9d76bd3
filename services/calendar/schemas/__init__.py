"""Shapes of the calendar's requests and answers, as the product names them, and their way to plans and from rows."""

from services.calendar.schemas.asked import (
    Accepting,
    Because,
    DecisionBody,
    DecisionChange,
    EventBody,
    EventChange,
    MeetingChange,
    RuleBody,
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
from services.calendar.schemas.imports import ImportAnswer, import_answer, reasons_in_words, refusal_of
from services.calendar.schemas.meetings import DecisionAnswer, MeetingAnswer
from services.calendar.schemas.municipal import MunicipalAnswer
from services.calendar.schemas.requests import Agreeing, CounterBody, PairBody, ProposalBody, Refusing, RequestAnswer
from services.calendar.schemas.sources import SourceAnswer, SourceBody, SourceChange, problem_in_words
from shared.web import Page

__all__ = [
    "Accepting",
    "Agreeing",
    "Because",
    "ChangeAnswer",
    "CheckAnswer",
    "ConflictAnswer",
    "ConflictFound",
    "ConflictRuleAnswer",
    "CounterBody",
    "DecisionAnswer",
    "DecisionBody",
    "DecisionChange",
    "EventAnswer",
    "EventBody",
    "EventChange",
    "FactAnswer",
    "Identifier",
    "ImportAnswer",
    "MeetingAnswer",
    "MeetingChange",
    "MunicipalAnswer",
    "OccurrenceAnswer",
    "OpportunityAnswer",
    "OpportunityFound",
    "Page",
    "PairBody",
    "ProposalBody",
    "Refusing",
    "RequestAnswer",
    "RuleBody",
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

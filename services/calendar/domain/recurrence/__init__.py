"""Recurrence: which dates a rule has in a window of time (RFC 5545 §3.8.5); always bounded."""

from services.calendar.domain.recurrence.patterns import Pattern, UnreadableRule, is_rule, pattern_of
from services.calendar.domain.recurrence.readings import MOST_STEPS, has_start
from services.calendar.domain.recurrence.rules import (
    MOST_SPANS,
    Replacement,
    Rule,
    Span,
    expansion,
    occurrences,
)

__all__ = [
    "MOST_SPANS",
    "MOST_STEPS",
    "Pattern",
    "Replacement",
    "Rule",
    "Span",
    "UnreadableRule",
    "expansion",
    "has_start",
    "is_rule",
    "occurrences",
    "pattern_of",
]

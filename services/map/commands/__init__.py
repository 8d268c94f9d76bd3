"""Everything that changes something: the rows that follow from messages."""

from services.map.commands.places import (
    EVENTS,
    FACTS,
    NEEDS,
    ORGANISATIONS,
    PROBLEMS,
    RESOURCES,
    VENUES,
    WITHDRAWN_FACTS,
    confirm_erasure,
    forget_person,
)

__all__ = [
    "EVENTS",
    "FACTS",
    "NEEDS",
    "ORGANISATIONS",
    "PROBLEMS",
    "RESOURCES",
    "VENUES",
    "WITHDRAWN_FACTS",
    "confirm_erasure",
    "forget_person",
]

"""Everything that only looks: what doors, pages and commands ask the calendar's tables.

`events` and `cards` show events; `conflicts` what was found; `copies` what the registry owns; `claims`, `subjects`
and `checks` are the conflict check; `plans` gives a stored event as the plan it was made of.
"""

from services.calendar.queries.cards import EventCard, MeetingCard, decision, decisions, event_card, meeting_card
from services.calendar.queries.chances import chances_of
from services.calendar.queries.checks import Checked, check, check_blocking, dry_run, free_slots, with_counts
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.conflicts import (
    ConflictCard,
    OpportunityCard,
    conflict,
    conflict_card,
    conflicts,
    conflicts_of,
    event_ids_of,
    facts,
    opportunities,
    opportunities_of,
)
from services.calendar.queries.copies import organisations, resources, site_of, unknown_references, venue, venues
from services.calendar.queries.events import (
    AgendaItem,
    Filter,
    agenda,
    event,
    events,
    events_of_source,
    history_of,
    next_occurrences,
    occurrences,
    occurrences_of,
    organisation_names,
)
from services.calendar.queries.feeds import exported, exported_event
from services.calendar.queries.own_data import own_data
from services.calendar.queries.partners import partner, partner_names, partners, set_aside_of
from services.calendar.queries.plans import changed_plan, plan_of
from services.calendar.queries.rules import (
    conflict_rule,
    conflict_rules,
    events_ahead,
    events_claiming,
    events_ruled,
    place_of,
    rules,
    waits_for_check,
)
from services.calendar.queries.subjects import Subject, dates_ahead, subject_of_event, subject_of_plan

__all__ = [
    "NOBODY",
    "AgendaItem",
    "Checked",
    "ConflictCard",
    "EventCard",
    "Filter",
    "MeetingCard",
    "OpportunityCard",
    "Subject",
    "agenda",
    "chances_of",
    "changed_plan",
    "check",
    "check_blocking",
    "conflict",
    "conflict_card",
    "conflict_rule",
    "conflict_rules",
    "conflicts",
    "conflicts_of",
    "dates_ahead",
    "decision",
    "decisions",
    "dry_run",
    "event",
    "event_card",
    "event_ids_of",
    "events",
    "events_ahead",
    "events_claiming",
    "events_of_source",
    "events_ruled",
    "exported",
    "exported_event",
    "facts",
    "free_slots",
    "history_of",
    "meeting_card",
    "next_occurrences",
    "occurrences",
    "occurrences_of",
    "opportunities",
    "opportunities_of",
    "organisation_names",
    "organisations",
    "own_data",
    "partner",
    "partner_names",
    "partners",
    "place_of",
    "plan_of",
    "resources",
    "rules",
    "set_aside_of",
    "site_of",
    "subject_of_event",
    "subject_of_plan",
    "unknown_references",
    "venue",
    "venues",
    "waits_for_check",
    "with_counts",
]

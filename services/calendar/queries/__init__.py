"""Everything that only looks: what doors, pages and commands ask the calendar's tables.

`events` and `cards` show events; `agenda` what is on; `board` what is taken; `conflicts` what was found; `copies` what
the registry owns; `claims`, `subjects` and `checks` are the conflict check; `plans` gives a stored event as the plan it
was made of.
"""

from services.calendar.queries.agenda import AgendaItem, agenda, offered
from services.calendar.queries.alternatives import dry_run
from services.calendar.queries.awaited import Awaited, awaited
from services.calendar.queries.board import taken_between
from services.calendar.queries.cards import EventCard, MeetingCard, decision, decisions, event_card, meeting_card
from services.calendar.queries.chances import chances_of
from services.calendar.queries.checks import Checked, check, check_blocking, with_counts
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.conflicts import (
    ConflictCard,
    conflict_card,
    conflicts,
    event_ids_of,
    facts,
    shown_reason,
)
from services.calendar.queries.copies import organisations, resources, site_of, unknown_references, venue, venues
from services.calendar.queries.events import (
    Filter,
    event,
    events,
    events_of_source,
    occurrences,
    occurrences_of,
    organisation_names,
    status_before_cancel,
    zones_in_use,
)
from services.calendar.queries.feeds import change_mark, entries, exported, exported_event, exported_zones
from services.calendar.queries.free_busy import busy_times
from services.calendar.queries.free_times import free_times
from services.calendar.queries.indicators import (
    COUNTED_FOR,
    REPORT,
    PeriodCard,
    baseline,
    baselines,
    counted_report,
    frozen_of,
    frozen_period,
    frozen_periods,
    period_card,
)
from services.calendar.queries.opportunities import (
    OpportunityCard,
    opportunities,
    opportunities_for,
    opportunity_card,
)
from services.calendar.queries.own_data import own_data
from services.calendar.queries.partners import partner, partner_names, partners, set_aside_of
from services.calendar.queries.plans import changed_plan, plan_of
from services.calendar.queries.requests import (
    RequestCard,
    as_if_confirmed,
    goes_on,
    has_all_granted,
    is_given,
    is_taken,
    need_of,
    needs_of,
    request,
    request_card,
    request_cards,
    requests_of,
    rivals,
    thing_names,
    untold_at,
    waited_when_cancelled,
)
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
from services.calendar.queries.satisfaction import (
    Questions,
    SatisfactionCard,
    dates_to_ask_about,
    questions,
    repeats,
    satisfaction_card,
)
from services.calendar.queries.slots import free_slots
from services.calendar.queries.sources import import_run, items_of_file, origin_of, source, sources
from services.calendar.queries.subjects import Subject, dates_ahead, subject_of_event, subject_of_plan
from services.calendar.queries.together import together
from services.calendar.queries.visibility import Told, event_seen, history_of, history_seen, may_see, visible_to

__all__ = [
    "COUNTED_FOR",
    "NOBODY",
    "REPORT",
    "AgendaItem",
    "Awaited",
    "Checked",
    "ConflictCard",
    "EventCard",
    "Filter",
    "MeetingCard",
    "OpportunityCard",
    "PeriodCard",
    "Questions",
    "RequestCard",
    "SatisfactionCard",
    "Subject",
    "Told",
    "agenda",
    "as_if_confirmed",
    "awaited",
    "baseline",
    "baselines",
    "busy_times",
    "chances_of",
    "change_mark",
    "changed_plan",
    "check",
    "check_blocking",
    "conflict_card",
    "conflict_rule",
    "conflict_rules",
    "conflicts",
    "counted_report",
    "dates_ahead",
    "dates_to_ask_about",
    "decision",
    "decisions",
    "dry_run",
    "entries",
    "event",
    "event_card",
    "event_ids_of",
    "event_seen",
    "events",
    "events_ahead",
    "events_claiming",
    "events_of_source",
    "events_ruled",
    "exported",
    "exported_event",
    "exported_zones",
    "facts",
    "free_slots",
    "free_times",
    "frozen_of",
    "frozen_period",
    "frozen_periods",
    "goes_on",
    "has_all_granted",
    "history_of",
    "history_seen",
    "import_run",
    "is_given",
    "is_taken",
    "items_of_file",
    "may_see",
    "meeting_card",
    "need_of",
    "needs_of",
    "occurrences",
    "occurrences_of",
    "offered",
    "opportunities",
    "opportunities_for",
    "opportunity_card",
    "organisation_names",
    "organisations",
    "origin_of",
    "own_data",
    "partner",
    "partner_names",
    "partners",
    "period_card",
    "place_of",
    "plan_of",
    "questions",
    "repeats",
    "request",
    "request_card",
    "request_cards",
    "requests_of",
    "resources",
    "rivals",
    "rules",
    "satisfaction_card",
    "set_aside_of",
    "shown_reason",
    "site_of",
    "source",
    "sources",
    "status_before_cancel",
    "subject_of_event",
    "subject_of_plan",
    "taken_between",
    "thing_names",
    "together",
    "unknown_references",
    "untold_at",
    "venue",
    "venues",
    "visible_to",
    "waited_when_cancelled",
    "waits_for_check",
    "with_counts",
    "zones_in_use",
]

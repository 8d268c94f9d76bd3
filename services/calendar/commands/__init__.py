"""Everything that changes something, one function per intent.

`events` plans, edits and cancels under `guarding`, lays out rows by `laying` and publishes by `telling`; `checking` is
the listener's check; `imports` takes over files; `conflicts`, `facts`, `partners`, `meetings`, `copies` and
`horizon` are what their names say.
"""

from services.calendar.commands.checking import check_event
from services.calendar.commands.conflicts import accept_conflict, age_conflicts
from services.calendar.commands.copies import ORGANISATIONS, RESOURCES, VENUES, copy_resource, copy_venue
from services.calendar.commands.erasing import confirm_erasure, forget_person
from services.calendar.commands.events import cancel_event, edit_event, plan_event, with_host
from services.calendar.commands.facts import announce_fact, check_fact, withdraw_fact
from services.calendar.commands.horizon import roll_horizon
from services.calendar.commands.imports import ITEMS_A_UNIT, Outcome, import_series, refused_outcome
from services.calendar.commands.indicators import (
    BaselinePlan,
    change_baseline,
    enter_baseline,
    freeze_period,
    refuse_period_faults,
)
from services.calendar.commands.meetings import change_decision, record_decision, write_meeting
from services.calendar.commands.partners import add_partner, begin_with_partners, note_heard, revoke_partner
from services.calendar.commands.retention import retention_rules
from services.calendar.commands.satisfaction import answer_questions, open_link, write_paper_totals

__all__ = [
    "ITEMS_A_UNIT",
    "ORGANISATIONS",
    "RESOURCES",
    "VENUES",
    "BaselinePlan",
    "Outcome",
    "accept_conflict",
    "add_partner",
    "age_conflicts",
    "announce_fact",
    "answer_questions",
    "begin_with_partners",
    "cancel_event",
    "change_baseline",
    "change_decision",
    "check_event",
    "check_fact",
    "confirm_erasure",
    "copy_resource",
    "copy_venue",
    "edit_event",
    "enter_baseline",
    "forget_person",
    "freeze_period",
    "import_series",
    "note_heard",
    "open_link",
    "plan_event",
    "record_decision",
    "refuse_period_faults",
    "refused_outcome",
    "retention_rules",
    "revoke_partner",
    "roll_horizon",
    "with_host",
    "withdraw_fact",
    "write_meeting",
    "write_paper_totals",
]

"""Everything that changes something, one function per intent.

`events` plans, edits and cancels under `guarding`, lays out rows by `laying` and publishes by `telling`; `checking` is
the listener's check, `rechecking` finds what changes around events, `rules` say how severe it is; `imports` takes over
files; `conflicts`, `facts`, `partners`, `meetings`, `copies` and `horizon` are what their names say.
"""

from services.calendar.commands.checking import check_event
from services.calendar.commands.conflicts import accept_conflict, age_conflicts
from services.calendar.commands.copies import (
    ORGANISATIONS,
    RESOURCES,
    VENUES,
    copy_organisation,
    copy_resource,
    copy_venue,
)
from services.calendar.commands.erasing import confirm_erasure, forget_person
from services.calendar.commands.events import cancel_event, edit_event, plan_event, with_host
from services.calendar.commands.facts import announce_fact, check_fact, withdraw_fact
from services.calendar.commands.horizon import roll_horizon
from services.calendar.commands.imports import ITEMS_A_UNIT, Outcome, import_series, refused_outcome
from services.calendar.commands.meetings import change_decision, record_decision, write_meeting
from services.calendar.commands.partners import add_partner, begin_with_partners, note_heard, revoke_partner
from services.calendar.commands.rechecking import open_almanac, recheck_some, see_changes
from services.calendar.commands.retention import retention_rules
from services.calendar.commands.rules import set_conflict_rule

__all__ = [
    "ITEMS_A_UNIT",
    "ORGANISATIONS",
    "RESOURCES",
    "VENUES",
    "Outcome",
    "accept_conflict",
    "add_partner",
    "age_conflicts",
    "announce_fact",
    "begin_with_partners",
    "cancel_event",
    "change_decision",
    "check_event",
    "check_fact",
    "confirm_erasure",
    "copy_organisation",
    "copy_resource",
    "copy_venue",
    "edit_event",
    "forget_person",
    "import_series",
    "note_heard",
    "open_almanac",
    "plan_event",
    "recheck_some",
    "record_decision",
    "refused_outcome",
    "retention_rules",
    "revoke_partner",
    "roll_horizon",
    "see_changes",
    "set_conflict_rule",
    "with_host",
    "withdraw_fact",
    "write_meeting",
]

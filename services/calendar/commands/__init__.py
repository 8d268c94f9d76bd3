"""Everything that changes something, one function per intent.

`events` plans, edits, cancels and restores under `guarding`, `series` changes dates of one; rows are laid out by
`laying`, messages published by `telling`; `checking` is the listener's check; `imports` takes over files; `conflicts`,
`facts`, `partners`, `meetings`, `copies`, `horizon` and `zones` are what their names say.
"""

from services.calendar.commands.checking import check_event
from services.calendar.commands.conflicts import accept_conflict, age_conflicts
from services.calendar.commands.copies import ORGANISATIONS, RESOURCES, VENUES, copy_resource, copy_venue
from services.calendar.commands.erasing import confirm_erasure, forget_person
from services.calendar.commands.events import cancel_event, edit_event, plan_event, restore_event, with_host
from services.calendar.commands.facts import announce_fact, check_fact, withdraw_fact
from services.calendar.commands.horizon import roll_horizon
from services.calendar.commands.imports import ITEMS_A_UNIT, Outcome, import_series, refused_outcome
from services.calendar.commands.meetings import change_decision, record_decision, write_meeting
from services.calendar.commands.partners import add_partner, begin_with_partners, note_heard, revoke_partner
from services.calendar.commands.retention import retention_rules
from services.calendar.commands.series import edit_occurrence
from services.calendar.commands.zones import follow_zone

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
    "copy_resource",
    "copy_venue",
    "edit_event",
    "edit_occurrence",
    "follow_zone",
    "forget_person",
    "import_series",
    "note_heard",
    "plan_event",
    "record_decision",
    "refused_outcome",
    "restore_event",
    "retention_rules",
    "revoke_partner",
    "roll_horizon",
    "with_host",
    "withdraw_fact",
    "write_meeting",
]

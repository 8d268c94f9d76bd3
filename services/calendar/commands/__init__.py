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
from services.calendar.commands.import_runs import begin_import_run, end_import_run, note_import_progress
from services.calendar.commands.imports import (
    ITEMS_A_UNIT,
    Imported,
    Outcome,
    import_series,
    refused_outcome,
    remember_file,
    source_of_files,
)
from services.calendar.commands.meetings import change_decision, record_decision, write_meeting
from services.calendar.commands.partners import add_partner, begin_with_partners, note_heard, revoke_partner
from services.calendar.commands.retention import retention_rules
from services.calendar.commands.sources import (
    add_source,
    ask_for_fetch,
    change_source,
    drop_absent,
    note_absent,
    note_failure,
    note_seen,
    remove_source,
    take_due_source,
    take_off,
)

__all__ = [
    "ITEMS_A_UNIT",
    "ORGANISATIONS",
    "RESOURCES",
    "VENUES",
    "Imported",
    "Outcome",
    "accept_conflict",
    "add_partner",
    "add_source",
    "age_conflicts",
    "announce_fact",
    "ask_for_fetch",
    "begin_import_run",
    "begin_with_partners",
    "cancel_event",
    "change_decision",
    "change_source",
    "check_event",
    "check_fact",
    "confirm_erasure",
    "copy_resource",
    "copy_venue",
    "drop_absent",
    "edit_event",
    "end_import_run",
    "forget_person",
    "import_series",
    "note_absent",
    "note_failure",
    "note_heard",
    "note_import_progress",
    "note_seen",
    "plan_event",
    "record_decision",
    "refused_outcome",
    "remember_file",
    "remove_source",
    "retention_rules",
    "revoke_partner",
    "roll_horizon",
    "source_of_files",
    "take_due_source",
    "take_off",
    "with_host",
    "withdraw_fact",
    "write_meeting",
]

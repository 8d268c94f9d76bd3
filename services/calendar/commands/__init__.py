"""Everything that changes something, one function per intent.

`events` plans, edits and cancels under `guarding`, lays out rows by `laying` and publishes by `telling`; `checking` is
the listener's check, `rechecking` finds what changes around events, `rules` say how severe it is; `imports` takes over
files; `linked` does what a letter asked; `conflicts`, `facts`, `partners`, `meetings`, `copies` and `horizon` are what
their names say.
"""

from services.calendar.commands.agenda_items import change_item, propose_item
from services.calendar.commands.checking import check_event
from services.calendar.commands.conflicts import accept_conflict, age_conflicts
from services.calendar.commands.copies import (
    ORGANISATIONS,
    PROBLEMS,
    RESOURCES,
    VENUES,
    copy_organisation,
    copy_resource,
    copy_venue,
)
from services.calendar.commands.decisions import link_decision
from services.calendar.commands.erasing import confirm_erasure, forget_person
from services.calendar.commands.events import cancel_event, edit_event, plan_event, restore_event, with_host
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
from services.calendar.commands.indicators import (
    BaselinePlan,
    change_baseline,
    enter_baseline,
    freeze_period,
    refuse_period_faults,
)
from services.calendar.commands.invitations import invite
from services.calendar.commands.inviting import (
    end_invitations,
    record_invitation_answer,
    record_invitation_reply,
    tell_invited,
)
from services.calendar.commands.linked import carry_out
from services.calendar.commands.meetings import (
    change_decision,
    note_presence,
    record_decision,
    write_attendance,
    write_meeting,
)
from services.calendar.commands.minutes import write_section
from services.calendar.commands.partners import add_partner, begin_with_partners, note_heard, revoke_partner
from services.calendar.commands.polls import end_polls, open_poll, remind_voters, settle_poll, withdraw_poll
from services.calendar.commands.proposals import accept_proposal, decline, propose, propose_pair, withdraw_proposal
from services.calendar.commands.publishing import TOO_LONG, composed, publish_minutes
from services.calendar.commands.rechecking import open_almanac, recheck_some, see_changes
from services.calendar.commands.reminding import remind_of_meetings
from services.calendar.commands.requests import (
    accept_request,
    counter_request,
    expire_requests,
    refuse_request,
    tell_rivals,
    withdraw_request,
)
from services.calendar.commands.retention import retention_rules
from services.calendar.commands.rules import set_conflict_rule
from services.calendar.commands.satisfaction import answer_questions, open_link, write_paper_totals
from services.calendar.commands.series import edit_occurrence
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
    take_over,
)
from services.calendar.commands.tasks import change_task, record_task, remind_of_tasks
from services.calendar.commands.voting import join_poll, link_for_oneself, make_links, make_open_link, vote
from services.calendar.commands.zones import follow_zone

__all__ = [
    "ITEMS_A_UNIT",
    "ORGANISATIONS",
    "PROBLEMS",
    "RESOURCES",
    "TOO_LONG",
    "VENUES",
    "BaselinePlan",
    "Imported",
    "Outcome",
    "accept_conflict",
    "accept_proposal",
    "accept_request",
    "add_partner",
    "add_source",
    "age_conflicts",
    "announce_fact",
    "answer_questions",
    "ask_for_fetch",
    "begin_import_run",
    "begin_with_partners",
    "cancel_event",
    "carry_out",
    "change_baseline",
    "change_decision",
    "change_item",
    "change_source",
    "change_task",
    "check_event",
    "check_fact",
    "composed",
    "confirm_erasure",
    "copy_organisation",
    "copy_resource",
    "copy_venue",
    "counter_request",
    "decline",
    "drop_absent",
    "edit_event",
    "edit_occurrence",
    "end_import_run",
    "end_invitations",
    "end_polls",
    "enter_baseline",
    "expire_requests",
    "follow_zone",
    "forget_person",
    "freeze_period",
    "import_series",
    "invite",
    "join_poll",
    "link_decision",
    "link_for_oneself",
    "make_links",
    "make_open_link",
    "note_absent",
    "note_failure",
    "note_heard",
    "note_import_progress",
    "note_presence",
    "note_seen",
    "open_almanac",
    "open_link",
    "open_poll",
    "plan_event",
    "propose",
    "propose_item",
    "propose_pair",
    "publish_minutes",
    "recheck_some",
    "record_decision",
    "record_invitation_answer",
    "record_invitation_reply",
    "record_task",
    "refuse_period_faults",
    "refuse_request",
    "refused_outcome",
    "remember_file",
    "remind_of_meetings",
    "remind_of_tasks",
    "remind_voters",
    "remove_source",
    "restore_event",
    "retention_rules",
    "revoke_partner",
    "roll_horizon",
    "see_changes",
    "set_conflict_rule",
    "settle_poll",
    "source_of_files",
    "take_due_source",
    "take_off",
    "take_over",
    "tell_invited",
    "tell_rivals",
    "vote",
    "with_host",
    "withdraw_fact",
    "withdraw_poll",
    "withdraw_proposal",
    "withdraw_request",
    "write_attendance",
    "write_meeting",
    "write_paper_totals",
    "write_section",
]

"""Everything that changes something, one function per intent."""

from services.registry.commands.answering import accept_match, decline_match
from services.registry.commands.api_keys import (
    MadeKey,
    end_keys,
    make_feed,
    make_key,
    note_key_use,
    retell_keys,
    revoke_key,
)
from services.registry.commands.audit import OPERATOR, disclose, note, note_reading
from services.registry.commands.coalitions import look_again, look_around, look_at_all_problems, look_for_coalitions
from services.registry.commands.contacts import (
    Owner,
    add_contact,
    change_contact,
    may_edit_contacts,
    remove_contact,
    withdraw_contact,
)
from services.registry.commands.drafts import finish_draft, keep_draft, map_draft
from services.registry.commands.duplicates import index_missing, index_organisations, keep_apart
from services.registry.commands.erasing import confirm_erasure, erase_person, note_erasure_confirmed
from services.registry.commands.facts import organisation_address
from services.registry.commands.imports import Choices, ImportedRow, import_organisations
from services.registry.commands.initiatives import change_initiative, form_initiative, join_initiative, leave_initiative
from services.registry.commands.invitations import (
    Invited,
    accept_invitation,
    invite,
    seal_invitation,
    send_again,
    withdraw_invitation,
)
from services.registry.commands.keys import rotate_keys, sign_token
from services.registry.commands.known_events import EVENTS, hear_event, wait_for_events
from services.registry.commands.letters import (
    DueLetter,
    Envelope,
    order_letter,
    record_letter_failed,
    record_letter_needless,
    record_letter_sent,
    take_due_letters,
)
from services.registry.commands.matching import match_need, match_offer
from services.registry.commands.merging import merge_organisations, undo_merge
from services.registry.commands.needs import change_need, close_need, close_past_needs, state_need
from services.registry.commands.operator import (
    chosen_person,
    ensure_administrator,
    sign_in_address,
    welcome_administrator,
)
from services.registry.commands.organisations import (
    change_organisation,
    confirm_organisation,
    register_organisation,
)
from services.registry.commands.own_data import (
    ask_for_own_data,
    make_own_link,
    own_data_address,
    own_data_key,
    seal_own_data,
    show_own_data,
)
from services.registry.commands.passwords import (
    TriedPassword,
    count_password_try,
    remove_password,
    set_password,
    sign_in_by_password,
)
from services.registry.commands.people import (
    edit_person,
    give_neighbourhood_roles,
    give_role,
    register_person,
    take_role,
)
from services.registry.commands.problems import (
    change_problem,
    enter_stage,
    move_problem,
    name_problem,
    remove_stage,
    support_problem,
    withdraw_support,
)
from services.registry.commands.public_contacts import tell_contacts
from services.registry.commands.resident_problems import (
    Waiting,
    forget_resident_deeds,
    let_through,
    name_as_resident,
    refuse_waiting,
    support_as_resident,
)
from services.registry.commands.resources import change_resource, register_resource
from services.registry.commands.retention import retention_rules
from services.registry.commands.reviews import ask_about_cards, seal_review
from services.registry.commands.searching import catch_up, forget_words
from services.registry.commands.sessions import (
    SESSION_LIFETIME,
    Opened,
    end_other_sessions,
    end_own_session,
    end_session,
    end_sessions_of,
    open_session,
    refresh,
)
from services.registry.commands.signing_in import (
    Tried,
    WhoIsIt,
    ask_for_letter,
    count_try,
    fill_sign_in_letter,
    make_sign_in_link,
    sign_in_by_code,
    sign_in_by_link,
)
from services.registry.commands.sites import add_site, change_site, remove_site
from services.registry.commands.suggestions import accept_suggestion, decline_suggestion
from services.registry.commands.themes import change_theme, register_theme, tell_untold, theme_codes
from services.registry.commands.venues import change_venue, register_venue

__all__ = [
    "EVENTS",
    "OPERATOR",
    "SESSION_LIFETIME",
    "Choices",
    "DueLetter",
    "Envelope",
    "ImportedRow",
    "Invited",
    "MadeKey",
    "Opened",
    "Owner",
    "Tried",
    "TriedPassword",
    "Waiting",
    "WhoIsIt",
    "accept_invitation",
    "accept_match",
    "accept_suggestion",
    "add_contact",
    "add_site",
    "ask_about_cards",
    "ask_for_letter",
    "ask_for_own_data",
    "catch_up",
    "change_contact",
    "change_initiative",
    "change_need",
    "change_organisation",
    "change_problem",
    "change_resource",
    "change_site",
    "change_theme",
    "change_venue",
    "chosen_person",
    "close_need",
    "close_past_needs",
    "confirm_erasure",
    "confirm_organisation",
    "count_password_try",
    "count_try",
    "decline_match",
    "decline_suggestion",
    "disclose",
    "edit_person",
    "end_keys",
    "end_other_sessions",
    "end_own_session",
    "end_session",
    "end_sessions_of",
    "ensure_administrator",
    "enter_stage",
    "erase_person",
    "fill_sign_in_letter",
    "finish_draft",
    "forget_resident_deeds",
    "forget_words",
    "form_initiative",
    "give_neighbourhood_roles",
    "give_role",
    "hear_event",
    "import_organisations",
    "index_missing",
    "index_organisations",
    "invite",
    "join_initiative",
    "keep_apart",
    "keep_draft",
    "leave_initiative",
    "let_through",
    "look_again",
    "look_around",
    "look_at_all_problems",
    "look_for_coalitions",
    "make_feed",
    "make_key",
    "make_own_link",
    "make_sign_in_link",
    "map_draft",
    "match_need",
    "match_offer",
    "may_edit_contacts",
    "merge_organisations",
    "move_problem",
    "name_as_resident",
    "name_problem",
    "note",
    "note_erasure_confirmed",
    "note_key_use",
    "note_reading",
    "open_session",
    "order_letter",
    "organisation_address",
    "own_data_address",
    "own_data_key",
    "record_letter_failed",
    "record_letter_needless",
    "record_letter_sent",
    "refresh",
    "refuse_waiting",
    "register_organisation",
    "register_person",
    "register_resource",
    "register_theme",
    "register_venue",
    "remove_contact",
    "remove_password",
    "remove_site",
    "remove_stage",
    "retell_keys",
    "retention_rules",
    "revoke_key",
    "rotate_keys",
    "seal_invitation",
    "seal_own_data",
    "seal_review",
    "send_again",
    "set_password",
    "show_own_data",
    "sign_in_address",
    "sign_in_by_code",
    "sign_in_by_link",
    "sign_in_by_password",
    "sign_token",
    "state_need",
    "support_as_resident",
    "support_problem",
    "take_due_letters",
    "take_role",
    "tell_contacts",
    "tell_untold",
    "theme_codes",
    "undo_merge",
    "wait_for_events",
    "welcome_administrator",
    "withdraw_contact",
    "withdraw_invitation",
    "withdraw_support",
]

"""Everything that changes something, one function per intent."""

from services.registry.commands.api_keys import end_keys, retell_keys
from services.registry.commands.audit import OPERATOR, note
from services.registry.commands.imports import ImportedRow, import_organisations
from services.registry.commands.initiatives import change_problem, form_initiative, name_problem
from services.registry.commands.keys import rotate_keys, sign_token
from services.registry.commands.organisations import (
    add_contact,
    change_contact,
    change_organisation,
    register_organisation,
)
from services.registry.commands.people import register_person
from services.registry.commands.resources import change_need, change_resource, register_resource, state_need
from services.registry.commands.signing_in import (
    chosen_person,
    end_session,
    ensure_administrator,
    make_sign_in_link,
    open_session,
    refresh,
    sign_in,
    sign_in_address,
    welcome_administrator,
)
from services.registry.commands.venues import change_venue, register_venue

__all__ = [
    "OPERATOR",
    "ImportedRow",
    "add_contact",
    "change_contact",
    "change_need",
    "change_organisation",
    "change_problem",
    "change_resource",
    "change_venue",
    "chosen_person",
    "end_keys",
    "end_session",
    "ensure_administrator",
    "form_initiative",
    "import_organisations",
    "make_sign_in_link",
    "name_problem",
    "note",
    "open_session",
    "refresh",
    "register_organisation",
    "register_person",
    "register_resource",
    "register_venue",
    "retell_keys",
    "rotate_keys",
    "sign_in",
    "sign_in_address",
    "sign_token",
    "state_need",
    "welcome_administrator",
]

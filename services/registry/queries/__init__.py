"""Everything that only looks."""

from services.registry.queries.account import Account, account, mail_addresses_of
from services.registry.queries.api_keys import KeyCard, api_key, api_keys
from services.registry.queries.audit import audit_log, audit_of, audit_of_person
from services.registry.queries.belonging import everybody, one_of_us, people_of_organisation
from services.registry.queries.contacts import (
    contacts_of_organisation,
    contacts_of_person,
    own_contacts_of_organisation,
    own_contacts_of_organisations,
    visible_contact,
)
from services.registry.queries.duplicates import Candidate, Pair, merge, merges, pairs, pairs_of
from services.registry.queries.exchange import (
    board,
    match_card,
    matches_of_need,
    needs_with_matches,
    organisations_in_need,
    organisations_to_speak_for,
)
from services.registry.queries.exports import Exported, exported_organisation, exported_organisations
from services.registry.queries.hidden import hidden_address, hidden_addresses
from services.registry.queries.imports import LookedUp, import_draft, looked_up
from services.registry.queries.invitations import InvitationCard, invitation_card, invitations, open_invitation
from services.registry.queries.needs import needs
from services.registry.queries.organisations import (
    initiatives,
    name_of_organisation,
    named,
    organisation_card,
    organisation_named,
    organisation_names,
    organisations,
    problems,
    resources,
    sites,
    venues,
)
from services.registry.queries.own_data import (
    ErasureReport,
    brought_back,
    erased_ids,
    erasure,
    late_erasures,
    may_hand_over_own_link,
    own_data,
    person_to_erase,
)
from services.registry.queries.people import (
    actor,
    people,
    person,
    person_card,
    person_state,
    seen_person,
)
from services.registry.queries.reviews import cards_to_review, due_names_of, due_organisations, speakers_of
from services.registry.queries.searching import Findings, Found, search, search_by_kind, unused_words
from services.registry.queries.signing_in import linked_people
from services.registry.queries.statements import statements
from services.registry.queries.themes import all_themes, taxonomy, theme, theme_names, themes

__all__ = [
    "Account",
    "Candidate",
    "ErasureReport",
    "Exported",
    "Findings",
    "Found",
    "InvitationCard",
    "KeyCard",
    "LookedUp",
    "Pair",
    "account",
    "actor",
    "all_themes",
    "api_key",
    "api_keys",
    "audit_log",
    "audit_of",
    "audit_of_person",
    "board",
    "brought_back",
    "cards_to_review",
    "contacts_of_organisation",
    "contacts_of_person",
    "due_names_of",
    "due_organisations",
    "erased_ids",
    "erasure",
    "everybody",
    "exported_organisation",
    "exported_organisations",
    "hidden_address",
    "hidden_addresses",
    "import_draft",
    "initiatives",
    "invitation_card",
    "invitations",
    "late_erasures",
    "linked_people",
    "looked_up",
    "mail_addresses_of",
    "match_card",
    "matches_of_need",
    "may_hand_over_own_link",
    "merge",
    "merges",
    "name_of_organisation",
    "named",
    "needs",
    "needs_with_matches",
    "one_of_us",
    "open_invitation",
    "organisation_card",
    "organisation_named",
    "organisation_names",
    "organisations",
    "organisations_in_need",
    "organisations_to_speak_for",
    "own_contacts_of_organisation",
    "own_contacts_of_organisations",
    "own_data",
    "pairs",
    "pairs_of",
    "people",
    "people_of_organisation",
    "person",
    "person_card",
    "person_state",
    "person_to_erase",
    "problems",
    "resources",
    "search",
    "search_by_kind",
    "seen_person",
    "sites",
    "speakers_of",
    "statements",
    "taxonomy",
    "theme",
    "theme_names",
    "themes",
    "unused_words",
    "venues",
    "visible_contact",
]

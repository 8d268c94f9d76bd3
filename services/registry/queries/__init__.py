"""Everything that only looks."""

from services.registry.queries.account import Account, account, mail_addresses_of
from services.registry.queries.api_keys import KeyCard, api_key, api_keys
from services.registry.queries.audit import audit_log, audit_of, audit_of_person
from services.registry.queries.belonging import everybody, one_of_us, people_of_organisation
from services.registry.queries.contacts import (
    contacts_of_organisation,
    contacts_of_person,
    own_contacts_of_organisation,
    visible_contact,
)
from services.registry.queries.invitations import InvitationCard, invitation_card, invitations, open_invitation
from services.registry.queries.matching import needs_with_matches
from services.registry.queries.organisations import (
    initiatives,
    name_of_organisation,
    named,
    needs,
    organisation_card,
    organisation_named,
    organisation_names,
    organisations,
    problems,
    resources,
    site,
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
from services.registry.queries.signing_in import linked_people
from services.registry.queries.statements import statements
from services.registry.queries.themes import all_themes, taxonomy, theme, themes

__all__ = [
    "Account",
    "ErasureReport",
    "InvitationCard",
    "KeyCard",
    "account",
    "actor",
    "all_themes",
    "api_key",
    "api_keys",
    "audit_log",
    "audit_of",
    "audit_of_person",
    "brought_back",
    "cards_to_review",
    "contacts_of_organisation",
    "contacts_of_person",
    "due_names_of",
    "due_organisations",
    "erased_ids",
    "erasure",
    "everybody",
    "initiatives",
    "invitation_card",
    "invitations",
    "late_erasures",
    "linked_people",
    "mail_addresses_of",
    "may_hand_over_own_link",
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
    "own_contacts_of_organisation",
    "own_data",
    "people",
    "people_of_organisation",
    "person",
    "person_card",
    "person_state",
    "person_to_erase",
    "problems",
    "resources",
    "seen_person",
    "site",
    "sites",
    "speakers_of",
    "statements",
    "taxonomy",
    "theme",
    "themes",
    "venues",
    "visible_contact",
]

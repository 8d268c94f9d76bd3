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
from services.registry.queries.initiatives import (
    InitiativeCard,
    initiative,
    initiative_card,
    initiatives,
    organisation_names,
    suggestions,
)
from services.registry.queries.invitations import InvitationCard, invitation_card, invitations, open_invitation
from services.registry.queries.matching import needs_with_matches
from services.registry.queries.organisations import (
    named,
    needs,
    organisation_card,
    organisations,
    resources,
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
from services.registry.queries.problems import (
    ProblemCard,
    Settlement,
    StatusSaid,
    problem,
    problem_card,
    problems,
    settlement,
    spoken_for,
    statuses_of,
    themes,
    waiting_problems,
)
from services.registry.queries.signing_in import linked_people
from services.registry.queries.statements import statements

__all__ = [
    "Account",
    "ErasureReport",
    "InitiativeCard",
    "InvitationCard",
    "KeyCard",
    "ProblemCard",
    "Settlement",
    "StatusSaid",
    "account",
    "actor",
    "api_key",
    "api_keys",
    "audit_log",
    "audit_of",
    "audit_of_person",
    "brought_back",
    "contacts_of_organisation",
    "contacts_of_person",
    "erased_ids",
    "erasure",
    "everybody",
    "initiative",
    "initiative_card",
    "initiatives",
    "invitation_card",
    "invitations",
    "late_erasures",
    "linked_people",
    "mail_addresses_of",
    "may_hand_over_own_link",
    "named",
    "needs",
    "needs_with_matches",
    "one_of_us",
    "open_invitation",
    "organisation_card",
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
    "problem",
    "problem_card",
    "problems",
    "resources",
    "seen_person",
    "settlement",
    "spoken_for",
    "statements",
    "statuses_of",
    "suggestions",
    "themes",
    "venues",
    "visible_contact",
    "waiting_problems",
]

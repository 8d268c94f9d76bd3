"""Everything that only looks."""

from services.registry.queries.contacts import contact_of_organisation, contacts_of_organisation
from services.registry.queries.matching import needs_with_matches
from services.registry.queries.organisations import (
    initiatives,
    named,
    needs,
    organisation_card,
    organisations,
    problems,
    resources,
    venues,
)
from services.registry.queries.people import (
    actor,
    linked_person,
    people,
    person,
    person_card,
    person_state,
    seen_person,
    signed_in_person,
)

__all__ = [
    "actor",
    "contact_of_organisation",
    "contacts_of_organisation",
    "initiatives",
    "linked_person",
    "named",
    "needs",
    "needs_with_matches",
    "organisation_card",
    "organisations",
    "people",
    "person",
    "person_card",
    "person_state",
    "problems",
    "resources",
    "seen_person",
    "signed_in_person",
    "venues",
]

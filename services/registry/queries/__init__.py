"""Everything that only looks."""

from services.registry.queries.contacts import contacts_of_organisation, contacts_of_person
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
    coordinator,
    people,
    person,
    person_state,
    signed_in_person,
)

__all__ = [
    "actor",
    "contacts_of_organisation",
    "contacts_of_person",
    "coordinator",
    "initiatives",
    "named",
    "needs",
    "organisation_card",
    "organisations",
    "people",
    "person",
    "person_state",
    "problems",
    "resources",
    "signed_in_person",
    "venues",
]

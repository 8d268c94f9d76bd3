"""What search engines read of a card: schema.org in JSON-LD, of public facts alone."""

from collections.abc import Sequence
from typing import Any

from services.registry.models import Organisation
from services.registry.queries.contacts import VisibleContact
from services.registry.queries.organisations import OrganisationCard
from shared.messages.registry import OrganisationKind

TYPES: dict[OrganisationKind, str] = {
    "public_institution": "GovernmentOrganization",
    "ngo": "NGO",
    "school": "School",
    "company": "LocalBusiness",
    "council": "GovernmentOrganization",
}
PROPERTIES = {"phone": "telephone", "email": "email", "website": "sameAs"}


def linked_data(card: OrganisationCard, public: Sequence[VisibleContact], address: str) -> dict[str, Any]:
    """Describe an organisation (https://schema.org/Organization); `public` are the contacts that strangers see.

    What is not known is left out. `address` is the installation's.
    """
    one = card.organisation
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(one.kind, "Organization"),
        "@id": f"{address}/registry/organisations/{one.id}",
        "name": one.name,
        "description": one.description or one.plain_description,
        "address": one.address,
        "location": [_place(one.name, one), *(_place(site.name, site) for site in card.sites)],
        "taxID": one.nip,
        "identifier": _identifiers(one),
        "url": [link["url"] for link in one.links],
        "parentOrganization": {"@type": "Organization", "name": card.parent.name} if card.parent else None,
    }
    for visible in public:
        name = PROPERTIES.get(visible.contact.kind)
        if name is not None and visible.contact.person_id is None:
            found.setdefault(name, []).append(visible.contact.value)
    return {name: value for name, value in found.items() if value}


def _place(name: str, row: Any) -> dict[str, Any]:
    """Describe where something is (https://schema.org/Place)."""
    place: dict[str, Any] = {"@type": "Place", "name": name, "address": row.address}
    if row.latitude is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": row.latitude, "longitude": row.longitude}
    if isinstance(row, Organisation) and row.step_free is not None:
        place["amenityFeature"] = {
            "@type": "LocationFeatureSpecification",
            "name": "step-free access",
            "value": row.step_free,
        }
    return {key: value for key, value in place.items() if value}


def _identifiers(one: Organisation) -> list[dict[str, str]]:
    numbers = {"REGON": one.regon, "KRS": one.krs, "RSPO": one.rspo}
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in numbers.items() if value]

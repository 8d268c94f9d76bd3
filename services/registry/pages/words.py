"""The words that pages use for kinds and roles (gettext sources), and where a contact leads."""

from collections.abc import Mapping
from typing import Any

from services.registry.models import Contact
from shared.i18n import say
from shared.messages.registry import OrganisationKind, ResourceKind, Role

ORGANISATION_KINDS: dict[OrganisationKind, str] = {
    "public_institution": "public institution",
    "ngo": "association or foundation",
    "school": "school",
    "housing_association": "housing association",
    "company": "firm",
    "council": "district council",
    "informal_group": "informal group",
    "other": "other",
}
RESOURCE_KINDS: dict[ResourceKind, str] = {
    "space": "space",
    "equipment": "equipment",
    "skill": "skill",
    "volunteers": "volunteers’ time",
    "money": "money",
    "knowledge": "knowledge",
}
ROLES: dict[Role, str] = {"member": "member", "coordinator": "coordinator", "leader": "leader"}
VISIBILITIES = {"partners": "for partners only", "private": "private"}


def said(words: Mapping[Any, str]) -> dict[str, str]:
    """Say a table of words in the language of the running request."""
    return {code: say(word) for code, word in words.items()}


def link_of(contact: Contact) -> str | None:
    """Say where a contact leads: it can be called, written to or opened (RFC 3966, RFC 6068)."""
    if contact.kind == "phone":
        return "tel:" + "".join(letter for letter in contact.value if letter.isdigit() or letter == "+")
    if contact.kind == "email":
        return f"mailto:{contact.value}"
    if contact.kind == "website" and contact.value.startswith(("https://", "http://")):
        return contact.value
    return None

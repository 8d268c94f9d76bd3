"""Shapes of the registry's requests and answers, as product.md names them, and their way to plans and from rows."""

from services.registry.schemas.answers import (
    AnsweredNeedAnswer,
    AuditAnswer,
    ContactAnswer,
    ImportAnswer,
    InitiativeAnswer,
    NeedAnswer,
    PersonAnswer,
    ProblemAnswer,
    answered_need,
    audit_answer,
    contact_answer,
    import_answer,
    person_answer,
    person_contact_answer,
)
from services.registry.schemas.fields import Identifier
from services.registry.schemas.keys import feed_address, key_answer, made_feed_answer, made_key_answer
from services.registry.schemas.offers import (
    ResourceAnswer,
    ResourceBody,
    ResourceChange,
    VenueAnswer,
    VenueBody,
    VenueChange,
)
from services.registry.schemas.organisations import OrganisationAnswer, OrganisationBody, OrganisationChange
from services.registry.schemas.people import invitation_answer, invitation_link, made_invitation_answer
from services.registry.schemas.requests import (
    ContactBody,
    ContactChange,
    InitiativeBody,
    NeedBody,
    NeedChange,
    PersonBody,
    ProblemBody,
    ProblemChange,
)
from shared.web import Page

__all__ = [
    "AnsweredNeedAnswer",
    "AuditAnswer",
    "ContactAnswer",
    "ContactBody",
    "ContactChange",
    "Identifier",
    "ImportAnswer",
    "InitiativeAnswer",
    "InitiativeBody",
    "NeedAnswer",
    "NeedBody",
    "NeedChange",
    "OrganisationAnswer",
    "OrganisationBody",
    "OrganisationChange",
    "Page",
    "PersonAnswer",
    "PersonBody",
    "ProblemAnswer",
    "ProblemBody",
    "ProblemChange",
    "ResourceAnswer",
    "ResourceBody",
    "ResourceChange",
    "VenueAnswer",
    "VenueBody",
    "VenueChange",
    "answered_need",
    "audit_answer",
    "contact_answer",
    "feed_address",
    "import_answer",
    "invitation_answer",
    "invitation_link",
    "key_answer",
    "made_feed_answer",
    "made_invitation_answer",
    "made_key_answer",
    "person_answer",
    "person_contact_answer",
]

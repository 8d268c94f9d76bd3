"""The registry's tables: stakeholders, people and how to reach them, access, and what every service has."""

from services.registry.models.access import (
    ApiKey,
    Letter,
    Password,
    SignedInSession,
    SigningKey,
    SignInLink,
    WrongPassword,
)
from services.registry.models.base import Aggregate, Base, Pointed
from services.registry.models.coalitions import (
    CoalitionAnswer,
    CoalitionLook,
    InitiativeSuggestion,
    KnownEvent,
    KnownEventHost,
)
from services.registry.models.duplicates import DistinctPair, DuplicateKey, Merge
from services.registry.models.hidden import HiddenAddress
from services.registry.models.house import (
    Erasure,
    History,
    IdempotencyKey,
    Inbox,
    KnownApiKey,
    KnownKey,
    Outbox,
    RevokedAccess,
    SetAside,
)
from services.registry.models.imports import ImportDraft, ImportPart, OrganisationKey, OwnedKey
from services.registry.models.initiatives import Initiative, InitiativeMember, InitiativeProblem
from services.registry.models.matches import Match, MatchKey
from services.registry.models.needs import LIVE, Need
from services.registry.models.offers import Resource, Venue
from services.registry.models.organisations import Organisation, Site
from services.registry.models.people import (
    Audit,
    Contact,
    ErasureConfirmation,
    Invitation,
    Membership,
    Person,
    ToldContacts,
)
from services.registry.models.problems import (
    Problem,
    ProblemStage,
    ProblemStatusChange,
    ProblemSupport,
    ResidentDeed,
    WaitingProblem,
)
from services.registry.models.searched import Searched, SearchedTrigram, SearchedWord
from services.registry.models.themes import Theme

__all__ = [
    "LIVE",
    "Aggregate",
    "ApiKey",
    "Audit",
    "Base",
    "CoalitionAnswer",
    "CoalitionLook",
    "Contact",
    "DistinctPair",
    "DuplicateKey",
    "Erasure",
    "ErasureConfirmation",
    "HiddenAddress",
    "History",
    "IdempotencyKey",
    "ImportDraft",
    "ImportPart",
    "Inbox",
    "Initiative",
    "InitiativeMember",
    "InitiativeProblem",
    "InitiativeSuggestion",
    "Invitation",
    "KnownApiKey",
    "KnownEvent",
    "KnownEventHost",
    "KnownKey",
    "Letter",
    "Match",
    "MatchKey",
    "Membership",
    "Merge",
    "Need",
    "Organisation",
    "OrganisationKey",
    "Outbox",
    "OwnedKey",
    "Password",
    "Person",
    "Pointed",
    "Problem",
    "ProblemStage",
    "ProblemStatusChange",
    "ProblemSupport",
    "ResidentDeed",
    "Resource",
    "RevokedAccess",
    "Searched",
    "SearchedTrigram",
    "SearchedWord",
    "SetAside",
    "SignInLink",
    "SignedInSession",
    "SigningKey",
    "Site",
    "Theme",
    "ToldContacts",
    "Venue",
    "WaitingProblem",
    "WrongPassword",
]

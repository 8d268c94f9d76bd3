"""What the registry tells: public facts of stakeholders, its signing keys, and, on a stream of their own, people."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from shared.messages.base import Describes, Message, Reason, SetAside, Value

OrganisationKind = Literal[
    "public_institution", "ngo", "school", "housing_association", "company", "council", "informal_group", "other"
]
OrganisationStatus = Literal["active", "suspended", "ended"]
ResourceKind = Literal["space", "equipment", "skill", "volunteers", "money", "knowledge"]
OfferStatus = Literal["offered", "withdrawn"]
LendsTo = Literal["everyone", "partners", "members"]
"""Who may borrow: everyone, people who work together here, or those who belong to the organisation."""
CostPer = Literal["hour", "day", "once"]
Urgency = Literal["low", "normal", "urgent"]
NeedStatus = Literal["open", "matched", "met", "closed"]
ClosedBecause = Literal["withdrawn", "past"]
DeclineReason = Literal["wrong_kind", "too_far", "not_available", "other"]
Role = Literal["member", "coordinator", "leader"]
InitiativeRole = Literal["lead", "partner", "supporter"]
ProblemStatus = Literal["named", "discussed", "adopted", "in_work", "solved", "dropped"]
KeyKind = Literal["program", "feed"]


class RegistryMessage(Message):
    """A message of the registry."""

    stream: ClassVar[str] = "REGISTRY"
    owner: ClassVar[str] = "registry"


class Link(Value):
    """Where more is said, on the web."""

    label: str = ""
    url: str


class SiteFacts(Value):
    """A further place where an organisation works."""

    id: str
    name: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


class OrganisationFacts(RegistryMessage):
    """The public facts of one organisation."""

    name: str
    kind: OrganisationKind
    description: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    confidential: bool = False
    """Where it is, is nobody's business: the point is the middle of a wide cell, and there is no address."""
    url: str
    description_en: str = ""
    plain_description: str = ""
    links: tuple[Link, ...] = ()
    opening_hours: str = ""
    step_free: bool | None = None
    parent_id: str | None = None
    status: OrganisationStatus = "active"
    confirmed_on: date | None = None
    sites: tuple[SiteFacts, ...] = ()
    merged_into_id: str | None = None
    """The organisation that was kept when this one turned out to be the same; what it had is told anew as its own."""


class OrganisationRegistered(OrganisationFacts):
    """An organisation became known."""

    type: ClassVar[str] = "registry.organisation.registered.v1"


class OrganisationChanged(OrganisationFacts):
    """Something public about an organisation changed; these are all its facts now."""

    type: ClassVar[str] = "registry.organisation.changed.v1"


class OfferFacts(RegistryMessage):
    """On which terms something is lent; `cost_pln` is in zlotys, per `cost_per`, and None where nothing is fixed.

    What is withdrawn is lent no more; what was promised already is for people to settle.
    """

    description: str = ""
    conditions: str = ""
    cost: str = ""
    cost_pln: float | None = None
    cost_per: CostPer | None = None
    lends_to: LendsTo = "everyone"
    themes: tuple[str, ...] = ()
    status: OfferStatus = "offered"


class VenueFacts(OfferFacts):
    """The public facts of one venue: a resource of kind space."""

    name: str
    organisation_id: str
    capacity: int | None = None
    one_at_a_time: bool = True
    set_up_minutes: int = 0
    clear_up_minutes: int = 0
    opening_hours: str = ""
    equipment: tuple[str, ...] = ()
    step_free: bool | None = None
    needs_approval: bool = False
    inside_venue_id: str | None = None
    ancestor_ids: tuple[str, ...] = ()
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    confidential: bool = False
    """Where it is, is nobody's business: the point is the middle of a wide cell, and there is no address."""
    url: str


class VenueRegistered(VenueFacts):
    """A venue became known."""

    type: ClassVar[str] = "registry.venue.registered.v1"


class VenueChanged(VenueFacts):
    """Something public about a venue changed; these are all its facts now."""

    type: ClassVar[str] = "registry.venue.changed.v1"


class ResourceFacts(OfferFacts):
    """The public facts of one resource that is not a venue."""

    name: str
    kind: ResourceKind
    organisation_id: str
    quantity: int = 1
    needs_approval: bool = False
    latitude: float | None = None
    longitude: float | None = None
    url: str
    unit: str = ""
    availability: str = ""


class ResourceRegistered(ResourceFacts):
    """A resource can be lent."""

    type: ClassVar[str] = "registry.resource.registered.v1"


class ResourceChanged(ResourceFacts):
    """Something public about a resource changed; these are all its facts now."""

    type: ClassVar[str] = "registry.resource.changed.v1"


class ThemeChanged(RegistryMessage):
    """A theme of the taxonomy is new or another: things name it by `code`, and `parent_code` is the wider one."""

    type: ClassVar[str] = "registry.theme.changed.v1"

    code: str
    name_pl: str
    name_en: str
    parent_code: str | None = None
    synonyms: tuple[str, ...] = ()
    retired: bool = False
    url: str


class NeedFacts(RegistryMessage):
    """The public facts of one need; `starts_at` to `ends_at` is when it is wanted, on `weekdays` (1 is Monday)."""

    title: str
    organisation_id: str
    kind: ResourceKind
    quantity: int = 1
    until_on: date | None = None
    description: str = ""
    themes: tuple[str, ...] = ()
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    venue_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weekdays: tuple[int, ...] = ()
    hours: str = ""
    urgency: Urgency = "normal"
    status: NeedStatus = "open"
    url: str


class NeedStated(NeedFacts):
    """An organisation said what it lacks."""

    type: ClassVar[str] = "registry.need.stated.v1"


class NeedMatched(NeedFacts):
    """What an organisation lacks was found: one of the sides accepted a match."""

    type: ClassVar[str] = "registry.need.matched.v1"

    match_id: str
    resource_id: str
    resource_organisation_id: str


class NeedMet(NeedFacts, Describes):
    """An organisation got what it lacked; `outcome` says in its words what came of it. Who helped is told so."""

    type: ClassVar[str] = "registry.need.met.v1"

    outcome: str = ""
    met_by_organisation_id: str | None = None
    met_by_resource_id: str | None = None
    met_quantity: int | None = None
    url: str


class NeedClosed(NeedFacts):
    """A need holds no more though nobody met it: it was withdrawn, or its time is past."""

    type: ClassVar[str] = "registry.need.closed.v1"

    because: ClosedBecause
    outcome: str = ""
    closed_at: datetime | None = None


class MatchFacts(RegistryMessage):
    """A resource or venue that answers a need of another organisation, and why.

    `starts_at` to `ends_at` is when the need is wanted, where it says so; `stated_at` when it was stated.
    """

    need_id: str
    need_title: str
    need_organisation_id: str
    need_organisation_name: str
    resource_id: str
    resource_name: str
    resource_organisation_id: str
    resource_organisation_name: str
    kind: ResourceKind
    score: int
    reasons: tuple[Reason, ...] = ()
    organisation_ids: tuple[str, ...] = ()
    stated_at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    url: str


class MatchSuggested(MatchFacts):
    """Something that can be lent answers a need; told once of each two."""

    type: ClassVar[str] = "registry.match.suggested.v1"


class MatchAccepted(MatchFacts):
    """One of the sides wants a match to become true."""

    type: ClassVar[str] = "registry.match.accepted.v1"

    by_organisation_id: str


class MatchDeclined(MatchFacts):
    """One of the sides does not want a match, and says why."""

    type: ClassVar[str] = "registry.match.declined.v1"

    by_organisation_id: str
    decline_reason: DeclineReason
    because: str = ""


class ProblemNamed(RegistryMessage):
    """Something in the neighbourhood that should be solved got a name."""

    type: ClassVar[str] = "registry.problem.named.v1"

    title: str
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str
    address: str = ""
    status: ProblemStatus = "named"
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    supporter_ids: tuple[str, ...] = ()
    """The organisations that support it."""


class InitiativeMemberFacts(Value):
    """An organisation in a coalition, and what it is there."""

    organisation_id: str
    role: InitiativeRole


class InitiativeFacts(RegistryMessage):
    """The public facts of one coalition."""

    title: str
    goal: str = ""
    organisation_ids: tuple[str, ...] = ()
    problem_ids: tuple[str, ...] = ()
    url: str
    members: tuple[InitiativeMemberFacts, ...] = ()
    event_ids: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    """Those of its problems."""
    application_deadline_on: date | None = None
    """Until when it applies for money of the participatory budget, if it does."""


class InitiativeFormed(InitiativeFacts):
    """Organisations formed a coalition with a goal."""

    type: ClassVar[str] = "registry.initiative.formed.v1"


class InitiativeChanged(InitiativeFacts):
    """Something public about a coalition changed; these are all its facts now."""

    type: ClassVar[str] = "registry.initiative.changed.v1"


class SuggestionFacts(RegistryMessage):
    """Organisations that could form a coalition, and why; each answers for itself, and two that say yes form it."""

    title: str
    organisation_ids: tuple[str, ...]
    """Those who are asked and did not say no."""
    problem_id: str | None = None
    reasons: tuple[Reason, ...] = ()
    suggested_at: datetime
    url: str
    accepted_ids: tuple[str, ...] = ()
    """Who said yes, the first one in front."""
    declined_ids: tuple[str, ...] = ()
    initiative_id: str | None = None
    """The coalition, once it is formed."""


class InitiativeSuggested(SuggestionFacts):
    """These organisations could form a coalition, for these reasons; told again when others join the suggestion."""

    type: ClassVar[str] = "registry.initiative.suggested.v1"


class SuggestionAccepted(SuggestionFacts):
    """One of the organisations wants a suggested coalition; `formed` says that with this answer it came to be."""

    type: ClassVar[str] = "registry.suggestion.accepted.v1"

    by_organisation_id: str
    by_organisation_name: str
    formed: bool = False


class SuggestionDeclined(SuggestionFacts):
    """One of the organisations does not want a suggested coalition, and may say why."""

    type: ClassVar[str] = "registry.suggestion.declined.v1"

    by_organisation_id: str
    by_organisation_name: str
    because: str = ""


class KeyPublished(RegistryMessage):
    """The registry will sign tokens with this key; `id` is the key id, `public_key` a JWK (RFC 8037, OKP Ed25519)."""

    type: ClassVar[str] = "registry.key.published.v1"

    public_key: dict[str, Any]
    not_before_at: datetime
    expires_at: datetime


class Membership(Value):
    """A person's role in one organisation."""

    organisation_id: str
    role: Role


class AccessRevoked(RegistryMessage):
    """Tokens of this session or person (`id`) that were signed before an instant hold no more."""

    type: ClassVar[str] = "registry.access.revoked.v1"

    before_at: datetime


class ApiKeyChanged(RegistryMessage):
    """What the key of a program or of a feed is worth now; `secret_hash` is the SHA-256 of its 256 random bits.

    It speaks for a person, with the roles that they have at this moment, as far as `scopes` go.
    """

    type: ClassVar[str] = "registry.api_key.changed.v1"

    kind: KeyKind
    secret_hash: str
    person_id: str
    administrator: bool = False
    neighbourhood_coordinator: bool = False
    memberships: tuple[Membership, ...] = ()
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class PersonErased(RegistryMessage):
    """A person is erased: every service forgets what it holds of them up to this version, and confirms it."""

    type: ClassVar[str] = "registry.person.erased.v1"


class PersonChanged(Message):
    """How to reach one person, now: state, not history, on a stream of its own that only some may read."""

    type: ClassVar[str] = "people.person.changed.v1"
    stream: ClassVar[str] = "PEOPLE"
    owner: ClassVar[str] = "registry"

    name: str
    email: str | None = None
    language: Literal["pl", "en"] = "pl"
    administrator: bool = False
    memberships: tuple[Membership, ...] = ()
    neighbourhood_coordinator: bool = False
    email_until: datetime | None = None
    """After this instant nobody agreed any more that mail is sent there."""


class PublicContact(Value):
    """A way to reach an organisation that everybody may know, until somebody says otherwise, or until an instant."""

    kind: Literal["phone", "email"]
    value: str
    """As people write it; a telephone number in its international form."""
    link: str
    """Where it leads: `tel:` (RFC 3966) or `mailto:` (RFC 6068)."""
    e164: str | None = None
    """The number of a telephone (ITU-T E.164), without an extension."""
    label: str = ""
    person_id: str | None = None
    """Whose it is, where it is not the organisation's own."""
    person_name: str | None = None
    role: Role | None = None
    until: datetime | None = None
    """From this instant on nobody agreed any more that it is shown."""


class ContactsChanged(Message):
    """How everybody may reach one organisation (`id`), now: state, as of people, and on their stream; none is empty.

    `version` counts these states, and is not the organisation's.
    """

    type: ClassVar[str] = "people.contacts.changed.v1"
    stream: ClassVar[str] = "PEOPLE"
    owner: ClassVar[str] = "registry"

    contacts: tuple[PublicContact, ...] = ()


class MessageSetAside(RegistryMessage, SetAside):
    """The registry could not take in a message, which waits for a decision."""

    type: ClassVar[str] = "registry.message.set_aside.v1"


MESSAGES: tuple[type[Message], ...] = (
    OrganisationRegistered,
    OrganisationChanged,
    VenueRegistered,
    VenueChanged,
    ResourceRegistered,
    ResourceChanged,
    ThemeChanged,
    NeedStated,
    NeedMatched,
    NeedMet,
    NeedClosed,
    MatchSuggested,
    MatchAccepted,
    MatchDeclined,
    ProblemNamed,
    InitiativeFormed,
    InitiativeChanged,
    InitiativeSuggested,
    SuggestionAccepted,
    SuggestionDeclined,
    KeyPublished,
    AccessRevoked,
    ApiKeyChanged,
    PersonErased,
    PersonChanged,
    ContactsChanged,
    MessageSetAside,
)

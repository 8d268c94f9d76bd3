"""What the registry tells: public facts of stakeholders, its signing keys, and, on a stream of their own, people."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from shared.messages.base import Message, Reason, SetAside, Value

OrganisationKind = Literal[
    "public_institution", "ngo", "school", "housing_association", "company", "council", "informal_group", "other"
]
ResourceKind = Literal["space", "equipment", "skill", "volunteers", "money", "knowledge"]
Role = Literal["member", "coordinator", "leader"]
InitiativeRole = Literal["lead", "partner", "supporter"]
ProblemStatus = Literal["named", "discussed", "adopted", "in_work", "solved", "dropped"]
KeyKind = Literal["program", "feed"]


class RegistryMessage(Message):
    """A message of the registry."""

    stream: ClassVar[str] = "REGISTRY"
    owner: ClassVar[str] = "registry"


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
    url: str


class OrganisationRegistered(OrganisationFacts):
    """An organisation became known."""

    type: ClassVar[str] = "registry.organisation.registered.v1"


class OrganisationChanged(OrganisationFacts):
    """Something public about an organisation changed; these are all its facts now."""

    type: ClassVar[str] = "registry.organisation.changed.v1"


class VenueFacts(RegistryMessage):
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
    url: str


class VenueRegistered(VenueFacts):
    """A venue became known."""

    type: ClassVar[str] = "registry.venue.registered.v1"


class VenueChanged(VenueFacts):
    """Something public about a venue changed; these are all its facts now."""

    type: ClassVar[str] = "registry.venue.changed.v1"


class ResourceFacts(RegistryMessage):
    """The public facts of one resource that is not a venue."""

    name: str
    kind: ResourceKind
    organisation_id: str
    quantity: int = 1
    needs_approval: bool = False
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str


class ResourceRegistered(ResourceFacts):
    """A resource can be lent."""

    type: ClassVar[str] = "registry.resource.registered.v1"


class ResourceChanged(ResourceFacts):
    """Something public about a resource changed; these are all its facts now."""

    type: ClassVar[str] = "registry.resource.changed.v1"


class NeedStated(RegistryMessage):
    """An organisation said what it lacks."""

    type: ClassVar[str] = "registry.need.stated.v1"

    title: str
    organisation_id: str
    kind: ResourceKind
    quantity: int = 1
    until_on: date | None = None
    url: str


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
    application_deadline_on: date | None = None
    """Until when it applies for money of the participatory budget, if it does."""


class InitiativeFormed(InitiativeFacts):
    """Organisations formed a coalition with a goal."""

    type: ClassVar[str] = "registry.initiative.formed.v1"


class InitiativeChanged(InitiativeFacts):
    """Something public about a coalition changed; these are all its facts now."""

    type: ClassVar[str] = "registry.initiative.changed.v1"


class InitiativeSuggested(RegistryMessage):
    """These organisations could form a coalition, for these reasons; told again when others join the suggestion."""

    type: ClassVar[str] = "registry.initiative.suggested.v1"

    title: str
    organisation_ids: tuple[str, ...]
    problem_id: str | None = None
    reasons: tuple[Reason, ...] = ()
    suggested_at: datetime
    url: str


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
    NeedStated,
    ProblemNamed,
    InitiativeFormed,
    InitiativeChanged,
    InitiativeSuggested,
    KeyPublished,
    AccessRevoked,
    ApiKeyChanged,
    PersonErased,
    PersonChanged,
    MessageSetAside,
)

"""What the registry's commands take: one frozen value per thing that can be registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from shared.messages.registry import (
    CostPer,
    DeclineReason,
    LendsTo,
    OfferStatus,
    OrganisationKind,
    OrganisationStatus,
    ProblemStatus,
    ResourceKind,
    Role,
    Urgency,
)

ContactKind = Literal["phone", "email", "website", "address", "other"]
Visibility = Literal["public", "partners", "coordinators", "private"]
LegalBasis = Literal["consent", "contract", "legal_obligation", "public_task", "legitimate_interest"]
"""Why a contact may be kept and shown (GDPR, art. 6 (1) a, b, c, e, f)."""
AuditAction = Literal["read", "exported", "changed", "added", "removed", "withdrawn", "erased"]
LetterKind = Literal["sign_in", "invitation", "own_data", "review"]
SignInWay = Literal["code", "link", "password"]
"""How somebody proved who they are. A new way joins here, and opens its session by `commands.open_session`."""
Language = Literal["pl", "en"]
PointSource = Literal["pin", "address", "import"]
"""Where a point is from: somebody put a pin, it was looked up by the address, or it stood in an imported table."""
MatchState = Literal["suggested", "accepted", "declined", "over"]
"""A match is over when its need is, or when the two do not fit any more."""
Side = Literal["need", "offer"]
Stage = Literal["diagnosis", "poll", "consultation", "works"]
"""The steps on which residents take part in solving a problem, in their order; some may be skipped."""
BudgetStatus = Literal["planned", "applied", "granted", "spent"]
SuggestionKind = Literal["problem", "events"]
SuggestionReply = Literal["accepted", "declined"]
SuggestionState = Literal["suggested", "accepted", "declined", "overtaken"]
"""Accepted: enough said yes, and it is formed. Overtaken: such a coalition was formed otherwise."""
WaitingState = Literal["waiting", "let_through", "refused"]
DraftState = Literal["waiting", "running", "stopping", "done", "failed"]
"""Of a file that is imported: it is looked at, brought in, told to stop; whole or in part it is in."""

Changes = Mapping[str, Any]
"""The fields that an edit sets, by name, already checked by the door; what is absent stays as it is."""


@dataclass(frozen=True)
class Device:
    """A browser that signs in: its kind in words, and the address (IPv6: the network) that it comes from."""

    label: str = ""
    network: str = ""


@dataclass(frozen=True)
class OrganisationPlan:
    """A stakeholder to be registered; the point is in WGS 84 degrees.

    `plain_description` is in plain Polish; `nip`, `regon`, `krs`, `rspo` are its numbers in public registers; `links`
    are `{label, url}` each; `opening_hours` are in OpenStreetMap's syntax; `step_free` is None where nobody knows.
    """

    name: str
    kind: OrganisationKind
    description: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    confidential: bool = False
    description_en: str = ""
    plain_description: str = ""
    nip: str | None = None
    regon: str | None = None
    krs: str | None = None
    rspo: str | None = None
    links: tuple[Mapping[str, str], ...] = ()
    opening_hours: str = ""
    step_free: bool | None = None
    parent_id: str | None = None
    status: OrganisationStatus = "active"
    point_source: PointSource | None = None
    point_precision_m: int | None = None


@dataclass(frozen=True)
class SitePlan:
    """A further place where an organisation works."""

    name: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    point_source: PointSource | None = None
    point_precision_m: int | None = None


@dataclass(frozen=True)
class ContactPlan:
    """One way to reach an organisation or a person, who may see it, what for, on which basis, from when until when.

    Purpose and basis that are None are the usual ones; a consent without a date is given now.
    """

    kind: ContactKind
    value: str
    label: str = ""
    visibility: Visibility = "private"
    purpose: str | None = None
    legal_basis: LegalBasis | None = None
    given_at: datetime | None = None
    valid_until_at: datetime | None = None


@dataclass(frozen=True)
class MembershipPlan:
    """A role in one organisation."""

    organisation_id: str
    role: Role = "member"


@dataclass(frozen=True)
class PersonPlan:
    """A person with their roles and the ways to reach them."""

    name: str
    language: Language = "pl"
    administrator: bool = False
    neighbourhood_coordinator: bool = False
    memberships: tuple[MembershipPlan, ...] = ()
    contacts: tuple[ContactPlan, ...] = ()


@dataclass(frozen=True)
class KeyPlan:
    """A key for programs: what its owner calls it, how far it reaches, and when it is over."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True)
class InvitationPlan:
    """Whom to ask to join, and into which roles: one in an organisation, some in the neighbourhood, or both.

    Without an address the link is handed over by who invites; with one a letter takes it there, and nobody sees it.
    """

    name: str
    email: str = ""
    language: Language = "pl"
    organisation_id: str | None = None
    role: Role | None = None
    administrator: bool = False
    neighbourhood_coordinator: bool = False
    by_hand: bool = False

    @property
    def is_for_neighbourhood(self) -> bool:
        """Whether it gives a role in the whole neighbourhood."""
        return self.administrator or self.neighbourhood_coordinator


@dataclass(frozen=True)
class VenuePlan:
    """Somewhere an event can be; times in whole minutes before and after an event.

    `opening_hours` are in the syntax of OpenStreetMap's key of that name, empty where nobody said; `step_free` is None
    where nobody knows; `needs_approval` where others than its organisation ask before they use it.
    """

    name: str
    organisation_id: str
    capacity: int | None = None
    one_at_a_time: bool = True
    set_up_minutes: int = 0
    clear_up_minutes: int = 0
    inside_venue_id: str | None = None
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    description: str = ""
    opening_hours: str = ""
    equipment: tuple[str, ...] = ()
    step_free: bool | None = None
    needs_approval: bool = False
    confidential: bool = False
    conditions: str = ""
    cost: str = ""
    cost_pln: float | None = None
    cost_per: CostPer | None = None
    lends_to: LendsTo = "everyone"
    themes: tuple[str, ...] = ()
    status: OfferStatus = "offered"


@dataclass(frozen=True)
class ResourcePlan:
    """Something an organisation can lend, other than a space; `availability` is in the syntax of opening hours.

    `cost_pln` is in zlotys, per `cost_per`; what is `withdrawn` is lent no more.
    """

    name: str
    kind: ResourceKind
    organisation_id: str
    quantity: int = 1
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    needs_approval: bool = False
    unit: str = ""
    availability: str = ""
    conditions: str = ""
    cost: str = ""
    cost_pln: float | None = None
    cost_per: CostPer | None = None
    lends_to: LendsTo = "everyone"
    themes: tuple[str, ...] = ()
    status: OfferStatus = "offered"


@dataclass(frozen=True)
class ThemePlan:
    """A theme for the taxonomy, in Polish and English, in a wider one or none; `synonyms` are other words for it."""

    code: str
    name_pl: str
    name_en: str
    parent_code: str | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeedPlan:
    """Something an organisation lacks: where, when, on which weekdays (1 is Monday), and how long the need stands.

    `themes` are codes, names or other words of the taxonomy. A need without a point is where its venue is.
    """

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


@dataclass(frozen=True)
class ClosePlan:
    """What came of a need: met, by whom or by what and how much of it; or withdrawn."""

    status: Literal["met", "closed"]
    outcome: str = ""
    met_by_organisation_id: str | None = None
    met_by_resource_id: str | None = None
    met_quantity: int | None = None


@dataclass(frozen=True)
class DeclinePlan:
    """Why a match does not suit: one of the reasons from which matching learns, and words for the other side."""

    decline_reason: DeclineReason
    because: str = ""


@dataclass(frozen=True)
class Evidence:
    """Something that shows a problem: what is known, and where it stands."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class ProblemPlan:
    """Something in the neighbourhood to be solved: what, where, how one knows, and who is affected.

    `affected` says in words who is; `affected_number` is how many people about, None where nobody guessed.
    """

    title: str
    description: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    affected: str = ""
    affected_number: int | None = None
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class StatusPlan:
    """What becomes of a problem, and why."""

    status: ProblemStatus
    because: str


@dataclass(frozen=True)
class StagePlan:
    """A step on the participation path of a problem: when, at which event, and what came of it."""

    held_on: date
    event_id: str | None = None
    result: str = ""


@dataclass(frozen=True)
class ResidentProblemPlan:
    """A problem that somebody without an account names; nothing is asked about them."""

    title: str
    description: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class InitiativePlan:
    """A coalition of organisations with a goal."""

    title: str
    goal: str = ""
    organisation_ids: tuple[str, ...] = ()
    problem_ids: tuple[str, ...] = ()

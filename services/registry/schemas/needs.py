"""Shapes of needs and of the matches that answer them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from services.registry.domain import plans
from services.registry.domain.plans import MatchState
from services.registry.models import Need
from services.registry.queries.exchange import AnsweredNeed, MatchCard
from services.registry.schemas.answers import Answered
from services.registry.schemas.fields import (
    Identifier,
    Instant,
    Line,
    Name,
    Paragraphs,
    Quantity,
    Words,
)
from services.registry.schemas.requests import Asked, Pointed
from shared import reasons
from shared.messages.base import Reason
from shared.messages.registry import ClosedBecause, DeclineReason, NeedStatus, ResourceKind, Urgency

Weekdays = Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(max_length=7)]


class NeedChange(Pointed):
    """What can be changed of a need; what is absent stays. Of `weekdays` 1 is Monday; none means any."""

    title: Name = ""
    quantity: Quantity = 1
    until_on: date | None = None
    description: Paragraphs = ""
    themes: Words = ()
    address: Line = ""
    venue_id: Identifier | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    weekdays: Weekdays = ()
    hours: Line = ""
    urgency: Urgency = "normal"


class NeedBody(NeedChange):
    """A need to be stated; `themes` are codes or names of the taxonomy, in Polish or English."""

    title: Name
    organisation_id: Identifier
    kind: ResourceKind

    def plan(self) -> plans.NeedPlan:
        """Give what the command takes."""
        return plans.NeedPlan(**self.model_dump())


class CloseBody(Asked):
    """What came of a need: it was met, by whom and how much of it; or it is not needed any more."""

    status: Literal["met", "closed"]
    outcome: Paragraphs = ""
    met_by_organisation_id: Identifier | None = None
    met_by_resource_id: Identifier | None = None
    met_quantity: Quantity | None = None

    @model_validator(mode="after")
    def _only_what_is_met(self) -> Self:
        if self.status == "closed" and self.model_fields_set & {
            "met_by_organisation_id",
            "met_by_resource_id",
            "met_quantity",
        }:
            raise ValueError("Only a need that is met says by whom and how much of it")
        return self

    def plan(self) -> plans.ClosePlan:
        """Give what the command takes."""
        return plans.ClosePlan(**self.model_dump())


class DeclineBody(Asked):
    """Why a match does not suit; matching learns from the reason, `because` is for the other side."""

    decline_reason: DeclineReason
    because: Paragraphs = ""

    def plan(self) -> plans.DeclinePlan:
        """Give what the command takes."""
        return plans.DeclinePlan(**self.model_dump())


class NeedAnswer(Answered):
    """Something that an organisation lacks, and what came of it once it is over."""

    title: str
    organisation_id: str
    kind: ResourceKind
    quantity: int
    until_on: date | None
    description: str
    themes: list[str]
    address: str
    latitude: float | None
    longitude: float | None
    venue_id: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    weekdays: list[int]
    hours: str
    urgency: Urgency
    status: NeedStatus
    outcome: str
    closed_because: ClosedBecause | None
    met_by_organisation_id: str | None
    met_by_resource_id: str | None
    met_quantity: int | None
    closed_at: datetime | None


class MatchAnswer(BaseModel):
    """A resource or venue that answers a need, and why, in the reader's language."""

    id: str
    version: int
    created_at: datetime
    need_id: str
    need_organisation_id: str
    resource_id: str
    organisation_id: str
    kind: ResourceKind
    name: str
    quantity: int
    score: int
    reasons: list[str]
    state: MatchState
    by_organisation_id: str | None
    decline_reason: DeclineReason | None
    because: str
    decided_at: datetime | None


class AnsweredNeedAnswer(BaseModel):
    """A need with the offers that answer it, the best first."""

    need_id: str
    organisation_id: str
    title: str
    kind: ResourceKind
    status: NeedStatus
    matches: list[MatchAnswer]


def need_answer(row: Need) -> NeedAnswer:
    """Show a need."""
    return NeedAnswer.model_validate(row)


def match_answer(card: MatchCard) -> MatchAnswer:
    """Show a match; `organisation_id` is whose the resource is."""
    match = card.match
    own = (
        "id",
        "version",
        "created_at",
        "need_id",
        "need_organisation_id",
        "resource_id",
        "kind",
        "score",
        "state",
        "by_organisation_id",
        "decline_reason",
        "because",
        "decided_at",
    )
    fields: dict[str, Any] = {name: getattr(match, name) for name in own}
    return MatchAnswer(
        **fields,
        organisation_id=match.resource_organisation_id,
        name=card.resource_name,
        quantity=card.quantity,
        reasons=said(card),
    )


def said(card: MatchCard) -> list[str]:
    """Say why a match is one, in the reader's language."""
    return [reasons.sentence(Reason.model_validate(reason)) for reason in card.match.reasons]


def answered_need(answered: AnsweredNeed) -> AnsweredNeedAnswer:
    """Show a need with its matches."""
    need = answered.need
    return AnsweredNeedAnswer(
        need_id=need.id,
        organisation_id=need.organisation_id,
        title=need.title,
        kind=need.kind,
        status=need.status,
        matches=[match_answer(card) for card in answered.matches],
    )

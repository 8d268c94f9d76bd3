"""What requests and proposals say, and what answers say of them."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field, StringConstraints

from services.calendar.domain.approval import CounterPlan, expires_at
from services.calendar.domain.joining import ProposalPlan, Way
from services.calendar.queries import RequestCard
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import Clean, Identifier, Quantity
from services.calendar.schemas.lists import Answered

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Clean]


class ProposalBody(Asked):
    """A proposal: to join (one event with both hosts) or to coordinate; what is absent is found."""

    way: Way = "join"
    message: Words = ""
    event_id: Identifier | None = Field(default=None, description="The event in whose hosts' name this is proposed")
    keep_id: Identifier | None = Field(default=None, description="The event that goes on; else the one planned first")
    time_of_id: Identifier | None = Field(default=None, description="Whose time it takes; else its own")
    place_of_id: Identifier | None = Field(default=None, description="Whose place it takes; else its own")
    starts_at: AwareDatetime | None = Field(default=None, description="A new time, with `ends_at`")
    ends_at: AwareDatetime | None = None
    venue_id: Identifier | None = Field(default=None, description="A new venue")

    def plan(self) -> ProposalPlan:
        """Give the proposal that this is."""
        return ProposalPlan(**{name: getattr(self, name) for name in ProposalPlan.__dataclass_fields__})


class PairBody(ProposalBody):
    """A proposal about two events between which no opportunity need have been found."""

    event_ids: Annotated[tuple[Identifier, ...], Field(min_length=2, max_length=2)]


class Agreeing(Asked):
    """An owner's or a host's yes."""

    because: Words = ""
    despite_conflicts: bool = Field(default=False, description="An owner gives what is taken at that time already")


class Refusing(Asked):
    """An owner's no, and why."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Clean]


class CounterBody(Asked):
    """What an owner proposes instead."""

    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    venue_id: Identifier | None = None
    quantity: Quantity | None = None
    message: Words = ""

    def plan(self) -> CounterPlan:
        """Give the counter-proposal that this is."""
        return CounterPlan(**{name: getattr(self, name) for name in CounterPlan.__dataclass_fields__})


class RequestAnswer(Answered):
    """A request for a venue or a resource; its times are of the first date."""

    id: str
    version: int
    kind: str
    thing_id: str
    thing_name: str
    quantity: int
    owner_id: str
    event_id: str
    event_title: str
    host_ids: list[str]
    state: str
    because: str
    counter: dict[str, Any] | None
    despite_conflicts: bool
    slot_taken: bool
    rival_ids: list[str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    expires_at: datetime
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, card: RequestCard, days: float) -> Self:
        """Show a request; nobody having answered it, it is over after so many days."""
        row, event = card.row, card.event
        names = ("id", "version", "kind", "quantity", "owner_id", "event_id", "state", "because", "counter", "zone",
                 "despite_conflicts", "created_at", "changed_at")  # fmt: skip
        return cls(
            **{name: getattr(row, name) for name in names},
            thing_id=row.key,
            thing_name=card.thing_name,
            event_title=event.title,
            host_ids=list(event.host_ids),
            slot_taken=card.slot_taken,
            rival_ids=list(card.rival_ids),
            starts_at=card.starts_at,
            ends_at=card.ends_at,
            expires_at=expires_at(row.changed_at if row.state == "countered" else row.created_at, row.start, days),
        )

"""What answers say of what was found and told: conflicts, opportunities, slots, municipal facts."""

from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from services.calendar import queries
from services.calendar.models import ConflictRule, Fact
from services.calendar.queries import ConflictCard, OpportunityCard
from services.calendar.queries.shown import ShownConflict, ShownOpportunity, ShownSlot
from services.calendar.schemas.lists import Answered
from services.calendar.schemas.slots import AlternativeAnswer
from shared.people import Person, is_member_of, is_neighbourhood_coordinator
from shared.reasons import sentence


class ConflictFound(Answered):
    """A conflict that is not stored: what a check finds, and what a refusal names."""

    kind: str
    severity: str
    event_ids: list[str]
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    dates: int
    state: str

    @classmethod
    def found(cls, shown: ShownConflict) -> Self:
        """Show what was found."""
        return cls.model_validate(shown)


class ConflictAnswer(ConflictFound):
    """A stored conflict; `reason` is a sentence in the reader's language, `dates` on how many dates they meet."""

    id: str
    version: int
    event_titles: list[str]
    zone: str
    accepted_because: str

    @classmethod
    def of(cls, card: ConflictCard) -> Self:
        """Show a conflict."""
        return cls(
            id=card.id,
            version=card.version,
            kind=card.kind,
            severity=card.severity,
            event_ids=list(card.event_ids),
            event_titles=list(card.event_titles),
            starts_at=card.starts_at,
            ends_at=card.ends_at,
            zone=card.zone,
            reason=sentence(card.reason),
            reason_code=card.reason.code,
            reason_values=card.reason.values,
            dates=card.dates,
            state=card.state,
            accepted_because=card.accepted_because,
        )


class ConflictRuleAnswer(Answered):
    """How severe conflicts of a kind are, at a venue or (none) in the whole neighbourhood.

    `standard` is the severity of the table: nobody decided otherwise (version 0), or it was taken back.
    """

    kind: str
    venue_id: str | None
    level: str
    version: int
    changed_at: datetime | None

    @classmethod
    def of(cls, row: ConflictRule) -> Self:
        """Show a rule."""
        place = queries.place_of(row.venue_id)
        return cls(kind=row.kind, venue_id=place, level=row.level, version=row.version, changed_at=row.changed_at)


class OpportunityFound(Answered):
    """An opportunity that is not stored."""

    event_ids: list[str]
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_code: str
    reason_values: dict[str, Any]

    @classmethod
    def found(cls, shown: ShownOpportunity) -> Self:
        """Show what was found."""
        return cls.model_validate(shown)


class OpportunityAnswer(OpportunityFound):
    """A stored opportunity, with the proposal about it; its terms and words are shown to the hosts of both alone."""

    id: str
    version: int
    state: str
    event_titles: list[str]
    way: str | None
    proposer_event_id: str | None
    terms: dict[str, Any] | None
    joint_event_id: str | None
    message: str
    answer: str

    @classmethod
    def of(cls, card: OpportunityCard, person: Person | None) -> Self:
        """Show an opportunity to a person."""
        is_host = is_neighbourhood_coordinator(person) or any(
            is_member_of(person, host) for hosts in card.host_ids for host in hosts
        )
        return cls(
            id=card.id,
            version=card.version,
            state=card.state,
            way=card.way,
            proposer_event_id=card.proposer_event_id,
            terms=dict(card.terms) if is_host and card.terms else None,
            joint_event_id=card.joint_event_id,
            message=card.message if is_host else "",
            answer=card.answer if is_host else "",
            event_ids=list(card.event_ids),
            event_titles=list(card.event_titles),
            starts_at=card.starts_at,
            ends_at=card.ends_at,
            reason=sentence(card.reason),
            reason_code=card.reason.code,
            reason_values=card.reason.values,
        )


class SlotAnswer(Answered):
    """A free time for the (first) date of an event."""

    starts_at: datetime
    ends_at: datetime
    venue_id: str | None
    reason: str

    @classmethod
    def of(cls, slot: ShownSlot) -> Self:
        """Show a slot."""
        return cls.model_validate(slot)


class SlotsAnswer(Answered):
    """The nearest free slots, the nearest first."""

    items: list[SlotAnswer]
    next: None = None
    sorted_by: str = "distance from the wanted time"


class CheckAnswer(Answered):
    """What a check says of a plan; nothing was stored. `alternatives` cure what blocks, what changes least first."""

    conflicts: list[ConflictFound]
    opportunities: list[OpportunityFound]
    slots: list[SlotAnswer]
    alternatives: list[AlternativeAnswer]


class FactAnswer(Answered):
    """A municipal fact."""

    id: str
    version: int
    partner: str
    kind: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    url: str | None

    @classmethod
    def of(cls, row: Fact) -> Self:
        """Show a municipal fact."""
        zone = ZoneInfo(row.zone)
        times = {
            "starts_at": datetime.fromtimestamp(row.start, zone),
            "ends_at": datetime.fromtimestamp(row.end, zone),
        }
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in times}
        return cls.model_validate({**shown, **times})

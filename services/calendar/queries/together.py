"""What ties an event to others: what was joined into it, what is coordinated, proposals, and requests to owners."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.calendar.models import Event, Opportunity
from services.calendar.queries.events import event
from services.calendar.queries.opportunities import OpportunityCard, opportunity_cards
from services.calendar.queries.requests import RequestCard, cards_of_event
from services.calendar.queries.visibility import may_see
from shared.people import Person, may_speak_for, may_speak_for_one


@dataclass(frozen=True)
class Together:
    """What is shown beside an event; proposals and requests only to those who have to do with them."""

    joined: Sequence[Event]
    related: Sequence[Event]
    proposals: Sequence[OpportunityCard]
    requests: Sequence[RequestCard]


def together(session: Session, event_id: str, person: Person | None) -> Together:
    """Give what ties an event to others, as this person may see it; raises `NotFound`."""
    its = event(session, event_id)
    is_host = may_speak_for_one(person, tuple(its.host_ids))
    waiting = session.scalars(
        select(Opportunity).where(
            Opportunity.state == "proposed", or_(Opportunity.event_a == event_id, Opportunity.event_b == event_id)
        )
    )
    joined = session.scalars(select(Event).where(Event.joined_into_id == event_id).order_by(Event.id))
    related = session.scalars(select(Event).where(Event.id.in_(its.related_ids)).order_by(Event.starts_at))
    return Together(
        joined=[one for one in joined if may_see(person, one)],
        related=[one for one in related if may_see(person, one)],
        proposals=[
            card
            for card in opportunity_cards(session, waiting.all(), person)
            if may_speak_for_one(person, card.host_ids[0] + card.host_ids[1])
        ],
        requests=[
            card for card in cards_of_event(session, event_id) if is_host or may_speak_for(person, card.row.owner_id)
        ],
    )

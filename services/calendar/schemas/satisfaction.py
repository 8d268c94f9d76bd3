"""What answers say of the questions about an event: its links, and what came of them as far as that may be told."""

from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from services.calendar.queries import Questions, SatisfactionCard
from services.calendar.schemas.asked import Asked, SatisfactionBody
from services.calendar.schemas.fields import Moment


class LinkBody(Asked):
    """About which date one asks, by its `recurrence_at`; not needed where an event has one date."""

    recurrence_at: Moment | None = None


class LinkAnswer(BaseModel):
    """A link to the questions about one date; n and mean when it is closed and at least five answered."""

    id: str = Field(description="The unguessable part of the address.")
    url: str
    wording_id: str
    recurrence_at: datetime | None
    starts_at: datetime | None
    closes_at: datetime | None
    open: bool
    n: int | None
    mean: float | None

    @classmethod
    def of(cls, asked: Questions, address: str, now: datetime) -> Self:
        """Show a link."""
        zone = ZoneInfo(asked.zone)

        def local(seconds: int | None) -> datetime | None:
            return None if not seconds else datetime.fromtimestamp(seconds, UTC).astimezone(zone)

        told = asked.told(now)
        return cls(
            id=asked.token,
            url=f"{address}/calendar/satisfaction/{asked.token}",
            wording_id=asked.wording_id,
            recurrence_at=local(asked.recurrence),
            starts_at=local(asked.start),
            closes_at=local(asked.closes),
            open=asked.is_open(now),
            n=told.n if told else None,
            mean=round(told.total / told.n, 4) if told else None,
        )


class SatisfactionAnswers(BaseModel):
    """What is known of how content people were with an event: by link, on paper, and both as one mean of n answers."""

    links: list[LinkAnswer]
    paper: SatisfactionBody | None
    n: int | None
    mean: float | None

    @classmethod
    def of(cls, card: SatisfactionCard, address: str, now: datetime) -> Self:
        """Show it to the hosts."""
        paper = (card.event.outcome or {}).get("satisfaction")
        return cls(
            links=[LinkAnswer.of(one, address, now) for one in card.asked],
            paper=SatisfactionBody.model_validate(paper) if paper else None,
            n=None if card.together.of is None else int(card.together.of),
            mean=card.together.value,
        )

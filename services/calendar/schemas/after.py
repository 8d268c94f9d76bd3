"""What requests and answers say of published minutes, and of decisions of all meetings."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from services.calendar.domain.about import MOST, About, AboutKind
from services.calendar.domain.minutes import Audience
from services.calendar.models import DecisionLink, MinutesVersion
from services.calendar.queries.decided import FoundDecision, about_of_row
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import AtDate, Clean, Identifier
from services.calendar.schemas.lists import Answered
from services.calendar.schemas.meetings import DecisionAnswer


class PublishingBody(Asked):
    """For whom the minutes are published, and why again."""

    audience: Audience
    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=1000),
        Clean,
        Field(description="What is different; needed where they were published before."),
    ] = ""


class PublicationAnswer(Answered):
    """One publication of the minutes of a meeting."""

    event_id: str
    held_on: AtDate
    version: int
    audience: str
    reason: str
    published_at: datetime

    @classmethod
    def of(cls, row: MinutesVersion) -> Self:
        """Show a publication."""
        return cls.model_validate(row)


class PublishedMinutesAnswer(PublicationAnswer):
    """The minutes of a meeting as they were published."""

    text: str = Field(description="Markdown (CommonMark); tags in it are words, not tags.")


class AboutBody(Asked):
    """A problem, an initiative or an event."""

    kind: AboutKind
    target_id: Identifier
    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=300),
        Clean,
        Field(description="What it is called; an event has its own title."),
    ] = ""

    def about(self) -> About:
        """Give the value that this is."""
        return About(self.kind, self.target_id, self.title)


class LinksBody(Asked):
    """What a decision is about, all of it."""

    about: Annotated[tuple[AboutBody, ...], Field(max_length=MOST)]


class AboutAnswer(Answered):
    """What a decision is about, and where it is read."""

    kind: Literal["problem", "initiative", "event"]
    target_id: str
    title: str
    url: str

    @classmethod
    def of(cls, row: DecisionLink) -> Self:
        """Show what is linked."""
        link = about_of_row(row)
        return cls(kind=link.kind, target_id=link.target_id, title=link.title, url=link.url)


class LinksAnswer(Answered):
    """What a decision is about, all of it."""

    about: list[AboutAnswer]


class FoundDecisionAnswer(DecisionAnswer):
    """A decision with the meeting that took it, and what it is about."""

    meeting_title: str
    overdue: bool
    about: list[AboutAnswer]
    url: str

    @classmethod
    def of_found(cls, found: FoundDecision) -> Self:
        """Show a decision that was found."""
        return cls(
            **DecisionAnswer.of(found.decision).model_dump(),
            meeting_title=found.event.title,
            overdue=found.is_overdue,
            about=[AboutAnswer.of(link) for link in found.links],
            url=f"{found.meeting_at.address}#meeting",
        )
